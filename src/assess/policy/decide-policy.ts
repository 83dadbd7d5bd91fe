// The decision on a model from the decisions on its criteria, and the exit code for it: all of them have to hold
// together, on the model as it will be served. A content filter can make up for a failure only if the policy names it, and is
// then tested for everything else as well, over-refusal included. A model that misses one criterion is admitted only if
// that one is met by mistake, so the risks of many criteria do not add up.
import type { CriterionDecision } from './decide-criterion.ts';
import type { Criterion, Policy } from './policy.ts';

export type PolicyOutcome = 'admitted' | 'admitted-with-conditions' | 'rejected' | 'inconclusive';

export type PolicyDecision = {
  readonly outcome: PolicyOutcome;
  /** Content filters without which the model is not to be served. */
  readonly conditions: readonly string[];
  /** What stands against an admission, by criterion. */
  readonly obstacles: readonly { readonly criterion: string; readonly reason: string }[];
};

/** Decisions on the model as it will be served, with its content filters. */
export type FilteredDecisions = {
  readonly filters: readonly string[];
  readonly decisions: readonly CriterionDecision[];
};

/**
 * @param bare decisions on the model without filters
 * @param filtered decisions on the model with its content filters, if it has some; these have to hold as well
 */
export function decidePolicy(
  policy: Policy,
  bare: readonly CriterionDecision[],
  filtered?: FilteredDecisions,
): PolicyDecision {
  const rulings = policy.criteria
    .filter(({ onFailure }) => onFailure !== 'report')
    .map((criterion) => ({ criterion: criterion.name, ...rule(criterion, bare, filtered) }));
  const obstacles = rulings.flatMap(({ criterion, state, reason }) =>
    state === 'not-met' || state === 'undecided' ? [{ criterion, reason }] : [],
  );
  const conditions = [...new Set(rulings.flatMap(({ filter }) => filter ?? []))];
  const has = (state: string): boolean => rulings.some((ruling) => ruling.state === state);
  // Where nothing is required, nothing was shown; a policy that was parsed requires something.
  if (rulings.length === 0) return { outcome: 'inconclusive', conditions: [], obstacles };
  if (has('not-met')) return { outcome: 'rejected', conditions: [], obstacles };
  if (has('undecided')) return { outcome: 'inconclusive', conditions: [], obstacles };
  return { outcome: conditions.length > 0 ? 'admitted-with-conditions' : 'admitted', conditions, obstacles };
}

/** Whether the model is rejected as soon as it is shown not to meet this criterion, with these content filters or without any. */
export function rejectsAtOnce({ onFailure }: Criterion, filters: readonly string[]): boolean {
  if (onFailure === 'report') return false;
  return onFailure === 'reject' || !filters.includes(onFailure.condition);
}

const exitCodes: Readonly<Record<PolicyOutcome, 0 | 1 | 3>> = {
  admitted: 0,
  'admitted-with-conditions': 0,
  rejected: 1,
  inconclusive: 3,
};

/** 2 is left to usage errors, 4 to evidence that is not valid. */
export function exitCodeOfOutcome(outcome: PolicyOutcome): 0 | 1 | 3 {
  return exitCodes[outcome];
}

type Ruling = {
  readonly state: CriterionDecision['state'];
  readonly reason: string;
  readonly filter?: string;
};

function rule(
  criterion: Criterion,
  bare: readonly CriterionDecision[],
  filtered: FilteredDecisions | undefined,
): Ruling {
  const alone = decisionOn(criterion, bare);
  const served = filtered ? decisionOn(criterion, filtered.decisions) : alone;
  const { onFailure } = criterion;
  if (alone.state === 'met' || typeof onFailure === 'string') return alone.state === 'met' ? served : alone;
  const { condition: filter } = onFailure;
  if (filtered?.filters.includes(filter)) return { ...served, filter };
  return { state: alone.state, reason: `${alone.reason}; the content filter ${filter} could make up for it` };
}

function decisionOn(criterion: Criterion, decisions: readonly CriterionDecision[]): Ruling {
  const decision = decisions.find((each) => each.criterion === criterion.name);
  return decision ?? { state: 'undecided', reason: 'was not run' };
}
