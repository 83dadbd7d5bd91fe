// The bootstrap for observations that are not independent (Davison and Hinkley 1997, section 3.8): whole clusters are
// drawn with replacement, never single observations. Percentiles are read off as they come, which is for figures that
// people read; decisions go by bounds that hold in small samples. Where all clusters say the same, as with none of n, drawing
// them again says nothing: then the share of clusters that say otherwise, and were not seen, is drawn from its posterior
// under Jeffreys' prior, so that no interval is a point.
import type { Random } from '../base/index.ts';
import { randomBeta } from './random-beta.ts';

/** A cluster of observations: how many there are, and how many of them are positive. */
export type ClusterCount = { readonly positives: number; readonly total: number };

/**
 * Rates of resampled clusters in ascending order, for {@link quantileOf}.
 *
 * @param least the lowest rate that a cluster can have, such as -1 for differences; the highest is 1
 * @throws TypeError where there is nothing to draw from
 */
export function clusterBootstrap(
  clusters: readonly ClusterCount[],
  random: Random,
  resamples: number,
  least = 0,
): Float64Array {
  const draw = clusterSampler(clusters, random, least);
  return Float64Array.from({ length: resamples }, draw).sort();
}

/**
 * Draws the rate of resampled clusters, each time it is called.
 *
 * @param least the lowest rate that a cluster can have; the highest is 1
 * @throws TypeError, when it is called, where there is nothing to draw from
 */
export function clusterSampler(clusters: readonly ClusterCount[], random: Random, least = 0): () => number {
  const [first = Number.NaN, ...others] = clusters.map(({ positives, total }) => positives / total);
  if (Number.isNaN(first) || others.some((rate) => rate !== first))
    return () => resampledRate(clusters, random);
  return () => {
    const unseen = randomBeta(random, 0.5, clusters.length + 0.5);
    const downwards = first >= 1 || (first > least && random.next() < 0.5);
    return first + unseen * ((downwards ? least : 1) - first);
  };
}

/** The rate in one sample of as many clusters, drawn with replacement. */
function resampledRate(clusters: readonly ClusterCount[], random: Random): number {
  let positives = 0;
  let total = 0;
  for (let drawn = 0; drawn < clusters.length; drawn++) {
    const cluster = random.pick(clusters);
    positives += cluster.positives;
    total += cluster.total;
  }
  if (!(total > 0)) throw new TypeError('the clusters hold no observation');
  return positives / total;
}

/** A quantile of values in ascending order, linear between neighbours; one quantile is a one-sided bound. */
export function quantileOf(ascending: ArrayLike<number>, probability: number): number {
  const position = probability * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below] as number;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] as number;
  // To or between infinite values, such as costs where nothing was right, there is no line to go along.
  const along = position - below;
  return along === 0 || low === high ? low : low + along * (high - low);
}
