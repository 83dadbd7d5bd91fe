// A task with problems that cannot be solved has two halves, and an average over both hides what matters: whoever always gives up is
// right on one of them. Here each half stands by itself, with what its traces show when every line of them is checked.
import { seededRandom } from '../base/index.ts';
import { clusterBootstrap, mean, quantileOf, sum } from '../stats/index.ts';
import type { TaskSettings, TraceFacts } from '../tasks/index.ts';
import type { EvaluationRow } from './evaluation.ts';
import { passAtK } from './objective/pass-at-k.ts';
import type { SampleKind } from './sample-kind.ts';

export type Half = 'solvable' | 'unsolvable';

/** A share with its 95 % interval, over problems drawn with replacement. */
export type Estimate = { readonly estimate: number; readonly interval: readonly [number, number] };

export type HalfFigures = {
  readonly subject: SampleKind;
  readonly half: Half;
  readonly problems: number;
  /** Completions of each problem at temperature 1. */
  readonly samples: number;
  readonly passAt1: Estimate;
  /** At least one of all the completions of a problem is right. */
  readonly passAtAll: Estimate;
  /** pass@1 where running out of room is always wrong. */
  readonly strict: Estimate;
  readonly greedy?: Estimate | undefined;
  readonly meanTokens: number;
  /** Share of completions that the limit cut off while thinking. */
  readonly outOfRoom: number;
  /** Share of completions that state a solution which is none. */
  readonly falseClaims: number;
  readonly traces?: TraceShares | undefined;
};

/** Shares over all guesses of many traces. */
export type TraceShares = {
  readonly guessesPerCompletion: number;
  readonly wrong: number;
  readonly repeated: number;
  /** Traces that ended by themselves after a miss, with guesses left, per guess that missed. */
  readonly givesUpPerMiss: number;
};

/** What two evaluations of the same problems differ by, problem by problem. */
export type HalfLead = {
  readonly subject: SampleKind;
  readonly half: Half;
  readonly passAt1: Estimate;
  readonly passAtAll: Estimate;
  readonly strict: Estimate;
  readonly greedy?: Estimate | undefined;
};

/** What of a completion tells of giving up. */
export type Attempt = { readonly stopped: boolean; readonly facts?: TraceFacts | undefined };

/** The settings of a task of which only problems of this half are drawn. */
export function settingsOfHalf(settings: TaskSettings | undefined, half: Half): TaskSettings {
  const unsolvable = half === 'solvable' ? 0 : 100;
  return { ...settings, difficulty: { ...settings?.difficulty, unsolvable } };
}

/** Whether some problems of a task cannot be solved. */
export function hasHalves(settings: TaskSettings | undefined): boolean {
  return (settings?.difficulty?.unsolvable ?? 0) > 0;
}

const resamples = 2000;
const bootstrapSeed = 20_250_121;

/** The figures of each half that was asked. */
export function halvesOf(rows: readonly EvaluationRow[]): readonly HalfFigures[] {
  return halfGroups(rows).map(({ subject, half, sampled, greedy }) => {
    const completions = [...sampled.values()].flat();
    return {
      subject,
      half,
      problems: sampled.size,
      samples: Math.min(...[...sampled.values()].map(({ length }) => length)),
      passAt1: estimateOf([...sampled.values()].map(passAt1)),
      passAtAll: estimateOf([...sampled.values()].map(passAtAll)),
      strict: estimateOf([...sampled.values()].map(strictly)),
      greedy: greedy.size === 0 ? undefined : estimateOf([...greedy.values()].map(passAt1)),
      meanTokens: mean(completions.map(({ completionTokens }) => completionTokens)),
      outOfRoom: mean(completions.map(({ outOfRoom }) => (outOfRoom ? 1 : 0))),
      falseClaims: mean(completions.map(({ falseClaim }) => (falseClaim ? 1 : 0))),
      traces: traceShares(completions.map(({ truncated, facts }) => ({ stopped: !truncated, facts }))),
    };
  });
}

