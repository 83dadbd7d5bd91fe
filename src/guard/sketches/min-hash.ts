// One-permutation MinHash (Li, Owen and Zhang 2012): the smallest hash in each of 64 bins. The share of bins in which two sets
// agree estimates their Jaccard similarity; two are merged by the smaller of each bin.

const minHashBins = 64;
const empty = 0xffff_ffff;

export function emptyMinHash(): Uint32Array {
  return new Uint32Array(minHashBins).fill(empty);
}

/** @param hash 32 bits, evenly distributed */
export function addToMinHash(bins: Uint32Array, hash: number): void {
  const bin = hash & (minHashBins - 1);
  const rest = hash >>> 6;
  if (rest < bins[bin]!) bins[bin] = rest;
}

export function mergeMinHash(into: Uint32Array, other: Uint32Array): void {
  for (let bin = 0; bin < minHashBins; bin++) if (other[bin]! < into[bin]!) into[bin] = other[bin]!;
}

/** The Jaccard similarity of two sets, estimated from the bins that either of them filled; 0 for two empty ones. */
export function similarityOf(one: Uint32Array, other: Uint32Array): number {
  let [filled, equal] = [0, 0];
  for (let bin = 0; bin < minHashBins; bin++) {
    if (one[bin] === empty && other[bin] === empty) continue;
    filled++;
    if (one[bin] === other[bin]) equal++;
  }
  return filled === 0 ? 0 : equal / filled;
}
