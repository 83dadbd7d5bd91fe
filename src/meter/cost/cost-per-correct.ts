// Cost per correct answer: everything that was spent over a set of tasks, wrong, truncated, refused, failed and cancelled
// attempts included, over the number of correct answers. Tasks are the unit that is resampled; attempts at one task are a
// cluster. Where hardly anything was correct there is no estimate that says anything, and the least that it may be is told.
import { exactLowerBound, ratioOfMeans } from '../../stats/index.ts';

/** What one task gave, over all attempts at it. Retries of one task are one attempt. */
export type TaskResult = {
  readonly task: string;
  readonly attempts: number;
  readonly correct: number;
  /** In tokens, seconds, joules or a currency unit. */
  readonly cost: number;
};

export type CostPerCorrect =
  | {
      readonly type: 'estimated';
      readonly estimate: number;
      /** Two-sided, 95 %. */
      readonly lower: number;
      readonly upper: number;
    }
  /** It is more than this, with a confidence of 95 % (one-sided). */
  | { readonly type: 'more-than'; readonly bound: number };

/** Fewer correct answers than this give a bound instead of an estimate. */
const leastCorrect = 5;

/**
 * @throws TypeError without a task, and for counts that are none
 * @example
 * import { costPerCorrect } from './src/meter/cost/cost-per-correct.ts';
 * const none = Array.from({ length: 59 }, (_, task) => ({ task: `${task}`, attempts: 1, correct: 0, cost: 100 }));
 * costPerCorrect(none).type; // → 'more-than'
 */
export function costPerCorrect(results: readonly TaskResult[]): CostPerCorrect {
  for (const { task, attempts, correct } of results) {
    const counts = Number.isSafeInteger(attempts) && Number.isSafeInteger(correct);
    if (!counts || attempts < 1 || correct < 0 || correct > attempts)
      throw new TypeError(`${task}: ${correct} of ${attempts} attempts are no counts of correct answers`);
  }
  const ratio = ratioOfMeans(results.map(({ cost, correct }) => ({ numerator: cost, denominator: correct })));
  const correct = results.reduce((sum, result) => sum + result.correct, 0);
  if (correct < leastCorrect || ratio.upper === Number.POSITIVE_INFINITY)
    return { type: 'more-than', bound: leastCost(results) };
  return { type: 'estimated', ...ratio };
}

/**
 * Mean cost of a task over the most correct answers that it may have. Attempts at one task may all share one fate, so that a
 * task with any correct attempt counts as one that gives as many as it has attempts.
 */
function leastCost(results: readonly TaskResult[]): number {
  const tasks = results.length;
  const solved = results.filter(({ correct }) => correct > 0).length;
  const rate = 1 - exactLowerBound(tasks - solved, tasks);
  const cost = results.reduce((sum, result) => sum + result.cost, 0) / tasks;
  const attempts = results.reduce((sum, result) => sum + result.attempts, 0) / tasks;
  return cost / (attempts * rate);
}

/** The share of attempts that were correct. */
export function accuracyOf(results: readonly TaskResult[]): number {
  let [correct, attempts] = [0, 0];
  for (const result of results) {
    correct += result.correct;
    attempts += result.attempts;
  }
  return correct / attempts;
}
