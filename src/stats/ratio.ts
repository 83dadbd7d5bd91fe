// What a sum costs per unit of another: the ratio of two means over clusters, each with a numerator and a denominator of its
// own. The interval is that of the delta method on the logarithm; Fieller ("Some problems in interval estimation", JRSS B 16,
// 1954) says where no finite upper end can be had, since the denominator may be 0. Two arms over the same clusters are
// compared by drawing the clusters again, both arms of one together (paired bootstrap).
import type { Random } from '../base/index.ts';
import { quantileOf } from './cluster-bootstrap.ts';

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

/** Sums over one cluster of observations. */
export type RatioCluster = { readonly numerator: number; readonly denominator: number };

export type Ratio = {
  /** Infinity where the denominators come to nothing. */
  readonly estimate: number;
  /** Two-sided, 95 %. */
  readonly lower: number;
  /** Infinity where the data do not rule out a denominator of nothing. */
  readonly upper: number;
};

/**
 * Σ numerators / Σ denominators with its two-sided 95 % interval over the clusters.
 *
 * Where nothing was in the denominators, or one cluster alone, the interval begins at 0: callers that know more of the
 * denominator, such as that it is a count, have better bounds.
 *
 * @throws TypeError without a cluster, and for sums below 0 or that are no finite numbers
 */
export function ratioOfMeans(clusters: readonly RatioCluster[]): Ratio {
  const { numerator, denominator, variances } = momentsOf(clusters);
  const estimate = denominator === 0 ? Number.POSITIVE_INFINITY : numerator / denominator;
  if (variances === null || denominator === 0) return { estimate, lower: 0, upper: Number.POSITIVE_INFINITY };
  const unbounded = (z ** 2 * variances.denominator) / denominator ** 2 >= 1;
  if (numerator === 0) return { estimate: 0, lower: 0, upper: unbounded ? Number.POSITIVE_INFINITY : 0 };
  const relative =
    variances.numerator / numerator ** 2 +
    variances.denominator / denominator ** 2 -
    (2 * variances.both) / (numerator * denominator);
  const factor = Math.exp(z * Math.sqrt(Math.max(0, relative)));
  return {
    estimate,
    lower: estimate / factor,
    upper: unbounded ? Number.POSITIVE_INFINITY : estimate * factor,
  };
}

/** Means of both sums, with the variances and the covariance of these means; null for one cluster alone. */
function momentsOf(clusters: readonly RatioCluster[]): {
  readonly numerator: number;
  readonly denominator: number;
  readonly variances: {
    readonly numerator: number;
    readonly denominator: number;
    readonly both: number;
  } | null;
} {
  requireClusters(clusters);
  const count = clusters.length;
  const numerator = clusters.reduce((sum, cluster) => sum + cluster.numerator, 0) / count;
  const denominator = clusters.reduce((sum, cluster) => sum + cluster.denominator, 0) / count;
  if (count === 1) return { numerator, denominator, variances: null };
  const scale = count * (count - 1);
  let [first, second, both] = [0, 0, 0];
  for (const cluster of clusters) {
    const above = cluster.numerator - numerator;
    const beside = cluster.denominator - denominator;
    first += above ** 2;
    second += beside ** 2;
    both += above * beside;
  }
  return {
    numerator,
    denominator,
    variances: { numerator: first / scale, denominator: second / scale, both: both / scale },
  };
}

/** One cluster as both arms saw it. */
export type PairedRatioCluster = { readonly first: RatioCluster; readonly second: RatioCluster };

/**
 * The first arm's ratio over that of the second, with the two-sided 95 % percentile interval over clusters drawn again.
 *
 * @param resamples @default 2000
 * @param alpha of both sides together
 * @throws TypeError as {@link ratioOfMeans}
 */
export function pairedRatio(
  clusters: readonly PairedRatioCluster[],
  random: Random,
  resamples = 2_000,
  alpha = 0.05,
): Ratio {
  requireClusters(clusters.flatMap(({ first, second }) => [first, second]));
  const drawn = Float64Array.from({ length: resamples }, () =>
    ratioOfRatios(clusters, () => random.pick(clusters)),
  ).sort();
  let next = 0;
  return {
    estimate: ratioOfRatios(clusters, () => clusters[next++] as PairedRatioCluster),
    lower: quantileOf(drawn, alpha / 2),
    upper: quantileOf(drawn, 1 - alpha / 2),
  };
}

/** (Σ first numerators / Σ first denominators) / (Σ second numerators / Σ second denominators). */
function ratioOfRatios({ length }: readonly PairedRatioCluster[], pick: () => PairedRatioCluster): number {
  let [dividend, divisor, base, baseDivisor] = [0, 0, 0, 0];
  for (let taken = 0; taken < length; taken++) {
    const { first, second } = pick();
    dividend += first.numerator;
    divisor += first.denominator;
    base += second.numerator;
    baseDivisor += second.denominator;
  }
  if (divisor === 0) return Number.POSITIVE_INFINITY;
  return (dividend * baseDivisor) / (divisor * base);
}

function requireClusters(clusters: readonly RatioCluster[]): void {
  if (clusters.length === 0) throw new TypeError('a ratio over no cluster');
  for (const { numerator, denominator } of clusters) {
    if (!(numerator >= 0 && denominator >= 0 && numerator + denominator < Number.POSITIVE_INFINITY))
      throw new TypeError(`${numerator} / ${denominator} is no ratio of two sums from 0 on`);
  }
}
