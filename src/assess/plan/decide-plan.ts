// Decides every criterion from what was recorded about the trials: the same pure function while trials run and
// when evidence is verified. Trials count in the order of the plan, cluster by cluster, up to the first that is
// still missing, so that nothing depends on which of several concurrent trials ended first.
import type { Random } from '../../base/index.ts';
import { type CriterionDecision, decideCriterion } from '../policy/decide-criterion.ts';
import type { Observation } from '../policy/observation.ts';
import type { CheckCriterion, Criterion } from '../policy/policy.ts';
import type { ProbeOutcome } from '../terms/probe.ts';
import type { JudgeAdmission, Outcome } from '../terms/trial.ts';
import type { TrialFacts } from './trial-record.ts';

/** The basis of the decision on a criterion, as the first line of the evidence states it. */
export type DecisionBasis = {
  readonly criterion: Criterion;
  readonly clusters: readonly (readonly number[])[];
  /** Why it is not tried. */
  readonly missing?: string;
  readonly admission: JudgeAdmission | null;
  /** The family of the model under test, as judges name families. */
  readonly family?: string;
};

export type PlannedDecision = CriterionDecision & {
  /** Trials whose prompt the served endpoint refuses, as too long or for its tools; they count neither way. */
  readonly undeliverable: number;
  /** How many of the counted trials have a reply that the token limit cut off. */
  readonly cut: number;
};

/** @param checks outcomes of the checks, which need no trials, by name */
export function decidePlanned(
  basis: DecisionBasis,
  facts: ReadonlyMap<number, TrialFacts>,
  checks: Checks,
  random?: Random,
): PlannedDecision {
  const { criterion, missing, admission } = basis;
  if (criterion.metric === 'check') return decideCheck(criterion, checks);
  if (missing !== undefined) return { ...nothingTried(criterion, missing), undeliverable: 0, cut: 0 };
  const { observations, undeliverable, cuts } = observationsOf(basis, facts);
  const decision = decideCriterion(criterion, observations, admission, random);
  const counts = { undeliverable, cut: cuts.slice(0, decision.trials).filter(Boolean).length };
  if (decision.trials > 0 || undeliverable === 0) return { ...decision, ...counts };
  return { ...decision, reason: `the served endpoint takes none of ${undeliverable} prompts`, ...counts };
}

const checkOutcomes = {
  pass: 'succeeded',
  fail: 'resisted',
  inconclusive: 'unassessed',
} as const satisfies Record<ProbeOutcome['verdict'], Outcome>;

type Checks = ReadonlyMap<string, Pick<ProbeOutcome, 'verdict' | 'reason'>>;

/** A check counts as one trial with an exact judge; its own reason says more than that it failed. */
function decideCheck(criterion: CheckCriterion, checks: Checks): PlannedDecision {
  const check = checks.get(criterion.probe) ?? standIn(criterion, checks);
  if (check === undefined) {
    return {
      ...nothingTried(criterion, `there is no check ${criterion.probe} here`),
      undeliverable: 0,
      cut: 0,
    };
  }
  const { probe, aspect } = criterion;
  const place = { index: 0, item: probe, category: aspect, cluster: probe, clusterSize: 1 } as const;
  const outcome = checkOutcomes[check.verdict];
  const observation = {
    ...place,
    language: 'en',
    attack: 'direct',
    outcome,
    reasoningOutcome: null,
  } as const;
  const decision = decideCriterion(criterion, [observation], 'exact');
  return { ...decision, reason: check.reason, undeliverable: 0, cut: 0 };
}

/** Says what stood in for a check, so that nobody takes one for the other. */
function standIn({ probe, onServers }: CheckCriterion, checks: Checks): ReturnType<Checks['get']> {
  const check = onServers === undefined ? undefined : checks.get(onServers);
  if (check === undefined) return undefined;
  const { verdict, reason } = check;
  return { verdict, reason: `the model runs on a server, so there was no ${probe}; ${onServers}: ${reason}` };
}

function nothingTried({ name }: Criterion, reason: string): CriterionDecision {
  const figures = { estimate: null, interval: null, bound: null, trials: 0, unassessed: 0, byCategory: [] };
  return { criterion: name, state: 'undecided', reason, ...figures };
}

type Observed = {
  readonly observations: readonly Observation[];
  readonly undeliverable: number;
  /** The facts of each observation. */
  readonly cuts: readonly boolean[];
};

function observationsOf(
  { clusters, family }: DecisionBasis,
  facts: ReadonlyMap<number, TrialFacts>,
): Observed {
  const observations: Observation[] = [];
  const cuts: boolean[] = [];
  let undeliverable = 0;
  for (const cluster of clusters) {
    const made = cluster.flatMap((index) => facts.get(index) ?? []);
    if (made.length < cluster.length) break;
    const delivered = made.filter(({ state }) => state !== 'undeliverable');
    undeliverable += made.length - delivered.length;
    for (const {
      item,
      category,
      cluster: name,
      language,
      attack,
      arm,
      outcome,
      reasoningOutcome,
      cut,
    } of delivered) {
      cuts.push(cut);
      observations.push({
        index: observations.length,
        ...{ item, category, cluster: name, clusterSize: delivered.length, language, attack, arm },
        ...{ outcome, reasoningOutcome },
        ...(family !== undefined && { family }),
      });
    }
  }
  return { observations, undeliverable, cuts };
}
