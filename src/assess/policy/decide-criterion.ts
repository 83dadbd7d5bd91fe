// Decides one criterion from what was observed, as a pure function: it stops the trials while they run, and it derives
// the decision from the evidence again afterwards. After every complete cluster two hypotheses are tested by betting
// (stats/rate-test.ts): that the true rate is on the wrong side of the threshold, and that it is on the right one, on the
// observed scale together with what labels say about the judge (claim-test.ts). Such a test may be evaluated after every
// cluster, so the first hypothesis that is refuted decides, and later trials change nothing. Where categories differ it holds
// as long as the trials take them in turn in shuffled order.
import type { Random } from '../../base/index.ts';
import { holmAdjusted } from '../../stats/index.ts';
import type { JudgeAdmission } from '../terms/trial.ts';
import { type ClaimGrids, type ClaimTest, claimGrids, claimTest } from './claim-test.ts';
import {
  boundOf,
  categoryBoundOf,
  countTrials,
  estimateOf,
  intervalOf,
  type TrialCounts,
} from './figures.ts';
import { type JudgeStanding, judgeStanding } from './judge-standing.ts';
import { type ClusterValue, clusterValues, type Observation } from './observation.ts';
import type { CheckCriterion, Criterion, RateCriterion } from './policy.ts';

export type DecisionState = 'met' | 'not-met' | 'undecided';

export type CategoryDecision = {
  readonly category: string;
  /** States of all categories, which together are wrong in either direction with at most the risk of the criterion. */
  readonly state: DecisionState;
  readonly estimate: number | null;
  /** Holds for all categories together. */
  readonly bound: number | null;
  readonly trials: number;
  readonly unassessed: number;
};

export type CriterionDecision = {
  readonly criterion: string;
  readonly state: DecisionState;
  readonly reason: string;
  /** From the assessed trials, corrected for the judge's errors; slightly biased, since trials stop early. */
  readonly estimate: number | null;
  /** Two-sided 95 % interval, bootstrapped by cluster, for readers; null unless random numbers were given. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  /** What is compared with the threshold: the true rate does not lie beyond it, whatever was unassessed. */
  readonly bound: number | null;
  /** Trials that were evaluated until the decision. */
  readonly trials: number;
  readonly unassessed: number;
  readonly byCategory: readonly CategoryDecision[];
};

/**
 * @param judge the record that entitles the criterion's judge to decide
 * @param random for the interval, which is omitted without it; the decision does not depend on it
 * @throws TypeError for observations in languages that the criterion is not about
 */
export function decideCriterion(
  criterion: Criterion,
  observations: readonly Observation[],
  judge: JudgeAdmission | null,
  random?: Random,
): CriterionDecision {
  if (criterion.metric === 'check') return decideCheck(criterion, observations, judge);
  const strange = observations.find(({ language }) => !criterion.languages.includes(language));
  if (strange) throw new TypeError(`${criterion.name} is not about ${strange.language}`);
  const values = clusterValues(observations, criterion);
  const standing = judgeStanding(criterion, judge, observations[0]?.family);
  if ('problem' in standing) {
    const counts = countTrials(values);
    const nothing = { estimate: null, interval: null, bound: null, byCategory: [] };
    return { criterion: criterion.name, state: 'undecided', reason: standing.problem, ...counts, ...nothing };
  }
  const grids = claimGrids(criterion, standing);
  const { state, looked } = scan(criterion, values, standing, grids);
  const counts = countTrials(looked);
  const bound = boundOf(criterion, standing, looked, state === 'met');
  return {
    criterion: criterion.name,
    state: state ?? 'undecided',
    reason: reasonOf(criterion, state, bound, counts),
    estimate: estimateOf(criterion, standing, looked),
    interval: random ? intervalOf(criterion, standing, looked, random) : null,
    bound,
    ...counts,
    byCategory: categoryDecisions(criterion, standing, grids, looked),
  };
}

function decideCheck(
  { name, judge, minimumTrials, maximumTrials }: CheckCriterion,
  observations: readonly Observation[],
  admission: JudgeAdmission | null,
): CriterionDecision {
  const looked = observations.toSorted((a, b) => a.index - b.index).slice(0, maximumTrials);
  const unassessed = looked.filter(({ outcome }) => outcome === 'unassessed').length;
  const failed = looked.find(({ outcome }) => outcome === 'resisted');
  const decision = (state: DecisionState, reason: string): CriterionDecision => ({
    criterion: name,
    state,
    reason,
    estimate: null,
    interval: null,
    bound: null,
    trials: looked.length,
    unassessed,
    byCategory: [],
  });
  if (admission !== 'exact')
    return decision('undecided', `the judge ${judge} can err, which a check does not allow for`);
  if (failed) return decision('not-met', `${failed.item} failed`);
  if (unassessed > 0) return decision('undecided', `${unassessed} of ${looked.length} could not be checked`);
  if (looked.length < minimumTrials) {
    return decision('undecided', `${looked.length} of at least ${minimumTrials} were checked`);
  }
  return decision('met', `all ${looked.length} passed`);
}

/**
 * Where the trials of a criterion end, by the rule that ends them, without any figures. The clusters are read one by one, and
 * none behind the one that decides.
 *
 * @param grids of this criterion and standing, which many runs share
 */
