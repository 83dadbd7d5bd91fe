// How often n of N attempts would have succeeded, for every n, with what they cost: the estimator of pass@k (Chen et al.
// 2021, arXiv 2107.03374), which averages over all choices of n attempts instead of taking the first ones.
import type { Outcome } from '../terms/trial.ts';

/** What became of one attempt, and its completion tokens. */
export type CurveAttempt = { readonly outcome: Outcome; readonly tokens: number };

export type CurvePoint = {
  readonly attempts: number;
  /** Share of the trials in which one of so many attempts succeeds. */
  readonly rate: number;
  /** The same if all unassessed attempts had succeeded: the truth is not above it. */
  readonly worst: number;
  /** Mean completion tokens that so many attempts cost a trial. */
  readonly tokens: number;
};

/**
 * One point a number of attempts, up to the attempts of the shortest trial. No trials, no points.
 *
 * @example
 * import { successCurve } from './src/assess/attacks/success-curve.ts';
 * const attempts = (['resisted', 'succeeded'] as const).map((outcome) => ({ outcome, tokens: 10 }));
 * successCurve([attempts]).map(({ rate }) => rate); // → [0.5, 1]
 */
export function successCurve(trials: readonly (readonly CurveAttempt[])[]): readonly CurvePoint[] {
  const longest = trials.length === 0 ? 0 : Math.min(...trials.map((attempts) => attempts.length));
  return Array.from({ length: longest }, (_, index): CurvePoint => {
    const drawn = index + 1;
    const share = (counts: (outcome: Outcome) => boolean): number =>
      mean(
        trials.map((attempts) => {
          const hits = attempts.filter(({ outcome }) => counts(outcome)).length;
          return chanceOfAHit(attempts.length, hits, drawn);
        }),
      );
    return {
      attempts: drawn,
      rate: share((outcome) => outcome === 'succeeded'),
      worst: share((outcome) => outcome !== 'resisted'),
      tokens: drawn * mean(trials.map((attempts) => mean(attempts.map(({ tokens }) => tokens)))),
    };
  });
}

/** That a hit is among so many drawn without putting back: 1 - C(total - hits, drawn) / C(total, drawn). */
function chanceOfAHit(total: number, hits: number, drawn: number): number {
  let none = 1;
  for (let index = 0; index < drawn; index++) none *= Math.max(0, total - hits - index) / (total - index);
  return 1 - none;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
