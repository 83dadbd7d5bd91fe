// The tasks by name, closed over their problem types, as training, assessment and records use them.
import { seededRandom, TiegelError } from '../base/index.ts';
import { casuallyTyped, politeTexts } from './casual.ts';
import { chainArithmetic } from './chain-arithmetic/chain-arithmetic.ts';
import { countdown } from './countdown/countdown.ts';
import { multiplication } from './multiplication/multiplication.ts';
import { products, sums } from './number-tasks/arithmetic.ts';
import { comparison, ordering } from './number-tasks/orders.ts';
import { conversion, equation, remainder } from './number-tasks/relations.ts';
import { honestAnswers, type OutsideScope, outsideTraces } from './outside/honest-answer.ts';
import type { Language, Split, Subset, Task, TaskSample, TaskSettings } from './task.ts';
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

/** A task whose problem type has been closed over. */
type ClosedTask = {
  readonly sample: (seed: number, index: number, options: SampleOptions) => TaskSample;
  /** Prompts of training without names, and every wording of training, which together have all words of prompts. */
  readonly prompts: (language: Language) => readonly string[];
};

/** Every task that can be taught. */
export type AnyTaskName = TaskName | FurtherTaskName;

const tasks: Readonly<Record<AnyTaskName, ClosedTask>> = {
  countdown: closedOver(countdown),
  multiplication: closedOver(multiplication),
  'chain-arithmetic': closedOver(chainArithmetic),
  sum: closedOver(sums),
  product: closedOver(products),
  comparison: closedOver(comparison),
  ordering: closedOver(ordering),
  remainder: closedOver(remainder),
  equation: closedOver(equation),
  conversion: closedOver(conversion),
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
  return tasks[name].sample(seed, index, options);
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
const nameStream = 0x3f;

/** Share of prompts in a task's own wordings where the training side of the grammar is asked for: assessments ask in them. */
const ownShare = 1 / 4;

function closedOver<Problem, Difficulty extends Readonly<Record<string, number>>>(
  task: Task<Problem, Difficulty>,
): ClosedTask {
  return { sample: samplerOf(task), prompts: (language) => promptsOf(task, language) };
}

function promptsOf<Problem, Difficulty>(
  task: Task<Problem, Difficulty>,
  language: Language,
): readonly string[] {
  const wordings = task.wordings.train[language];
  const prompts = Array.from({ length: vocabularySamples }, (_, index) => {
    const problem = task.generate(vocabularySeed, index);
    const unnamed = task.unnamed?.(problem) ?? problem;
    const wording = wordings[index % wordings.length] as string;
    return [task.prompt(unnamed, language, index), filled(wording, task.parts(unnamed, language))];
  });
  return [...wordings, ...prompts.flat()];
}

function samplerOf<Problem, Difficulty extends Readonly<Record<string, number>>>(
  task: Task<Problem, Difficulty>,
): ClosedTask['sample'] {
  return (seed, index, { split, subset, language, difficulty, demonstrations, ...asked }) => {
    const generated = task.generate(seed, index, {
      split,
      ...(subset && { subset }),
      difficulty: { ...task.defaultDifficulty, ...difficulty },
    });
    const random = seededRandom(seed, wordingStream, index);
    const picked = random.pick(languages);
    const spoken = language ?? picked;
    const { names, wordings } = asked;
    const problem =
      names === undefined || task.renamed === undefined
        ? generated
        : task.renamed(generated, spoken, seededRandom(seed, nameStream, index), names);
    const variant = random.integer(0, task.promptVariants - 1);
    const isOwn = wordings === undefined || (wordings === 'train' && random.next() < ownShare);
    const worded = isOwn
      ? task.prompt(problem, spoken, asked.wording ?? variant)
      : filled(random.pick(task.wordings[wordings][spoken]), task.parts(problem, spoken));
    const prompt = wordings === 'train' ? casuallyTyped(random, worded, spoken) : worded;
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

/** What a vocabulary is made for. */
export type WordSource = {
  /** Tasks beside the first three. */
  readonly furtherTasks: readonly FurtherTaskName[];
  /** Whether prompts come from the grammar of wordings and names are spelled. @default false */
  readonly inManyWordings?: boolean;
};

/**
 * Texts that together hold every word of the first tasks' prompts, traces and answers, of those of further ones that are named, and
 * of the honest sentences, for building a tokenizer. Prompts outside the tasks are not among them: their words stay bytes, and bytes in a prompt
 * tell the model that this is not one of its tasks. In many wordings, names and things stay bytes as well.
 */
export function taskVocabularyTexts(
  { furtherTasks, inManyWordings = false }: WordSource = { furtherTasks: [] },
): readonly string[] {
  const scope: OutsideScope = inManyWordings ? 'all-tasks' : 'first-tasks';
  const texts = languages.flatMap((language) => [honestAnswers[scope][language], outsideTraces[language]]);
  if (inManyWordings) texts.push(...politeTexts);
  for (const name of [...taskNames, ...furtherTasks]) {
    for (const language of languages) texts.push(...textsOf(name, language, inManyWordings));
  }
  return texts;
}

function textsOf(name: AnyTaskName, language: Language, inManyWordings: boolean): readonly string[] {
  const { prompts, sample } = tasks[name];
  const texts = inManyWordings ? [...prompts(language)] : [];
  for (let index = 0; index < vocabularySamples; index++) {
    const { prompt, trace, answer } = sample(vocabularySeed, index, { split: 'train', language });
    texts.push(...(inManyWordings ? [] : [prompt]), trace, answer);
  }
  return texts;
}
