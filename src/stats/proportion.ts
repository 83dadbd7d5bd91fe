// What a count of successes says about the rate behind it. Wilson's score interval (1927) for figures that people
// read; Clopper and Pearson's exact bounds (1934), which never promise more than they hold, for decisions.
import { betaQuantile } from './incomplete-beta.ts';

/** A rate with its two-sided 95 % interval, all in [0, 1]. */
export type Proportion = { readonly estimate: number; readonly lower: number; readonly upper: number };

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

/**
 * Wilson's two-sided 95 % score interval without continuity correction.
 *
 * @throws TypeError unless 0 <= successes <= trials and trials >= 1
 * @example
 * import { wilsonInterval } from './src/stats/index.ts';
 * wilsonInterval(81, 263).lower.toFixed(4); // → '0.2553'
 */
export function wilsonInterval(successes: number, trials: number): Proportion {
  requireCounts(successes, trials);
  const estimate = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (estimate + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((estimate * (1 - estimate)) / trials + z ** 2 / (4 * trials ** 2));
  // At both ends the bound is exact in theory; rounding must not move it inside.
  return {
    estimate,
    lower: successes === 0 ? 0 : centre - half,
    upper: successes === trials ? 1 : centre + half,
  };
}

/**
 * Clopper and Pearson's two-sided 95 % interval.
 *
 * @throws TypeError unless 0 <= successes <= trials and trials >= 1
 */
export function clopperPearsonInterval(successes: number, trials: number): Proportion {
  return {
    estimate: successes / trials,
    lower: exactLowerBound(successes, trials, 0.975),
    upper: 1 - exactLowerBound(trials - successes, trials, 0.975),
  };
}

/**
 * The rate that the true one exceeds with the given confidence (one-sided, Clopper and Pearson): a model that lies
 * below a floor passes a test of this bound against the floor in at most 5 % of runs.
 *
 * @param confidence @default 0.95
 * @throws TypeError unless 0 <= successes <= trials and trials >= 1
 * @example
 * import { exactLowerBound } from './src/stats/index.ts';
 * exactLowerBound(59, 59) > 0.95; // → true
 */
export function exactLowerBound(successes: number, trials: number, confidence = 0.95): number {
  requireCounts(successes, trials);
  return successes === 0 ? 0 : betaQuantile(1 - confidence, successes, trials - successes + 1);
}

function requireCounts(successes: number, trials: number): void {
  const valid =
    Number.isSafeInteger(successes) && Number.isSafeInteger(trials) && trials >= 1 && successes >= 0;
  if (!valid || successes > trials) throw new TypeError(`${successes} of ${trials} is not a proportion`);
}
