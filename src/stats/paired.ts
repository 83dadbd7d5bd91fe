// Yes-or-no outcomes in matched pairs. Whether the two sides differ: McNemar's test (1947) in its exact, binomial form.
// By how much: the interval of Bonett and Price ("Adjusted Wald confidence interval for a difference of binomial
// proportions based on paired data", 2012), which holds its level in small samples where the plain one does not.
import { incompleteBeta } from './incomplete-beta.ts';

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

export type PairCounts = {
  readonly pairs: number;
  /** Pairs in which only the first side was a yes. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
};

export type PairedDifference = {
  /** Rate of the first side less that of the second, in [-1, 1]. */
  readonly estimate: number;
  /** Two-sided, 95 %. */
  readonly lower: number;
  readonly upper: number;
  /** Two-sided, of no difference; exact. */
  readonly pValue: number;
};

/**
 * The difference of two rates over matched pairs, with its interval and p-value.
 *
 * @throws TypeError unless the counts are whole numbers, at least one pair, and no more differing pairs than pairs
 */
export function pairedDifference({ pairs, onlyFirst, onlySecond }: PairCounts): PairedDifference {
  const counts = [pairs, onlyFirst, onlySecond];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0) || pairs < 1) {
    throw new TypeError(`pairedDifference: ${counts.join(', ')}`);
  }
  if (onlyFirst + onlySecond > pairs) throw new TypeError(`pairedDifference: ${counts.join(', ')}`);
  const first = (onlyFirst + 1) / (pairs + 2);
  const second = (onlySecond + 1) / (pairs + 2);
  const half = z * Math.sqrt((first + second - (first - second) ** 2) / (pairs + 2));
  return {
    estimate: (onlyFirst - onlySecond) / pairs,
    lower: Math.max(-1, first - second - half),
    upper: Math.min(1, first - second + half),
    pValue: mcNemar(onlyFirst, onlySecond),
  };
}

/** Twice the binomial tail at one half, at most 1. */
function mcNemar(onlyFirst: number, onlySecond: number): number {
  const discordant = onlyFirst + onlySecond;
  if (discordant === 0) return 1;
  const most = Math.max(onlyFirst, onlySecond);
  return Math.min(1, 2 * incompleteBeta(0.5, most, discordant - most + 1));
}
