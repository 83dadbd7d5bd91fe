// DDSketch (Masson, Rim and Lee 2019) over a fixed range: counts in cells that grow by a constant ratio, so that a quantile is
// within 14 % of a true one between 1 and ten million. Smaller and larger values count in the outermost cells.

export const quantileCells = 64;
const growth = 1.3;
const logGrowth = Math.log(growth);

export function addToQuantiles(counts: Uint32Array, value: number): void {
  const cell = value <= 1 ? 0 : Math.ceil(Math.log(value) / logGrowth);
  counts[Math.min(cell, quantileCells - 1)]!++;
}

export function mergeQuantiles(into: Uint32Array, other: Uint32Array): void {
  for (let cell = 0; cell < quantileCells; cell++) into[cell]! += other[cell]!;
}

/** The value below which that share of the others lies; undefined where there is none. */
export function quantileIn(counts: Uint32Array, share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = Math.min(total - 1, Math.floor(share * total));
  let seen = 0;
  const cell = counts.findIndex((count) => {
    seen += count;
    return seen > rank;
  });
  // The point of a cell from which its two ends are equally far, in proportion.
  return cell === 0 ? 1 : (2 * growth ** cell) / (growth + 1);
}
