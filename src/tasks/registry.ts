// The tasks by name, closed over their problem types, as training, assessment and records use them.
import { seededRandom, TiegelError } from '../base/index.ts';
import { chainArithmetic } from './chain-arithmetic/chain-arithmetic.ts';
import { countdown } from './countdown/countdown.ts';
import { multiplication } from './multiplication/multiplication.ts';
import { products, sums } from './number-tasks/arithmetic.ts';
import { comparison, ordering } from './number-tasks/orders.ts';
import { conversion, equation, remainder } from './number-tasks/relations.ts';
import { honestAnswers, outsideTraces } from './outside/honest-answer.ts';
import type { Split, Subset, Task, TaskSample, TaskSettings } from './task.ts';
import { filled } from './wordings.ts';

export type TaskName = 'countdown' | 'multiplication' | 'chain-arithmetic';

export const taskNames: readonly TaskName[] = ['countdown', 'multiplication', 'chain-arithmetic'];

export type SampleOptions = {
  readonly split: Split;
  /** A subset of that side. @default all of it */
  readonly subset?: Subset | undefined;
} & TaskSettings;

/** Tasks that no shipped model knows and no assessment asks yet. */
export type FurtherTaskName =
  | 'sum'
  | 'product'
  | 'comparison'
  | 'ordering'
  | 'remainder'
  | 'equation'
  | 'conversion';

type Sampler = (seed: number, index: number, options: SampleOptions) => TaskSample;

/** Every task that can be taught. */
export type AnyTaskName = TaskName | FurtherTaskName;

const samplers: Readonly<Record<AnyTaskName, Sampler>> = {
  countdown: samplerOf(countdown),
  multiplication: samplerOf(multiplication),
  'chain-arithmetic': samplerOf(chainArithmetic),
  sum: samplerOf(sums),
  product: samplerOf(products),
  comparison: samplerOf(comparison),
  ordering: samplerOf(ordering),
  remainder: samplerOf(remainder),
  equation: samplerOf(equation),
  conversion: samplerOf(conversion),
};

export const furtherTaskNames: readonly FurtherTaskName[] = [
  'sum',
  'product',
  'comparison',
  'ordering',
  'remainder',
  'equation',
  'conversion',
];

export const allTaskNames: readonly AnyTaskName[] = [...taskNames, ...furtherTaskNames];

/** The verifier version of every task that is assessed, for training and admission records. */
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
export function sampleTask(
  name: AnyTaskName,
  seed: number,
  index: number,
  options: SampleOptions,
): TaskSample {
  return samplers[name](seed, index, options);
}

/** What is wrong with settings of a task, for a person; undefined if nothing is. */
export function checkTaskSettings(name: AnyTaskName, settings: TaskSettings): string | undefined {
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
  return (seed, index, { split, subset, language, difficulty, demonstrations, ...asked }) => {
    const problem = task.generate(seed, index, {
      split,
      ...(subset && { subset }),
      difficulty: { ...task.defaultDifficulty, ...difficulty },
    });
    const random = seededRandom(seed, wordingStream, index);
    const picked = random.pick(languages);
    const spoken = language ?? picked;
    const variant = random.integer(0, task.promptVariants - 1);
    const prompt =
      asked.wordings === undefined
        ? task.prompt(problem, spoken, asked.wording ?? variant)
        : filled(random.pick(task.wordings[asked.wordings][spoken]), task.parts(problem, spoken));
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
 * Texts that together hold every word of the first tasks' prompts, traces and answers, of those of further ones that are named, and
 * of the honest sentences, for building a tokenizer. Prompts outside the tasks are not among them: their words stay bytes, and bytes in a prompt
 * tell the model that this is not one of its tasks.
 */
export function taskVocabularyTexts(further: readonly FurtherTaskName[] = []): readonly string[] {
  const texts = languages.flatMap((language) => [honestAnswers[language], outsideTraces[language]]);
  for (const name of [...taskNames, ...further]) {
    for (const language of languages) {
      for (let index = 0; index < vocabularySamples; index++) {
        const sample = sampleTask(name, vocabularySeed, index, { split: 'train', language });
        texts.push(sample.prompt, sample.trace, sample.answer);
      }
    }
  }
  return texts;
}
