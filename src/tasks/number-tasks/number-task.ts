// What the tasks with one number, or a few, for an answer have in common. A task is data: how a problem is drawn, worded, solved and
// answered; everything else follows.
import type { Random } from '../../base/index.ts';
import { checkDifficulty, type DifficultyRanges } from '../difficulty.ts';
import { readWholeNumber } from '../expression.ts';
import { drawProblem } from '../split.ts';
import type { Language, Task, Verification } from '../task.ts';
import { filled, type WordingPatterns, wordingsOf } from '../wordings.ts';

/** Smallest and largest number of a problem. */
export type NumberDifficulty = { readonly lowest: number; readonly highest: number };

export type NumberTask<Problem> = {
  readonly name: string;
  /** Separates the random stream of its problems from those of other tasks. */
  readonly stream: number;
  readonly defaultDifficulty: NumberDifficulty;
  readonly ranges: DifficultyRanges<NumberDifficulty>;
  readonly draw: (random: Random, difficulty: NumberDifficulty) => Problem | null;
  /** Identifies a problem up to the order of its parts, among those of all tasks. */
  readonly canonical: (problem: Problem) => string;
  readonly patterns: WordingPatterns;
  /** What stands in place of `<name>` in the patterns. */
  readonly parts: (problem: Problem, language: Language) => Readonly<Record<string, string | number>>;
  readonly trace: (problem: Problem) => string;
  readonly answer: (problem: Problem) => string;
  /** The answer without what may be left out, such as a unit. @default the answer as it stands */
  readonly core?: (answer: string, problem: Problem) => string;
};

/** Answers are compared number by number; a list of numbers keeps its order. */
export function numberTask<Problem>(options: NumberTask<Problem>): Task<Problem, NumberDifficulty> {
  const { name, stream, defaultDifficulty, ranges, patterns, parts } = options;
  const wordings = wordingsOf(patterns);
  const { canonical } = options;
  return {
    name,
    verifierVersion: `${name}-1`,
    defaultDifficulty,
    promptVariants: Math.max(wordings.train.en.length, wordings.train.de.length),
    generate: (seed, index, { split, subset, difficulty = defaultDifficulty } = {}) => {
      checkDifficulty(name, difficulty, ranges, ['lowest', 'highest']);
      const draw = (random: Random): Problem | null => options.draw(random, difficulty);
      return drawProblem({ task: name, stream, canonical, draw }, seed, index, { split, subset });
    },
    canonical,
    prompt: (problem, language, variant = 0) => {
      const own = wordings.train[language];
      return filled(own[variant % own.length] as string, parts(problem, language));
    },
    wordings,
    parts,
    trace: (problem) => options.trace(problem),
    answer: (problem) => options.answer(problem),
    verify: (problem, answer) => verifyNumbers(options, problem, answer),
  };
}

function verifyNumbers<Problem>(
  { answer, core = (text) => text }: NumberTask<Problem>,
  problem: Problem,
  given: string,
): Verification {
  const numbersIn = (text: string) => core(text.trim(), problem).split(',').map(readWholeNumber);
  const expected = numbersIn(answer(problem));
  if (given.length > maxAnswerLength)
    return { correct: false, reason: `longer than ${maxAnswerLength} characters` };
  const numbers = numbersIn(given);
  const unreadable = numbers.find((number) => typeof number === 'string');
  if (typeof unreadable === 'string') return { correct: false, reason: unreadable };
  const correct = numbers.join() === expected.join();
  return { correct, reason: correct ? `is ${expected.join(', ')}` : `states ${numbers.join(', ')}` };
}

const maxAnswerLength = 200;
