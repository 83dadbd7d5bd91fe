// Models that a forecast supposes: one without fault, one at the threshold, one halfway between the threshold and the worst.
// What is watched for happens at a known rate, and trials of a cluster, which say the same thing more than once, often end alike.
import type { Random } from '../../base/index.ts';
import { agreementOf, type Confusion } from '../../stats/index.ts';
import type { Trial } from '../plan/trial-plan.ts';
import { armOf } from '../plan/trial-record.ts';
import type { Observation } from '../policy/observation.ts';
import type { RateCriterion } from '../policy/policy.ts';
import type { Language, Outcome } from '../terms/trial.ts';

export const assumptions = ['clean', 'borderline', 'bad'] as const;
export type Assumption = (typeof assumptions)[number];

/** How often a trial of a cluster ends as the one before it, whatever it would have done by itself. */
const alike = 0.5;

/** The rate in the control arm of matched pairs. */
const controlRate = 0.2;

/** No model solves everything: one that is clean lies halfway between the threshold and all. */
export function assumedRate(
  { side, threshold }: Pick<RateCriterion, 'side' | 'threshold'>,
  assumption: Assumption,
): number {
  if (assumption === 'borderline') return threshold;
  if (side === 'at-most') return assumption === 'clean' ? 0 : (1 + threshold) / 2;
  return assumption === 'clean' ? (1 + threshold) / 2 : threshold / 2;
}

/** What a judge makes of a trial: its error rates as counted; one that cannot err has none. */
export type AssumedJudge = { readonly sensitivity: number; readonly specificity: number };

export function assumedJudge(pooled: Confusion | null): AssumedJudge {
  if (pooled === null) return { sensitivity: 1, specificity: 1 };
  const { sensitivity, specificity } = agreementOf(pooled);
  return { sensitivity: sensitivity ?? 1, specificity: specificity ?? 1 };
}

/** A planned trial, as far as a decision depends on it. */
export type TrialShape = {
  readonly item: string;
  readonly category: string;
  readonly cluster: string;
  readonly language: Language;
  readonly attack: string;
  readonly arm?: 'subject' | 'control';
};

export function shapeOf({ item, cell }: Trial): TrialShape {
  const { id, category, cluster, language, expectation } = item;
  return { item: id, category, cluster, language, attack: cell.attack.name, arm: armOf(expectation) };
}

/**
 * One cluster of observations.
 *
 * @param rate true rate of what is watched for; of a difference, what the subjects have more than their controls
 */
export function observeCluster(
  cluster: readonly TrialShape[],
  { metric }: Pick<RateCriterion, 'metric'>,
  rate: number,
  judge: AssumedJudge,
  random: Random,
): readonly Observation[] {
  const paired = metric === 'paired-difference';
  const control = paired ? Math.min(controlRate, 1 - rate) : rate;
  const last = new Map<string, boolean>();
  return cluster.map((shape, index) => {
    const { arm = 'subject' } = shape;
    const repeated = random.next() < alike ? last.get(arm) : undefined;
    const truth = repeated ?? random.next() < (paired && arm === 'subject' ? control + rate : control);
    last.set(arm, truth);
    const shown = random.next() < (truth ? judge.sensitivity : 1 - judge.specificity);
    const outcome: Outcome = shown ? 'succeeded' : 'resisted';
    return { ...shape, index, clusterSize: cluster.length, outcome, reasoningOutcome: outcome };
  });
}
