// Holm's step-down procedure ("A simple sequentially rejective multiple test procedure", 1979): several hypotheses, at
// most α for rejecting even one that is true, however they depend on each other.

/**
 * P-values adjusted so that each can be compared with α by itself, in the order given.
 *
 * @throws TypeError for a number that is not a probability
 *
 * @example
 * import { holmAdjusted } from './src/stats/index.ts';
 * holmAdjusted([0.01, 0.04, 0.03]).map((p) => p.toFixed(2)); // → ['0.03', '0.06', '0.06']
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted: number[] = [];
  let largest = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    if (!(p >= 0 && p <= 1)) throw new TypeError(`holmAdjusted: ${p} is not a probability`);
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
