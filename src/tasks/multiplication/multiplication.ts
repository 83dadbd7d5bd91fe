// Two-digit multiplication. Without thinking it is out of reach for a small decoder; with partial products written
// least significant digit first, every step is a table fact (Bai et al. 2025), so this task shows what thinking is worth.
import type { Random } from '../../base/index.ts';
import { checkDifficulty, type DifficultyRanges } from '../difficulty.ts';
import { readWholeNumber } from '../expression.ts';
import { multiplicationWordings } from '../more-wordings.ts';
import { drawProblem } from '../split.ts';
import type { Language, Task, Verification } from '../task.ts';
import { longMultiplication } from './long-multiplication.ts';

export type MultiplicationProblem = { readonly left: number; readonly right: number };

export type MultiplicationDifficulty = {
  /** Smallest factor, 10 to 99. */
  readonly lowest: number;
  /** Largest factor, 10 to 99, not below `lowest`. */
  readonly highest: number;
};

const ranges: DifficultyRanges<MultiplicationDifficulty> = { lowest: [10, 99], highest: [10, 99] };

const wordings: Readonly<Record<Language, readonly ((left: number, right: number) => string)[]>> = {
  en: [
    (left, right) => `What is ${left} * ${right}?`,
    (left, right) => `Multiply ${left} by ${right}.`,
    (left, right) => `Calculate ${left} * ${right}.`,
    (left, right) => `How much is ${left} times ${right}?`,
    (left, right) => `What is ${left}*${right}?`,
    (left, right) => `what is ${left} * ${right}`,
    (left, right) => `What is ${left} x ${right}?`,
    (left, right) => `${left} * ${right} = ?`,
    (left, right) => `${left}*${right}`,
  ],
  de: [
    (left, right) => `Was ist ${left} * ${right}?`,
    (left, right) => `Multipliziere ${left} mit ${right}.`,
    (left, right) => `Berechne ${left} * ${right}.`,
    (left, right) => `Wie viel ist ${left} mal ${right}?`,
    (left, right) => `Was ist ${left}*${right}?`,
    (left, right) => `was ist ${left} * ${right}`,
    (left, right) => `Was ist ${left} x ${right}?`,
    (left, right) => `${left} * ${right} = ?`,
    (left, right) => `${left}*${right}`,
  ],
};

/** Two factors of two digits each. Traces and answers are the same in every language. */
export const multiplication: Task<MultiplicationProblem, MultiplicationDifficulty> = {
  name: 'multiplication',
  verifierVersion: 'multiplication-1',
  defaultDifficulty: { lowest: 10, highest: 99 },
  promptVariants: wordings.en.length,
  wordings: multiplicationWordings,
  parts: ({ left, right }) => ({ left, right }),
  generate: (seed, index, { split, subset, difficulty = multiplication.defaultDifficulty } = {}) => {
    const { lowest, highest } = checkDifficulty('multiplication', difficulty, ranges, ['lowest', 'highest']);
    const draw = (random: Random): MultiplicationProblem => ({
      left: random.integer(lowest, highest),
      right: random.integer(lowest, highest),
    });
    const { canonical } = multiplication;
    return drawProblem({ task: 'multiplication', stream: 2, canonical, draw }, seed, index, {
      split,
      subset,
    });
  },
  canonical: ({ left, right }) => `multiplication ${Math.min(left, right)} ${Math.max(left, right)}`,
  prompt: ({ left, right }, language, variant = 0) => {
    const wording = wordings[language][variant % multiplication.promptVariants];
    if (!wording) throw new TypeError(`multiplication: variant ${variant} is not a whole number`);
    return wording(left, right);
  },
  trace: ({ left, right }) => longMultiplication(left, right),
  answer: ({ left, right }) => String(left * right),
  verify: verifyMultiplication,
  problemsWith: ([left, right, ...rest]) =>
    left === undefined || right === undefined || rest.length > 0 ? [] : [{ left, right }],
};

function verifyMultiplication({ left, right }: MultiplicationProblem, answer: string): Verification {
  const number = readWholeNumber(answer);
  if (typeof number === 'string') return { correct: false, reason: number };
  const product = left * right;
  return number === product
    ? { correct: true, reason: `is ${product}` }
    : { correct: false, reason: `states ${number}, the product is ${product}` };
}
