// Held-out accuracy, with everything that a single figure hides: greedy with and without thinking, sampled at temperature
// 1 (pass@1 and pass@k), and greedy with the thinking cut off at a budget (budget forcing, s1, Muennighoff et al. 2025).
// Prompts outside the tasks count as right if the model gives the honest sentence.
import { z } from 'zod';
import { seededRandom } from '../base/index.ts';
import { type Thinking, type Tokenizer, tiegelTemplate } from '../formats/index.ts';
import {
  type AnyTaskName,
  allTaskNames,
  heldOutProblems,
  heldOutPrompts,
  isHonestAnswer,
  type OutsideScope,
  type TaskSample,
  type TaskSettings,
  type TraceFacts,
} from '../tasks/index.ts';
import { answerOf, isThinking, isWellFormed, thinkingOf } from './answer.ts';
import { encodePrompt } from './dataset.ts';
import { type Completion, complete } from './decoder.ts';
import { type Half, hasHalves, settingsOfHalf } from './halves.ts';
import type { Model } from './model.ts';
import type { Recipe } from './recipe.ts';
import { type SampleKind, sampleKinds } from './sample-kind.ts';
import type { CutOff } from './stages/fields.ts';

/** How a completion was produced. */
export type Mode = 'greedy' | 'sampled' | 'budget';

/** A range of problems for one worker. */
export type EvaluationJob = {
  readonly subject: SampleKind;
  readonly mode: Mode;
  readonly thinking: Thinking;
  readonly seed: number;
  readonly start: number;
  readonly count: number;
  readonly maxTokens: number;
  /** Completions of each problem; 1 unless sampled. */
  readonly samples: number;
  /** Thinking tokens after which a chain is cut off, in the mode `budget`. */
  readonly budgets: readonly number[];
  readonly settings?: TaskSettings | undefined;
  /** Which prompts are outside, where the subject is those. @default first-tasks */
  readonly outside?: OutsideScope | undefined;
  /** The half to which all problems of the job belong, where a task has two. */
  readonly half?: Half | undefined;
  /** What running out of room while thinking counts as. @default wrong */
  readonly cutOff?: CutOff | undefined;
};

export type EvaluationRow = {
  readonly subject: SampleKind;
  readonly mode: Mode;
  readonly thinking: Thinking;
  /** Number of the problem within its subject. */
  readonly problem: number;
  /** Number of the completion, or the budget. */
  readonly sample: number;
  readonly prompt: string;
  readonly completion: string;
  readonly correct: boolean;
  readonly reason: string;
  readonly wellFormed: boolean;
  readonly completionTokens: number;
  /** True when the model did not end its turn within the token limit. */
  readonly truncated: boolean;
  /** The half of the problem, where its task has two. The fields after it are there where it is. */
  readonly half?: Half | undefined;
  /** Whether the limit cut it off while thinking. */
  readonly outOfRoom?: boolean | undefined;
  /** Whether it states a solution which is none. */
  readonly falseClaim?: boolean | undefined;
  /** What its guesses show. */
  readonly facts?: TraceFacts | undefined;
};

/** Checks a row that was read from a file. */
export const evaluationRow: z.ZodType<EvaluationRow> = z.strictObject({
  subject: z.enum(sampleKinds),
  mode: z.enum(['greedy', 'sampled', 'budget']),
  thinking: z.enum(['open', 'closed']),
  problem: z.int().min(0),
  sample: z.int().min(0),
  prompt: z.string(),
  completion: z.string(),
  correct: z.boolean(),
  reason: z.string(),
  wellFormed: z.boolean(),
  completionTokens: z.int().min(0),
  truncated: z.boolean(),
  half: z.enum(['solvable', 'unsolvable']).optional(),
  outOfRoom: z.boolean().optional(),
  falseClaim: z.boolean().optional(),
  facts: z
    .strictObject({
      guesses: z.int().min(0),
      wrong: z.int().min(0),
      repeated: z.int().min(0),
      misses: z.int().min(0),
      endsInMiss: z.boolean(),
    })
    .optional(),
});

type Question = {
  readonly prompt: string;
  readonly check: (answer: string) => { correct: boolean; reason: string };
} & Partial<Pick<TaskSample, 'givenUp' | 'readTrace'>>;

/** Evaluation problems come from a seed of their own, so that changing a recipe's seed keeps them comparable. */
export const evaluationSeed = 20_250_120;
const problemsPerJob = 50;
const sampleTag = 0xe7a1;
/** Problems of the unsolvable half are numbered from here. */
const unsolvableFrom = 1_000_000;
/** Tokens for the answer after a chain was cut off. */
const answerTokens = 32;

/** All jobs of a recipe's evaluation, on what its data teach. */
export function evaluationJobs({
  evaluation,
  data,
}: Pick<Recipe, 'evaluation' | 'data'>): readonly EvaluationJob[] {
  const { problems, maxTokens, samples, budgets, cutOff } = evaluation;
  const parts = allTaskNames
    .filter((task) => (data.mixture[task] ?? 0) > 0)
    .flatMap((task) => partsOf(task, data.tasks?.[task]));
  const stretch = (
    { subject, ...part }: Part,
    mode: Mode,
    thinking: Thinking,
    total: number,
    size = problemsPerJob,
  ): EvaluationJob[] =>
    Array.from({ length: Math.ceil(total / size) }, (_, index) => ({
      ...part,
      subject,
      mode,
      thinking,
      seed: evaluationSeed,
      start: index * size,
      count: Math.min(size, total - index * size),
      maxTokens,
      samples: mode === 'sampled' ? samples : 1,
      budgets: mode === 'budget' ? budgets : [],
      cutOff,
    }));
  return [
    ...parts.flatMap((part) => stretch(part, 'greedy', 'open', problems)),
    ...parts.flatMap((part) => stretch(part, 'greedy', 'closed', problems)),
    ...((data.mixture.outside ?? 0) > 0
      ? stretch(
          { subject: 'outside', outside: data.outside },
          'greedy',
          'open',
          heldOutPrompts[data.outside ?? 'first-tasks'].length,
        )
      : []),
    ...(samples === 0
      ? []
      : parts.flatMap((part) =>
          stretch(part, 'sampled', 'open', problems, Math.ceil((2 * problemsPerJob) / samples)),
        )),
    ...(budgets.length === 0 ? [] : parts.flatMap((part) => stretch(part, 'budget', 'open', problems))),
  ];
}

