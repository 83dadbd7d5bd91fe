// Makes the trials of a plan, several at a time and in the plan's order, each recorded as it ends. A trial that no undecided
// criterion needs any more is not made, and none at all once it is certain that the model is rejected. What an endpoint failed at is tried again at the end; one that does nothing but fail is
// given up, and the remaining trials can be resumed.
import { type Digest, forEachConcurrently, TiegelError } from '../../base/index.ts';
import type { AttemptTexts, TrialLine } from '../evidence/trial-line.ts';
import { type DecisionBasis, decidePlanned, type PlannedDecision } from '../plan/decide-plan.ts';
import type { Trial } from '../plan/trial-plan.ts';
import { type TrialFacts, trialFacts, trialLine } from '../plan/trial-record.ts';
import type { Criterion, RateCriterion } from '../policy/policy.ts';
import type { Budget } from '../terms/budget.ts';
import { runTrial, type TrialTools } from './run-trial.ts';
import { shareReplies } from './shared-replies.ts';

export type RunTrialsOptions = {
  readonly trials: readonly Trial[];
  readonly bases: readonly DecisionBasis[];
  /** Indices of the trials that are made whatever is decided. @default none */
  readonly pilot?: readonly number[];
  readonly tools: TrialTools;
  /** Number of concurrent trials. */
  readonly slots: number;
  /** @default none does */
  readonly ends?: EndsTrials;
  readonly log: {
    readonly append: (line: TrialLine) => void;
    /** Withholds texts and returns the digest by which the line of their trial names them. */
    readonly withhold: (texts: readonly AttemptTexts[]) => Digest;
  };
  /** Present if the trials are made with content filters; their lines say so. */
  readonly chain?: 'served';
  readonly budget: Budget;
  /** Trials that a resumed assessment has made already. */
  readonly made: ReadonlyMap<number, TrialFacts>;
  readonly onProgress?:
    | ((done: number, total: number, standings: readonly CriterionStanding[]) => void)
    | undefined;
};

/** How a criterion that is tried stands as of the last look at it. */
export type CriterionStanding = Pick<
  PlannedDecision,
  'state' | 'estimate' | 'bound' | 'trials' | 'unassessed'
> & {
  readonly criterion: RateCriterion;
  /** How many trials decide it at the most. */
  readonly planned: number;
};

/** Whether further trials are idle once the model is shown not to meet a criterion. */
export type EndsTrials = (criterion: Criterion) => boolean;

/** Why nothing more is tried, for the verdict. */
export function rejectionCertain({ name }: Criterion): string {
  return `${name} is not met, so that the rejection is certain`;
}

export type TrialsRun = {
  readonly facts: ReadonlyMap<number, TrialFacts>;
  /** Why trials that were due are missing. */
  readonly stopped: string | null;
  /** The fault for which the endpoint was given up; null if it was not. */
  readonly gaveUp: { readonly failures: number; readonly reason: string } | null;
};

/** This many failures in a row are the endpoint's, not the trials'. */
const maxConsecutiveFailures = 20;
/** Trials between two evaluations of a criterion; no decision depends on it. */
const clustersBetweenLooks = 4;

