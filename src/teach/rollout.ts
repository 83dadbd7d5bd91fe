// Rollouts: completions sampled from the policy for training problems, with their log-probabilities and what the
// verifier says. A job is a pure function of the weights and the job, whoever computes it.
import { seededRandom } from '../base/index.ts';
import type { Tokenizer } from '../formats/index.ts';
import {
  type AnyTaskName,
  type Language,
  type Split,
  type Subset,
  sampleTask,
  type TaskSample,
  type TraceFacts,
  taskNames,
} from '../tasks/index.ts';
import { answerOf, isThinking, isWellFormed, thinkingOf } from './answer.ts';
import { drawKind, encodePrompt, type TrainingSample } from './dataset.ts';
import { type Completion, complete } from './decoder.ts';
import type { Model } from './model.ts';
import { distinctiveWords, type Judged, type LanguageWords, languageShare } from './objective/rewards.ts';
import type { CutOff, TaskMixture, TasksSettings } from './stages/fields.ts';

/** A problem of the training split. */
type Problem = { readonly task: AnyTaskName; readonly index: number };

export type RolloutJob = {
  readonly problems: readonly Problem[];
  /** The side of the split from which the problems come. @default train */
  readonly split?: Split;
  /** The subset of that side from which the problems come. */
  readonly subset: Subset;
  readonly tasks?: TasksSettings | undefined;
  /** Completions of each problem. */
  readonly samples: number;
  readonly maxTokens: number;
  /** What running out of room while thinking counts as. @default wrong */
  readonly cutOff?: CutOff | undefined;
  /** Seed of the problems. */
  readonly seed: number;
  /** Identifies the random stream of the tokens. */
  readonly stream: readonly number[];
  /** The teacher samples the completions, not the policy. @default false */
  readonly byTeacher?: boolean;
};

export type Rollout = Omit<Judged, 'length'> & {
  /** Tokens of the completion, without the one that ended it. */
  readonly tokens: readonly number[];
  /** log-probability of every token, and of the one that ended the completion, if any. */
  readonly logProbabilities: readonly number[];
  /** False if the token limit cut it off. */
  readonly stopped: boolean;
  readonly text: string;
  /** What its guesses show, where the task has some. */
  readonly facts?: TraceFacts | undefined;
};

/** The rollouts of one problem. */
export type RolloutGroup = Problem & {
  readonly prompt: string;
  readonly promptTokens: readonly number[];
  readonly isSolvable: boolean;
  readonly rollouts: readonly Rollout[];
};

/** What was sampled, with the token that ended it. One that was cut off has none, and so teaches no end. */
export function sampleOfRollout(
  { promptTokens }: RolloutGroup,
  { tokens, stopped }: Rollout,
  stopToken: number,
): TrainingSample {
  const end = stopped ? [stopToken] : [];
  return { tokens: [...promptTokens, ...tokens, ...end], completionStart: promptTokens.length };
}

const promptTag = 0x9c0;
const tokenTag = 0x9c1;
/** Sequences that are decoded together. */
const sequencesPerJob = 128;

/**
 * Jobs for `problems` new problems.
 *
 * @param drawPath identifies the draw: stage index in the recipe, then step, then round
 */
export function rolloutJobs(
  options: Omit<RolloutJob, 'problems' | 'stream' | 'byTeacher'> & { readonly prompts: TaskMixture },
  problems: number,
  drawPath: readonly number[],
): readonly RolloutJob[] {
  const { prompts, subset, tasks, samples, maxTokens, cutOff, seed } = options;
  const random = seededRandom(seed, promptTag, ...drawPath);
  const drawn = Array.from({ length: problems }, () => ({
    task: drawKind(prompts, random.next()),
    index: random.integer(0, 2 ** 31 - 1),
  }));
  const perJob = Math.max(1, Math.floor(sequencesPerJob / samples));
  return Array.from({ length: Math.ceil(problems / perJob) }, (_, job) => ({
    problems: drawn.slice(job * perJob, (job + 1) * perJob),
    subset,
    tasks,
    samples,
    maxTokens,
    cutOff,
    seed,
    stream: [tokenTag, ...drawPath, job],
  }));
}

/**
 * Samples the completions of a job at temperature 1 and verifies them. A pure function of the weights and the job.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function rollOut(
  model: Model,
  tokenizer: Tokenizer,
  words: LanguageWords,
  job: RolloutJob,
): readonly RolloutGroup[] {
  const { problems, split = 'train', subset, samples, seed } = job;
  const asked = problems.map(({ task, index }) => {
    const sample = sampleTask(task, seed, index, { ...job.tasks?.[task], split, subset });
    const promptTokens = encodePrompt(tokenizer, [{ role: 'user', content: sample.prompt }], 'open');
    return { task, index, sample, promptTokens };
  });
  const completions = complete(
    model,
    asked.flatMap(({ promptTokens }) => Array.from({ length: samples }, () => promptTokens)),
    {
      maxTokens: job.maxTokens,
      stopToken: tokenizer.controlId('<|end|>'),
      temperature: 1,
      random: seededRandom(seed, ...job.stream),
      batch: sequencesPerJob,
    },
  );
  return asked.map(({ task, index, sample, promptTokens }, problem) => ({
    task,
    index,
    prompt: sample.prompt,
    promptTokens,
    isSolvable: sample.isSolvable,
    rollouts: completions.slice(problem * samples, (problem + 1) * samples).map((completion) => {
      const text = tokenizer.decode(completion.tokens);
      const answer = answerWithin(completion, text, sample, job.cutOff);
      return {
        ...completion,
        text,
        correct: answer !== undefined && sample.verify(answer).correct,
        wellFormed: completion.stopped && isWellFormed(text),
        languageShare: languageShare(text, sample.language, words),
        facts: sample.readTrace?.(thinkingOf(text)),
      };
    }),
  }));
}

/**
 * The answer of a completion. One that the limit cut off has none, unless running out of room while thinking counts as giving
 * up.
 */
function answerWithin(
  { stopped }: Pick<Completion, 'stopped'>,
  text: string,
  { givenUp }: Pick<TaskSample, 'givenUp'>,
  cutOff: CutOff | undefined,
): string | undefined {
  if (stopped) return answerOf(text, 'open');
  return cutOff === 'gives-up' && isThinking(text) ? givenUp : undefined;
}

const wordSamples = 200;

/** The words that distinguish the two languages of the tasks. */
export function taskWords(): LanguageWords {
  const texts = (language: Language): readonly string[] =>
    taskNames.flatMap((task) =>
      Array.from({ length: wordSamples }, (_, index) => {
        const { prompt, trace, answer } = sampleTask(task, 0, index, { split: 'train', language });
        return `${prompt}\n${trace}\n${answer}`;
      }),
    );
  return distinctiveWords({ en: texts('en'), de: texts('de') });
}
