// The figures of an evaluation, with 95 % intervals. Greedy rates have Wilson's interval; if a problem was asked
// several times, problems are resampled, not completions. Two evaluations are compared problem by problem.
import { seededRandom } from '../base/index.ts';
import { clusterBootstrap, mean, quantileOf, wilsonInterval } from '../stats/index.ts';
import type { EvaluationRow } from './evaluation.ts';
import { type HalfFigures, halvesOf } from './halves.ts';
import { passAtK } from './objective/pass-at-k.ts';
import type { SampleKind } from './sample-kind.ts';

export type Interval = readonly [number, number];

/** Figures of one completion per problem. */
export type Accuracy = {
  readonly subject: SampleKind;
  readonly thinking: EvaluationRow['thinking'];
  readonly trials: number;
  readonly correct: number;
  readonly accuracy: number;
  /** Wilson (1927). */
  readonly interval: Interval;
  readonly meanTokens: number;
  readonly truncated: number;
};

/** Figures of several completions per problem at temperature 1. */
export type Sampled = {
  readonly subject: SampleKind;
  readonly problems: number;
  readonly samples: number;
  /** Unbiased pass@k for k = 1, 2, 4 … up to the number of samples. */
  readonly passAt: readonly { readonly k: number; readonly rate: number; readonly interval: Interval }[];
  readonly meanTokens: number;
  /** Share of completions that the limit cut off. */
  readonly truncated: number;
  /** Share of completions that close the think block once and answer. */
  readonly wellFormed: number;
};

/** Greedy with thinking cut off at the budget. */
export type BudgetPoint = {
  readonly subject: SampleKind;
  readonly budget: number;
  readonly accuracy: number;
  readonly interval: Interval;
  readonly meanTokens: number;
};

export type EvaluationSummary = {
  readonly accuracies: readonly Accuracy[];
  readonly sampled: readonly Sampled[];
  readonly budgetCurve: readonly BudgetPoint[];
  /** Each half of a task of which some problems cannot be solved; absent where there is none. */
  readonly halves?: readonly HalfFigures[] | undefined;
};

/** pass@1 of one evaluation minus that of another, over the same problems. */
export type Gain = {
  readonly subject: SampleKind;
  readonly estimate: number;
  readonly interval: Interval;
};

const resamples = 2000;
const bootstrapSeed = 20_250_120;

/** Subjects come in the order in which they first appear. */
export function summarise(rows: readonly EvaluationRow[]): EvaluationSummary {
  const of = (mode: EvaluationRow['mode']) => rows.filter((row) => row.mode === mode);
  const halves = halvesOf(rows);
  return {
    ...(halves.length === 0 ? {} : { halves }),
    accuracies: groupsBy(of('greedy'), (row) => `${row.subject}/${row.thinking}`).map(accuracyOf),
    sampled: groupsBy(of('sampled'), (row) => row.subject).map(sampledOf),
    budgetCurve: groupsBy(of('budget'), (row) => `${row.subject}/${row.sample}`).map((group) => {
      const { subject, accuracy, interval, meanTokens } = accuracyOf(group);
      return { subject, budget: group[0]?.sample ?? 0, accuracy, interval, meanTokens };
    }),
  };
}

/** By how much `rows` is better than `base`; only subjects and problems that both sampled count. */
export function gainsOver(rows: readonly EvaluationRow[], base: readonly EvaluationRow[]): readonly Gain[] {
  const rates = ratesByProblem(rows);
  const baseRates = ratesByProblem(base);
  return [...rates].flatMap(([subject, problems]) => {
    const others = baseRates.get(subject);
    const differences = [...problems].flatMap(([problem, rate]) => {
      const other = others?.get(problem);
      return other === undefined ? [] : [rate - other];
    });
    if (differences.length === 0) return [];
    return { subject, estimate: mean(differences), interval: bootstrapInterval(differences, -1) };
  });
}

function ratesByProblem(rows: readonly EvaluationRow[]): Map<SampleKind, Map<number, number>> {
  const sampled = rows.filter((row) => row.mode === 'sampled');
  const bySubject = Map.groupBy(sampled, (row) => row.subject);
  return new Map(
    [...bySubject].map(([subject, group]) => {
      const byProblem = Map.groupBy(group, (row) => row.problem);
      return [subject, new Map([...byProblem].map(([problem, some]) => [problem, mean(some.map(isRight))]))];
    }),
  );
}

function accuracyOf(group: readonly EvaluationRow[]): Accuracy {
  const { subject, thinking } = group[0] as EvaluationRow;
  const trials = group.length;
  const correct = group.filter((row) => row.correct).length;
  const { estimate, lower, upper } = wilsonInterval(correct, trials);
  return {
    subject,
    thinking,
    trials,
    correct,
    accuracy: estimate,
    interval: [lower, upper],
    meanTokens: mean(group.map((row) => row.completionTokens)),
    truncated: group.filter((row) => row.truncated).length,
  };
}

function sampledOf(group: readonly EvaluationRow[]): Sampled {
  const problems = [...Map.groupBy(group, (row) => row.problem).values()];
  const samples = Math.min(...problems.map((rows) => rows.length));
  const ks = Array.from({ length: Math.floor(Math.log2(samples)) + 1 }, (_, power) => 2 ** power);
  return {
    subject: (group[0] as EvaluationRow).subject,
    problems: problems.length,
    samples,
    passAt: ks.map((k) => {
      const rates = problems.map((rows) =>
        passAtK({ samples: rows.length, correct: rows.filter((row) => row.correct).length, k }),
      );
      return { k, rate: mean(rates), interval: bootstrapInterval(rates) };
    }),
    meanTokens: mean(group.map((row) => row.completionTokens)),
    truncated: mean(group.map((row) => (row.truncated ? 1 : 0))),
    wellFormed: mean(group.map((row) => (row.wellFormed ? 1 : 0))),
  };
}

/** 95 %, over problems drawn with replacement, whose values lie in [`least`, 1]. The stream is always the same: a record says the same twice. */
function bootstrapInterval(values: readonly number[], least = 0): Interval {
  const clusters = values.map((value) => ({ positives: value, total: 1 }));
  const means = clusterBootstrap(clusters, seededRandom(bootstrapSeed), resamples, least);
  const estimate = mean(values);
  return [Math.min(quantileOf(means, 0.025), estimate), Math.max(quantileOf(means, 0.975), estimate)];
}

function groupsBy(
  rows: readonly EvaluationRow[],
  key: (row: EvaluationRow) => string,
): readonly (readonly EvaluationRow[])[] {
  return [...Map.groupBy(rows, key).values()];
}

function isRight({ correct }: EvaluationRow): number {
  return correct ? 1 : 0;
}
