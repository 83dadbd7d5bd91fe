// The tasks by name, closed over their problem types, as training, assessment and records use them.
import { seededRandom, TiegelError } from '../base/index.ts';
import { chainArithmetic } from './chain-arithmetic/chain-arithmetic.ts';
import { countdown } from './countdown/countdown.ts';
import { multiplication } from './multiplication/multiplication.ts';
import { honestAnswers, outsideTraces } from './outside/honest-answer.ts';
import type { Split, Subset, Task, TaskSample, TaskSettings } from './task.ts';

export type TaskName = 'countdown' | 'multiplication' | 'chain-arithmetic';

export const taskNames: readonly TaskName[] = ['countdown', 'multiplication', 'chain-arithmetic'];

export type SampleOptions = {
  readonly split: Split;
  /** A subset of that side. @default all of it */
  readonly subset?: Subset | undefined;
} & TaskSettings;

type Sampler = (seed: number, index: number, options: SampleOptions) => TaskSample;

const samplers: Readonly<Record<TaskName, Sampler>> = {
  countdown: samplerOf(countdown),
  multiplication: samplerOf(multiplication),
  'chain-arithmetic': samplerOf(chainArithmetic),
};

/** The verifier version of every task, for training and admission records. */
export const taskVersions: Readonly<Record<TaskName, string>> = {
  countdown: countdown.verifierVersion,
  multiplication: multiplication.verifierVersion,
  'chain-arithmetic': chainArithmetic.verifierVersion,
};

/**
 * The sample at (seed, index) of one task: same arguments, same sample. The wording is picked from (seed, index);
 * one prompt in eight lacks its final full stop or question mark, as people often leave it out.
 *
 * @throws TGL_DIFFICULTY_INVALID
 * @example
 * import { sampleTask } from './src/tasks/index.ts';
 * const sample = sampleTask('multiplication', 1, 0, { split: 'train', language: 'en' });
 * sample.verify(sample.answer).correct; // → true
 */
export function sampleTask(name: TaskName, seed: number, index: number, options: SampleOptions): TaskSample {
  return samplers[name](seed, index, options);
}

/** What is wrong with settings of a task, for a person; undefined if nothing is. */
export function checkTaskSettings(name: TaskName, settings: TaskSettings): string | undefined {
  try {
    const sample = sampleTask(name, 0, 0, { ...settings, split: 'train' });
    if (settings.demonstrations === undefined || sample.readTrace !== undefined) return undefined;
    return `${name} has no demonstrations that could be drawn`;
  } catch (error) {
    if (TiegelError.isInstance(error)) return error.message;
    throw error;
  }
}

const languages = ['en', 'de'] as const;
const wordingStream = 0x3d;
const demonstrationStream = 0x3e;

function samplerOf<Problem, Difficulty extends Readonly<Record<string, number>>>(
  task: Task<Problem, Difficulty>,
): Sampler {
  return (seed, index, { split, subset, language, difficulty, wording, demonstrations }) => {
    const problem = task.generate(seed, index, {
      split,
      ...(subset && { subset }),
      difficulty: { ...task.defaultDifficulty, ...difficulty },
    });
    const random = seededRandom(seed, wordingStream, index);
    const picked = random.pick(languages);
    const spoken = language ?? picked;
    const variant = random.integer(0, task.promptVariants - 1);
    const prompt = task.prompt(problem, spoken, wording ?? variant);
    const shown =
      demonstrations &&
      task.demonstrate?.(problem, spoken, seededRandom(seed, demonstrationStream, index), demonstrations);
    return {
      task: task.name,
      split,
      canonical: task.canonical(problem),
      language: spoken,
      prompt: random.next() < 1 / 8 ? prompt.replace(/[.?]$/, '') : prompt,
      trace: shown?.trace ?? task.trace(problem, spoken),
      solution: (task.solution ?? task.trace)(problem, spoken),
      answer: shown?.answer ?? task.answer(problem, spoken),
      verify: (answer) => task.verify(problem, answer),
      isSolvable: task.isSolvable?.(problem) ?? true,
      readTrace:
        task.readTrace && ((trace) => (task.readTrace as NonNullable<typeof task.readTrace>)(problem, trace)),
      givenUp: task.givenUp?.(spoken),
    };
  };
}

const vocabularySeed = 0;
const vocabularySamples = 400;

/**
 * Texts that together hold every word of the tasks' prompts, traces and answers and of the honest sentences, for
 * building a tokenizer. Prompts outside the tasks are not among them: their words stay bytes, and bytes in a prompt
 * tell the model that this is not one of its tasks.
 */
export function taskVocabularyTexts(): readonly string[] {
  const texts = languages.flatMap((language) => [honestAnswers[language], outsideTraces[language]]);
  for (const name of taskNames) {
    for (const language of languages) {
      for (let index = 0; index < vocabularySamples; index++) {
        const sample = sampleTask(name, vocabularySeed, index, { split: 'train', language });
        texts.push(sample.prompt, sample.trace, sample.answer);
      }
    }
  }
  return texts;
}