/** Problems of one kind and, where a task has two, of one half. */
type Part = Pick<EvaluationJob, 'subject' | 'settings' | 'half' | 'outside'>;

/** Both halves of a task of which some problems cannot be solved are asked as many problems. */
function partsOf(subject: AnyTaskName, settings: TaskSettings | undefined): readonly Part[] {
  if (!hasHalves(settings)) return [{ subject, settings }];
  const halves = ['solvable', 'unsolvable'] as const;
  return halves.map((half) => ({ subject, settings: settingsOfHalf(settings, half), half }));
}

/** Completes the problems of a job and judges them. */
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
  const options = { maxTokens: job.maxTokens, stopToken, batch: 100 };
  const rowOf = (index: number, sample: number, { tokens, stopped }: Completion): EvaluationRow => {
    const { prompt, check, givenUp, readTrace } = questions[index] as Question;
    const completion = tokenizer.decode(tokens);
    const outOfRoom = !stopped && job.thinking === 'open' && isThinking(completion);
    const said = answerOf(completion, job.thinking);
    const answer = outOfRoom && job.cutOff === 'gives-up' ? givenUp : said;
    const { correct, reason } =
      answer === undefined ? { correct: false, reason: 'no answer' } : check(answer);
    return {
      subject: job.subject,
      mode: job.mode,
      thinking: job.thinking,
      problem: job.start + index + (job.half === 'unsolvable' ? unsolvableFrom : 0),
      sample,
      prompt,
      completion,
      correct,
      reason,
      wellFormed: stopped && (job.thinking === 'closed' || isWellFormed(completion)),
      completionTokens: tokens.length,
      truncated: !stopped,
      ...(job.half === undefined
        ? {}
        : {
            half: job.half,
            outOfRoom,
            falseClaim: !correct && said !== undefined && said.includes('='),
            facts: readTrace?.(job.thinking === 'closed' ? '' : thinkingOf(completion)),
          }),
    };
  };
  if (job.mode === 'greedy') {
    return complete(model, prompts, options).map((completion, index) => rowOf(index, 0, completion));
  }
  if (job.mode === 'sampled') {
    const repeated = prompts.flatMap((prompt) => Array.from({ length: job.samples }, () => prompt));
    const subject = allTaskNames.indexOf(job.subject as AnyTaskName);
    const half = job.half === 'unsolvable' ? [1] : [];
    const random = seededRandom(job.seed, sampleTag, subject, job.start, ...half);
    return complete(model, repeated, { ...options, temperature: 1, random }).map((completion, index) =>
      rowOf(Math.floor(index / job.samples), index % job.samples, completion),
    );
  }
  const free = complete(model, prompts, options);
  return job.budgets.flatMap((budget) =>
    cutOff(model, tokenizer, prompts, free, budget, stopToken).map((completion, index) =>
      rowOf(index, budget, completion),
    ),
  );
}

/** Greedy chains that are longer than the budget, ended there and answered from; shorter ones as they are. */
function cutOff(
  model: Model,
  tokenizer: Tokenizer,
  prompts: readonly (readonly number[])[],
  free: readonly Completion[],
  budget: number,
  stopToken: number,
): readonly Completion[] {
  const thinkEnd = tokenizer.controlId('</think>');
  const closing = tokenizer.encode([{ text: tiegelTemplate.thinkingEnd.text, special: true }]);
  const cut = free.map(({ tokens }) => {
    const end = tokens.indexOf(thinkEnd);
    return end >= 0 && end <= budget ? undefined : [...tokens.slice(0, budget), ...closing];
  });
  const long = [...cut.keys()].filter((index) => cut[index] !== undefined);
  const answers = complete(
    model,
    long.map((index) => [...(prompts[index] as readonly number[]), ...(cut[index] as readonly number[])]),
    { maxTokens: answerTokens, stopToken, batch: 100 },
  );
  return free.map((completion, index) => {
    const answer = answers[long.indexOf(index)];
    return answer
      ? { ...answer, tokens: [...(cut[index] as readonly number[]), ...answer.tokens] }
      : completion;
  });
}

/** The questions of a job, all different; fewer if the task has no more. */
function questionsOf({
  subject,
  seed,
  start,
  count,
  settings,
  outside = 'first-tasks',
}: EvaluationJob): readonly Question[] {
  if (subject !== 'outside') {
    const problems = heldOutProblems(subject, seed, start + count, settings).slice(start);
    return problems.map(({ verify, ...sample }) => ({ ...sample, check: verify }));
  }
  return heldOutPrompts[outside].slice(start, start + count).map(({ prompt, language }) => ({
    prompt,
    check: (answer) => {
      const correct = isHonestAnswer(answer, language);
      return { correct, reason: correct ? 'says what it can do' : 'does not say what it can do' };
    },
  }));
}
