// The conclusion of an assessment by a policy: every criterion's decision and what follows from all of them. Computed from
// the evidence, by the assessment and again by its verification.

import { seededRandom } from '../../base/index.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import type { DecisionLine } from '../evidence/conclusion-lines.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import { decidePolicy, type PolicyDecision } from '../policy/decide-policy.ts';
import type { ProbeResult } from '../terms/probe.ts';
import type { Verdict } from '../terms/verdict.ts';
import { decidePlanned, type PlannedDecision } from './decide-plan.ts';
import { basesOf } from './registration.ts';
import { type TrialFacts, trialFacts, trialLines } from './trial-record.ts';

export type Conclusion = PolicyDecision & {
  readonly decisions: readonly PlannedDecision[];
  /** Decisions on the model with its content filters; null without filters. */
  readonly served: readonly PlannedDecision[] | null;
};

export type Recorded = {
  readonly checks: ReadonlyMap<string, ProbeResult>;
  readonly facts: ReadonlyMap<number, TrialFacts>;
  /** Facts of the trials made with the content filters. */
  readonly served: ReadonlyMap<number, TrialFacts>;
};

/** Whatever counts in the lines written so far. */
export function recordedIn(lines: readonly EvidenceLine[]): Recorded {
  const checks = lines.filter((line) => line.type === 'probe');
  const facts = (chain: string | undefined): ReadonlyMap<number, TrialFacts> =>
    new Map(
      trialLines(lines)
        .filter((line) => line.chain === chain)
        .map(trialFacts)
        .map((fact) => [fact.index, fact]),
    );
  return {
    checks: new Map(checks.map((check) => [check.name, check])),
    facts: facts(undefined),
    served: facts('served'),
  };
}

export function conclude(registration: Registration, { checks, facts, served }: Recorded): Conclusion {
  const { battery, policy, filters } = registration;
  const decide = (made: ReadonlyMap<number, TrialFacts>): readonly PlannedDecision[] =>
    basesOf(registration).map((basis, index) =>
      decidePlanned(basis, made, checks, seededRandom(battery.seed, index)),
    );
  const decisions = decide(facts);
  if (filters === undefined) return { decisions, served: null, ...decidePolicy(policy, decisions) };
  const behind = decide(served);
  const chain = { filters: filters.map(({ name }) => name), decisions: behind };
  return { decisions, served: behind, ...decidePolicy(policy, decisions, chain) };
}

/** The decisions on the model as clients meet it. */
export function decisionsServed({ decisions, served }: Conclusion): readonly PlannedDecision[] {
  return served ?? decisions;
}

/** The lines of the decisions, those without filters first. */
export function decisionLines({ decisions, served }: Conclusion): readonly DecisionLine[] {
  const line = (decision: PlannedDecision): DecisionLine => ({ type: 'decision', ...decision });
  const behind = (decision: PlannedDecision): DecisionLine => ({ ...line(decision), chain: 'served' });
  return [...decisions.map(line), ...(served ?? []).map(behind)];
}

const verdicts = {
  admitted: 'pass',
  'admitted-with-conditions': 'pass',
  rejected: 'fail',
  inconclusive: 'inconclusive',
} as const satisfies Record<PolicyDecision['outcome'], Verdict>;

/** The verdict as that of any battery, to be printed and turned into an exit code. */
export function verdictOf({ outcome }: Pick<PolicyDecision, 'outcome'>): Verdict {
  return verdicts[outcome];
}

const states = { met: 'pass', 'not-met': 'fail', undecided: 'inconclusive' } as const;

/** A criterion as the result of a probe, for people and for the admission record. */
export function resultOf(decision: PlannedDecision): ProbeResult {
  const { criterion, state, reason, trials, undeliverable, estimate, interval, bound, unassessed } = decision;
  const { byCategory, cut } = decision;
  const notes = [
    ...(undeliverable === 0 ? [] : [`${undeliverable} prompts did not fit`]),
    ...(cut === 0 ? [] : [`${cut} replies were cut off by the limit of tokens`]),
  ];
  return {
    name: criterion,
    verdict: states[state],
    reason: [reason, ...notes].join('; '),
    trials,
    figures: { estimate, interval, bound, unassessed, undeliverable, cut, byCategory },
  };
}
