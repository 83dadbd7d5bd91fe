// Count-min sketch (Cormode and Muthukrishnan 2005): how often a hash was seen, never too low. Counts only add up, so that
// merging equals having seen both streams, which space-saving lists of heavy hitters do not promise.
import { spread } from './hash.ts';

/** Counts of `rows` times `columns`, row by row; columns are a power of two. */
export type CountMin = { readonly counts: Uint32Array; readonly rows: number };

export function emptyCountMin(rows: number, columns: number): CountMin {
  return { counts: new Uint32Array(rows * columns), rows };
}

export function addToCountMin({ counts, rows }: CountMin, hash: number): void {
  const columns = counts.length / rows;
  for (let row = 0; row < rows; row++) counts[row * columns + columnOf(hash, row, columns)]!++;
}

export function mergeCountMin(into: CountMin, other: CountMin): void {
  for (let cell = 0; cell < into.counts.length; cell++) into.counts[cell]! += other.counts[cell]!;
}

/** How often a hash was seen: at least so often, and most of the time little more. */
export function countOf({ counts, rows }: CountMin, hash: number): number {
  const columns = counts.length / rows;
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows; row++)
    least = Math.min(least, counts[row * columns + columnOf(hash, row, columns)]!);
  return least;
}

/** A bound on the count of the hash that was seen most often: the least of the rows' largest cells. */
export function largestCount({ counts, rows }: CountMin): number {
  const columns = counts.length / rows;
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let cell = row * columns; cell < (row + 1) * columns; cell++)
      if (counts[cell]! > largest) largest = counts[cell]!;
    least = Math.min(least, largest);
  }
  return least;
}

function columnOf(hash: number, row: number, columns: number): number {
  return spread(hash ^ Math.imul(row, 0x9e3779b9)) & (columns - 1);
}
