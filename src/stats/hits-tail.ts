// How unlikely so many hits are where each trial has a chance of its own: the exact tail of the Poisson binomial distribution.

/**
 * P(hits >= `hits`) of independent trials. The sum runs over the upper tail alone, so that small probabilities keep their digits.
 *
 * @param chances of each trial, in [0, 1]
 * @throws TypeError unless `hits` is a whole number up to the count of trials
 * @example
 * import { hitsTail } from './src/stats/index.ts';
 * hitsTail(3, [0.5, 0.5, 0.5]); // → 0.125
 */
export function hitsTail(hits: number, chances: readonly number[]): number {
  if (!Number.isSafeInteger(hits) || hits < 0 || hits > chances.length)
    throw new TypeError(`hitsTail: ${hits} of ${chances.length}`);
  let probabilities = [1];
  for (const chance of chances) {
    if (!(chance >= 0 && chance <= 1)) throw new TypeError(`hitsTail: a chance of ${chance}`);
    probabilities = [...probabilities, 0].map(
      (same, count) => same * (1 - chance) + (probabilities[count - 1] ?? 0) * chance,
    );
  }
  return Math.min(
    1,
    probabilities.slice(hits).reduceRight((sum, each) => sum + each, 0),
  );
}