/** By how much `rows` is better than `base` on the problems that both were asked. */
export function halfLeads(
  rows: readonly EvaluationRow[],
  base: readonly EvaluationRow[],
): readonly HalfLead[] {
  const others = halfGroups(base);
  return halfGroups(rows).flatMap(({ subject, half, sampled, greedy }) => {
    const other = others.find((group) => group.subject === subject && group.half === half);
    if (other === undefined) return [];
    const lead = (of: (some: readonly EvaluationRow[]) => number, ours = sampled, theirs = other.sampled) => {
      const differences = [...ours].flatMap(([problem, some]) => {
        const rival = theirs.get(problem);
        return rival === undefined ? [] : of(some) - of(rival);
      });
      return differences.length === 0 ? undefined : estimateOf(differences, -1);
    };
    const [first, all, strict] = [lead(passAt1), lead(passAtAll), lead(strictly)];
    if (first === undefined || all === undefined || strict === undefined) return [];
    const greedyLead = lead(passAt1, greedy, other.greedy);
    return { subject, half, passAt1: first, passAtAll: all, strict, greedy: greedyLead };
  });
}

/** Shares over all the guesses of these attempts; undefined where there are none. */
export function traceShares(attempts: readonly Attempt[]): TraceShares | undefined {
  const read = attempts.flatMap(({ stopped, facts }) => (facts === undefined ? [] : { stopped, ...facts }));
  const guesses = sum(read.map((facts) => facts.guesses));
  if (guesses === 0) return undefined;
  const gaveUp = read.filter(({ stopped, endsInMiss }) => stopped && endsInMiss).length;
  return {
    guessesPerCompletion: guesses / read.length,
    wrong: sum(read.map(({ wrong }) => wrong)) / guesses,
    repeated: sum(read.map(({ repeated }) => repeated)) / guesses,
    givesUpPerMiss: gaveUp / Math.max(1, sum(read.map(({ misses }) => misses))),
  };
}

type HalfGroup = {
  readonly subject: SampleKind;
  readonly half: Half;
  readonly sampled: ReadonlyMap<number, readonly EvaluationRow[]>;
  readonly greedy: ReadonlyMap<number, readonly EvaluationRow[]>;
};

function halfGroups(rows: readonly EvaluationRow[]): readonly HalfGroup[] {
  const halved = rows.filter(({ half, thinking }) => half !== undefined && thinking === 'open');
  return [...Map.groupBy(halved, ({ subject, half }) => `${subject} ${half}`).values()].flatMap((group) => {
    const { subject, half } = group[0] as EvaluationRow;
    const of = (mode: EvaluationRow['mode']) =>
      Map.groupBy(
        group.filter((row) => row.mode === mode),
        ({ problem }) => problem,
      );
    const sampled = of('sampled');
    return half === undefined || sampled.size === 0 ? [] : { subject, half, sampled, greedy: of('greedy') };
  });
}

function passAt1(rows: readonly EvaluationRow[]): number {
  return mean(rows.map(({ correct }) => (correct ? 1 : 0)));
}

function passAtAll(rows: readonly EvaluationRow[]): number {
  const correct = rows.filter((row) => row.correct).length;
  return passAtK({ samples: rows.length, correct, k: rows.length });
}

function strictly(rows: readonly EvaluationRow[]): number {
  return mean(rows.map(({ correct, truncated }) => (correct && !truncated ? 1 : 0)));
}

function estimateOf(values: readonly number[], least = 0): Estimate {
  const clusters = values.map((value) => ({ positives: value, total: 1 }));
  const means = clusterBootstrap(clusters, seededRandom(bootstrapSeed), resamples, least);
  const estimate = mean(values);
  return {
    estimate,
    interval: [Math.min(quantileOf(means, 0.025), estimate), Math.max(quantileOf(means, 0.975), estimate)],
  };
}
