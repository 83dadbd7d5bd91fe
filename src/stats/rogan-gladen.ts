// The rate behind one that an erring judge observed (Rogan and Gladen, "Estimating prevalence from the results of a
// screening test", 1978), with the judge's own uncertainty: sensitivity and specificity are drawn from their posteriors
// under Jeffreys' prior while the observations are drawn by cluster. garak takes both as known.
import type { Random } from '../base/index.ts';
import { agreementOf, type Confusion } from './agreement.ts';
import { type ClusterCount, clusterSampler, quantileOf } from './cluster-bootstrap.ts';
import type { Proportion } from './proportion.ts';
import { randomBeta } from './random-beta.ts';

export type JudgeErrors = { readonly sensitivity: number; readonly specificity: number };

/**
 * The true rate that would be observed as this one, held within [0, 1]. A judge no better than chance says nothing: NaN.
 *
 * @example
 * import { trueRate } from './src/stats/index.ts';
 * trueRate(0.2, { sensitivity: 0.92, specificity: 0.94 }).toFixed(3); // → '0.163'
 */
export function trueRate(observed: number, { sensitivity, specificity }: JudgeErrors): number {
  const power = sensitivity + specificity - 1;
  return power > 0 ? Math.min(1, Math.max(0, (observed + specificity - 1) / power)) : Number.NaN;
}

const resamples = 2000;

/**
 * The corrected rate with a two-sided 95 % interval.
 *
 * @param judge null for one that cannot err
 */
export function correctedRate(
  clusters: readonly ClusterCount[],
  judge: Confusion | null,
  random: Random,
): Proportion {
  const draw = clusterSampler(clusters, random);
  const rates = Float64Array.from({ length: resamples }, () => {
    const observed = draw();
    return judge === null ? observed : trueRate(observed, drawnJudge(judge, random));
  })
    // A draw in which the judge is no better than chance leaves the rate open: it widens the interval on both sides.
    .filter((rate) => !Number.isNaN(rate))
    .sort();
  const positives = clusters.reduce((sum, cluster) => sum + cluster.positives, 0);
  const observed = positives / clusters.reduce((sum, cluster) => sum + cluster.total, 0);
  const open = (resamples - rates.length) / resamples;
  const [lower, upper] =
    open > 0.025 ? [0, 1] : [quantileOf(rates, 0.025 - open), quantileOf(rates, 0.975 + open)];
  const estimate = judge === null ? observed : trueRate(observed, measured(judge));
  // Draws of what was not seen lie on one side of an estimate of 0 or 1.
  return Number.isNaN(estimate)
    ? { estimate, lower, upper }
    : { estimate, lower: Math.min(lower, estimate), upper: Math.max(upper, estimate) };
}

function measured(judge: Confusion): JudgeErrors {
  const { sensitivity, specificity } = agreementOf(judge);
  return { sensitivity: sensitivity ?? Number.NaN, specificity: specificity ?? Number.NaN };
}

function drawnJudge(judge: Confusion, random: Random): JudgeErrors {
  return {
    sensitivity: randomBeta(random, judge.truePositives + 0.5, judge.falseNegatives + 0.5),
    specificity: randomBeta(random, judge.trueNegatives + 0.5, judge.falsePositives + 0.5),
  };
}
