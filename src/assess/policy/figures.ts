// The figures beside a decision: the bound on which it rests, and for readers an estimate with an interval. Clusters weigh
// the same in all of them, as they do in the tests.
import type { Random } from '../../base/index.ts';
import {
  agreementOf,
  type ClusterCount,
  type Confusion,
  correctedRate,
  trueRate,
} from '../../stats/index.ts';
import { boundOfClaim } from './claim-test.ts';
import type { JudgeStanding } from './judge-standing.ts';
import type { ClusterValue } from './observation.ts';
import type { RateCriterion } from './policy.ts';

export type TrialCounts = { readonly trials: number; readonly unassessed: number };

export function countTrials(values: readonly ClusterValue[]): TrialCounts {
  return {
    trials: values.reduce((sum, value) => sum + value.trials, 0),
    unassessed: values.reduce((sum, value) => sum + value.unassessed, 0),
  };
}

/**
 * The true rate lies beyond it with at most the risk of a claim; null if nothing was tried.
 *
 * @param isMet whether the criterion was shown to be met, which puts the threshold beyond it
 */
export function boundOf(
  criterion: RateCriterion,
  standing: JudgeStanding,
  values: readonly ClusterValue[],
  isMet: boolean,
): number | null {
  if (values.length === 0) return null;
  const { labelled, risk, whole } = standing;
  const bound = boundOfClaim(criterion, standing, values, labelled === null ? risk : whole);
  if (!isMet) return bound;
  return criterion.side === 'at-most'
    ? Math.min(bound, criterion.threshold)
    : Math.max(bound, criterion.threshold);
}

/** That of one category, so that those of all hold together; by the worst corner of what is known about the judge. */
export function categoryBoundOf(
  criterion: RateCriterion,
  standing: JudgeStanding,
  values: readonly ClusterValue[],
  categories: number,
): number | null {
  if (values.length === 0) return null;
  return boundOfClaim(criterion, { ...standing, labelled: null }, values, standing.risk / categories);
}

/** From the assessed trials, corrected for the errors of the judge. */
export function estimateOf(
  criterion: RateCriterion,
  { pooled }: JudgeStanding,
  values: readonly ClusterValue[],
): number | null {
  const clusters = assessedClusters(values);
  if (clusters.length === 0) return null;
  const observed = clusters.reduce((sum, { positives }) => sum + positives, 0) / clusters.length;
  if (criterion.metric === 'paired-difference') return trueDifference(observed, pooled);
  return pooled === null ? observed : trueRate(observed, errorsOf(pooled));
}

/** The interval; that of a difference takes the judge's errors as known. */
export function intervalOf(
  criterion: RateCriterion,
  { pooled }: JudgeStanding,
  values: readonly ClusterValue[],
  random: Random,
): { readonly lower: number; readonly upper: number } | null {
  const clusters = assessedClusters(values);
  if (clusters.length === 0) return null;
  const paired = criterion.metric === 'paired-difference';
  const { lower, upper } = correctedRate(clusters, paired ? null : pooled, random);
  return paired
    ? { lower: trueDifference(lower, pooled), upper: trueDifference(upper, pooled) }
    : { lower, upper };
}

function assessedClusters(values: readonly ClusterValue[]): readonly ClusterCount[] {
  return values.flatMap(({ assessed }) => (assessed === null ? [] : [{ positives: assessed, total: 1 }]));
}

/** A judge that errs alike on both arms makes their difference smaller by sensitivity + specificity - 1. */
function trueDifference(observed: number, pooled: Confusion | null): number {
  const { sensitivity, specificity } = pooled ? errorsOf(pooled) : { sensitivity: 1, specificity: 1 };
  return Math.min(1, Math.max(-1, (2 * observed - 1) / (sensitivity + specificity - 1)));
}

/** A judge without labels of both kinds does not get this far. */
function errorsOf(pooled: Confusion): { readonly sensitivity: number; readonly specificity: number } {
  const { sensitivity, specificity } = agreementOf(pooled);
  return { sensitivity: sensitivity as number, specificity: specificity as number };
}
