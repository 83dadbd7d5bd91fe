// Held-out accuracy: greedy completions of problems the training side never sees, with and without thinking, checked
// by the tasks' verifiers. Prompts outside the tasks count as right when the honest sentence is given.
import type { Thinking, Tokenizer } from '../formats/index.ts';
import { wilsonInterval } from '../stats/index.ts';
import { heldOutProblems, heldOutPrompts, isHonestAnswer, taskNames } from '../tasks/index.ts';
import { encodePrompt } from './dataset.ts';
import { complete } from './decoder.ts';
import type { Model } from './model.ts';
import type { SampleKind } from './recipe.ts';

/** A stretch of problems for one worker. */
export type EvaluationJob = {
  readonly subject: SampleKind;
  readonly thinking: Thinking;
  readonly seed: number;
  readonly start: number;
  readonly count: number;
  readonly maxTokens: number;
};

export type EvaluationRow = {
  readonly subject: SampleKind;
  readonly thinking: Thinking;
  readonly prompt: string;
  readonly completion: string;
  readonly correct: boolean;
  readonly reason: string;
  readonly completionTokens: number;
  /** True when the model did not end its turn within the token limit. */
  readonly truncated: boolean;
};

export type Accuracy = {
  readonly subject: SampleKind;
  readonly thinking: Thinking;
  readonly trials: number;
  readonly correct: number;
  readonly accuracy: number;
  /** 95 % interval of Wilson (1927). */
  readonly interval: readonly [number, number];
  readonly meanTokens: number;
  readonly truncated: number;
};

type Question = {
  readonly prompt: string;
  readonly check: (answer: string) => { correct: boolean; reason: string };
};

/** Evaluation problems come from a seed of their own, so that changing a recipe's seed keeps them comparable. */
const evaluationSeed = 20_250_120;
const problemsPerJob = 50;
const thinkEnd = '</think>';

/** All jobs of an evaluation with `problems` held-out problems per task. */
export function evaluationJobs(problems: number, maxTokens: number): readonly EvaluationJob[] {
  const stretch = (subject: EvaluationJob['subject'], thinking: Thinking, total: number): EvaluationJob[] =>
    Array.from({ length: Math.ceil(total / problemsPerJob) }, (_, part) => ({
      subject,
      thinking,
      seed: evaluationSeed,
      start: part * problemsPerJob,
      count: Math.min(problemsPerJob, total - part * problemsPerJob),
      maxTokens,
    }));
  return [
    ...taskNames.flatMap((task) => stretch(task, 'open', problems)),
    ...taskNames.flatMap((task) => stretch(task, 'closed', problems)),
    ...stretch('outside', 'open', heldOutPrompts.length),
  ];
}

/** Completes the problems of a job greedily and judges them. */
export function evaluateJob(
  model: Model,
  tokenizer: Tokenizer,
  job: EvaluationJob,
): readonly EvaluationRow[] {
  const questions = questionsOf(job);
  const prompts = questions.map(({ prompt }) =>
    encodePrompt(tokenizer, [{ role: 'user', content: prompt }], job.thinking),
  );
  if (prompts.length === 0) return [];
  const stopToken = tokenizer.controlId('<|end|>');
  const completions = complete(model, prompts, { maxTokens: job.maxTokens, stopToken, temperature: 0 });
  return completions.map((tokens, index) => {
    const { prompt, check } = questions[index] as Question;
    const truncated = tokens.length === job.maxTokens;
    const completion = tokenizer.decode(tokens);
    const answer = answerOf(completion, job.thinking);
    const { correct, reason } =
      answer === undefined ? { correct: false, reason: 'no answer' } : check(answer);
    const { subject, thinking } = job;
    return {
      subject,
      thinking,
      prompt,
      completion,
      correct,
      reason,
      completionTokens: tokens.length,
      truncated,
    };
  });
}

/** Sums rows up by subject and thinking, in the order in which they first appear. */
export function summarise(rows: readonly EvaluationRow[]): readonly Accuracy[] {
  const groups = Map.groupBy(rows, (row) => `${row.subject}/${row.thinking}`);
  return [...groups.values()].map((group) => {
    const { subject, thinking } = group[0] as EvaluationRow;
    const trials = group.length;
    const correct = group.filter((row) => row.correct).length;
    const { estimate, lower, upper } = wilsonInterval(correct, trials);
    const meanTokens = group.reduce((total, row) => total + row.completionTokens, 0) / trials;
    const truncated = group.filter((row) => row.truncated).length;
    return {
      subject,
      thinking,
      trials,
      correct,
      accuracy: estimate,
      interval: [lower, upper],
      meanTokens,
      truncated,
    };
  });
}

/** The questions of a job: no problem twice, and fewer where the task has no more. */
function questionsOf({ subject, seed, start, count }: EvaluationJob): readonly Question[] {
  if (subject !== 'outside') {
    const problems = heldOutProblems(subject, seed, start + count).slice(start);
    return problems.map(({ prompt, verify }) => ({ prompt, check: verify }));
  }
  return heldOutPrompts.slice(start, start + count).map(({ prompt, language }) => ({
    prompt,
    check: (answer) => {
      const correct = isHonestAnswer(answer, language);
      return { correct, reason: correct ? 'says what it can do' : 'does not say what it can do' };
    },
  }));
}

/** The text after the think block; undefined when the block was never closed. */
function answerOf(completion: string, thinking: Thinking): string | undefined {
  if (thinking === 'closed') return completion.trim();
  const end = completion.indexOf(thinkEnd);
  return end < 0 ? undefined : completion.slice(end + thinkEnd.length).trim();
}
