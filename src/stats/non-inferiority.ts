// Whether something is no worse than what it replaces by more than a margin that was fixed beforehand: the one-sided bound of
// the mean difference over matched pairs. Where outcomes are yes or no, Bonett and Price's bound (see paired.ts) holds in
// small samples; means of several attempts are drawn again pair by pair.
import type { Random } from '../base/index.ts';
import { clusterBootstrap, quantileOf } from './cluster-bootstrap.ts';
import { normalQuantile } from './normal-quantile.ts';

export type NonInferiority = {
  /** Mean difference, new less baseline, in [-1, 1]. */
  readonly estimate: number;
  /** One-sided, 95 % unless another level was asked for. */
  readonly lower: number;
  readonly margin: number;
  /** False says that it was not shown, not that it is worse. */
  readonly shown: boolean;
};

/**
 * Whether the mean of the differences lies above -margin.
 *
 * @param differences one a pair, new less baseline, each in [-1, 1]
 * @param margin in (0, 1)
 * @param resamples @default 4000
 * @param alpha chance of a bound above the truth; less of it where several claims are made at once
 * @throws TypeError without a difference, or outside these bounds
 */
export function testNonInferiority(
  differences: readonly number[],
  margin: number,
  random: Random,
  resamples = 4_000,
  alpha = 0.05,
): NonInferiority {
  if (!(margin > 0 && margin < 1)) throw new TypeError(`a margin of ${margin} does not lie in (0, 1)`);
  if (differences.length === 0) throw new TypeError('no difference to test');
  for (const difference of differences)
    if (!(Math.abs(difference) <= 1))
      throw new TypeError(`a difference of ${difference} does not lie in [-1, 1]`);
  const clusters = differences.map((difference) => ({ positives: difference, total: 1 }));
  const resampled = quantileOf(clusterBootstrap(clusters, random, resamples, -1), alpha);
  const lower = Math.min(resampled, smallSampleBound(differences, alpha));
  const estimate = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  return { estimate, lower, margin, shown: lower > -margin };
}

/**
 * The bound of Bonett and Price with what is gained and lost in place of counts. The bootstrap alone promises too much where
 * nearly all pairs are equal: losses that are rare enough not to be seen cannot be drawn.
 */
function smallSampleBound(differences: readonly number[], alpha: number): number {
  const pairs = differences.length + 2;
  const gained = (differences.reduce((sum, value) => sum + Math.max(0, value), 0) + 1) / pairs;
  const lost = (differences.reduce((sum, value) => sum + Math.max(0, -value), 0) + 1) / pairs;
  const squares = differences.reduce((sum, value) => sum + value ** 2, 0) + 2;
  const variance = (squares / pairs - (gained - lost) ** 2) / pairs;
  return Math.max(-1, gained - lost - normalQuantile(1 - alpha) * Math.sqrt(variance));
}