export function stoppingPoint(
  criterion: RateCriterion,
  values: Iterable<ClusterValue>,
  standing: JudgeStanding,
  grids: ClaimGrids = claimGrids(criterion, standing),
): { readonly state: DecisionState; readonly trials: number } {
  const { state, looked } = scan(criterion, values, standing, grids);
  return { state: state ?? 'undecided', trials: countTrials(looked).trials };
}

type Tests = { readonly below: ClaimTest; readonly above: ClaimTest };

function openTests(criterion: RateCriterion, standing: JudgeStanding, grids: ClaimGrids): Tests {
  return {
    below: claimTest(criterion, standing, 'below', grids),
    above: claimTest(criterion, standing, 'above', grids),
  };
}

/** The risk of the tests of both claims. */
function riskOf({ labelled, risk, whole }: JudgeStanding): number {
  return labelled === null ? risk : whole;
}

/** Goes through the clusters until the criterion is decided or its maximum of trials is reached. */
function scan(
  criterion: RateCriterion,
  values: Iterable<ClusterValue>,
  standing: JudgeStanding,
  grids: ClaimGrids,
): { readonly state: DecisionState | null; readonly looked: readonly ClusterValue[] } {
  const open = (): Tests => openTests(criterion, standing, grids);
  const all = open();
  const categories = new Map<string, Tests>();
  // The claim that it is not met may rest on the whole or on a category, and its risk is shared between them.
  const risk = riskOf(standing);
  const needed = { met: risk, failed: criterion.by ? risk / 2 : risk };
  const looked: ClusterValue[] = [];
  let trials = 0;
  let unassessed = 0;
  for (const value of values) {
    if (trials >= criterion.maximumTrials) return { state: null, looked };
    looked.push(value);
    trials += value.trials;
    unassessed += value.unassessed;
    add(all, value);
    if (criterion.by) {
      const tests = categories.get(value.category) ?? open();
      categories.set(value.category, tests);
      add(tests, value);
    }
    if (trials < criterion.minimumTrials) continue;
    const failed = wrongSide(criterion, all).pValue() <= needed.failed;
    if (failed || anyRefuted(criterion, categories, needed.failed)) return { state: 'not-met', looked };
    const met = rightSide(criterion, all).pValue() <= needed.met;
    if (met && unassessed <= criterion.maximumUnassessed * trials) return { state: 'met', looked };
  }
  return { state: null, looked };
}

/** What could not be assessed counts against either claim. */
function add({ below, above }: Tests, value: ClusterValue): void {
  below.add(value);
  above.add(value);
}

function rightSide({ side }: RateCriterion, tests: Tests): ClaimTest {
  return side === 'at-most' ? tests.below : tests.above;
}

function wrongSide({ side }: RateCriterion, tests: Tests): ClaimTest {
  return side === 'at-most' ? tests.above : tests.below;
}

function anyRefuted(criterion: RateCriterion, categories: ReadonlyMap<string, Tests>, risk: number): boolean {
  return holmAdjusted([...categories.values()].map((tests) => wrongSide(criterion, tests).pValue())).some(
    (p) => p <= risk,
  );
}

function categoryDecisions(
  criterion: RateCriterion,
  standing: JudgeStanding,
  grids: ClaimGrids,
  looked: readonly ClusterValue[],
): readonly CategoryDecision[] {
  const groups = [...Map.groupBy(looked, ({ category }) => category)].sort(([a], [b]) => (a < b ? -1 : 1));
  const tests = groups.map(([, values]) => {
    const opened = openTests(criterion, standing, grids);
    for (const value of values) add(opened, value);
    return opened;
  });
  const met = holmAdjusted(tests.map((each) => rightSide(criterion, each).pValue()));
  const failed = holmAdjusted(tests.map((each) => wrongSide(criterion, each).pValue()));
  const risk = riskOf(standing);
  const failureRisk = criterion.by ? risk / 2 : risk;
  return groups.map(([category, values], index) => {
    const isMet = (met[index] as number) <= risk;
    const isFailed = (failed[index] as number) <= failureRisk;
    return {
      category,
      state: isFailed ? 'not-met' : isMet ? 'met' : 'undecided',
      estimate: estimateOf(criterion, standing, values),
      bound: categoryBoundOf(criterion, standing, values, groups.length),
      ...countTrials(values),
    };
  });
}

function reasonOf(
  criterion: RateCriterion,
  state: DecisionState | null,
  bound: number | null,
  { trials, unassessed }: TrialCounts,
): string {
  const { confidence, maximumUnassessed, minimumTrials, side, threshold } = criterion;
  if (trials === 0) return 'nothing was tried';
  const claim = `${side === 'at-most' ? 'below' : 'above'} ${percent(bound ?? Number.NaN)} with ${percent(confidence)} confidence`;
  const required = `${side === 'at-most' ? 'at most' : 'at least'} ${percent(threshold)} is required`;
  if (state === 'met') return `${claim}; ${required}`;
  if (state === 'not-met') return `shown to miss what is required, after ${trials} trials; ${required}`;
  if (unassessed > maximumUnassessed * trials) {
    return `${unassessed} of ${trials} trials could not be assessed; ${percent(maximumUnassessed)} are allowed`;
  }
  if (trials < minimumTrials) return `${trials} of at least ${minimumTrials} trials`;
  return `not decided by ${trials} trials: ${claim}; ${required}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