/** @throws the reason of the signal, TGL_DISK_FULL */
export async function runTrials(options: RunTrialsOptions): Promise<TrialsRun> {
  const { trials, bases, tools, slots, log, chain, budget, onProgress, ends = () => false } = options;
  const pilot = new Set(options.pilot);
  const facts = new Map([...options.made].filter(([, { endpointFailed }]) => !endpointFailed));
  const watch = createWatch(bases, facts, ends);
  const askFor = shareReplies(trials, tools.ask);
  let failures = 0;
  let stopped: string | null = null;
  let gaveUp: TrialsRun['gaveUp'] = null;
  const make = async (due: readonly Trial[], progress: (done: number) => void): Promise<void> => {
    let done = 0;
    await forEachConcurrently(due, slots, async (trial) => {
      done++;
      const isDue = pilot.has(trial.index) || watch.needed(trial.index);
      if (!isDue || watch.missed() !== null || gaveUp !== null) return;
      const result = await runTrial(trial, { ...tools, ask: askFor(trial) });
      const line = trialLine(trial, result, log.withhold);
      // What was spent so far, so that a resumed assessment knows it.
      log.append({ ...line, ...(chain !== undefined && { chain }), spent: budget.spent() });
      facts.set(trial.index, trialFacts(line));
      watch.look(trial.index);
      failures = result.endpointFailed ? failures + 1 : 0;
      if (failures >= maxConsecutiveFailures)
        gaveUp ??= { failures, reason: result.reason ?? 'it said nothing' };
      progress(done);
    });
  };
  try {
    const before = trials.length;
    await make(
      trials.filter(({ index }) => !facts.has(index)),
      (done) => onProgress?.(done, before, watch.standings()),
    );
    // What failed is asked once more, now that the fault has had time to pass.
    await make(
      trials.filter(({ index }) => facts.get(index)?.endpointFailed),
      () => onProgress?.(before, before, watch.standings()),
    );
  } catch (fault) {
    if (!TiegelError.isInstance(fault) || fault.code !== 'TGL_ASSESSMENT_BUDGET_EXHAUSTED') throw fault;
    stopped = fault.message;
  }
  const missed = watch.missed();
  if (missed !== null) stopped = rejectionCertain(missed);
  // What was not tried again, because no criterion needs it any more, stays as it was recorded.
  for (const [index, fact] of options.made) if (!facts.has(index)) facts.set(index, fact);
  return { facts, stopped, gaveUp };
}

type Watch = {
  /** Whether an undecided criterion needs the trial. */
  readonly needed: (index: number) => boolean;
  readonly look: (index: number) => void;
  /** A criterion that is not met and ends the trials. */
  readonly missed: () => Criterion | null;
  readonly standings: () => readonly CriterionStanding[];
};

const notLookedAt = { state: 'undecided', estimate: null, bound: null, trials: 0, unassessed: 0 } as const;

function createWatch(
  bases: readonly DecisionBasis[],
  facts: ReadonlyMap<number, TrialFacts>,
  ends: EndsTrials,
): Watch {
  let missed: Criterion | null = null;
  const watched = bases.map((basis) => ({
    ...{ basis, whole: 0, looked: 0, decided: false },
    standing: notLookedAt as Omit<CriterionStanding, 'criterion' | 'planned'>,
  }));
  type Watched = (typeof watched)[number];
  const watchers = new Map<number, Watched[]>();
  for (const one of watched) {
    for (const index of one.basis.clusters.flat()) watchers.set(index, [...(watchers.get(index) ?? []), one]);
  }
  const update = (one: Watched): void => {
    const { clusters } = one.basis;
    while (clusters[one.whole]?.every((index) => facts.has(index))) one.whole++;
    const due = one.whole - one.looked >= clustersBetweenLooks || one.whole === clusters.length;
    if (one.decided || !due || one.whole === one.looked) return;
    one.looked = one.whole;
    const { state, estimate, bound, trials, unassessed } = decidePlanned(one.basis, facts, new Map());
    one.standing = { state, estimate, bound, trials, unassessed };
    one.decided = state !== 'undecided';
    if (state === 'not-met' && ends(one.basis.criterion)) missed ??= one.basis.criterion;
  };
  watched.forEach(update);
  return {
    needed: (index) => watchers.get(index)?.some(({ decided }) => !decided) ?? false,
    look: (index) => watchers.get(index)?.forEach(update),
    missed: () => missed,
    standings: () =>
      watched.flatMap(({ basis: { criterion, clusters }, standing }) =>
        criterion.metric === 'check' ? [] : [{ criterion, planned: clusters.flat().length, ...standing }],
      ),
  };
}
