// Sums, differences and products of one to three digits, calculated digit by digit from the right. The last number of a column is
// what is carried or borrowed:
//
//   347+86: 7+6+0=13 4+8+1=13 3+0+1=4      347-86: 7-6-0=1 14-8-0=6 3-0-1=2      347*6: 7*6+0=42 4*6+4=28 3*6+2=20
import type { Task } from '../task.ts';
import { type NumberDifficulty, numberTask } from './number-task.ts';

type Operands = { readonly left: number; readonly right: number };
type Operator = '+' | '-' | '*';
type Calculation = Operands & { readonly operator: Operator };

const digitsOf = (value: number): readonly number[] => [...String(value)].reverse().map(Number);

const written = (calculation: Calculation): string =>
  `${calculation.left}${calculation.operator}${calculation.right}`;

/** Sums, and differences that are not negative. */
export const sums: Task<Calculation, NumberDifficulty> = numberTask<Calculation>({
  name: 'sum',
  stream: 11,
  defaultDifficulty: { lowest: 1, highest: 999 },
  ranges: { lowest: [0, 999], highest: [0, 999] },
  draw: (random, { lowest, highest }) => {
    const digits = random.integer(1, 3);
    const number = (): number =>
      random.integer(lowest, Math.max(lowest, Math.min(highest, 10 ** digits - 1)));
    const [one, other] = [number(), number()];
    return random.next() < 0.5
      ? { left: one, operator: '+', right: other }
      : { left: Math.max(one, other), operator: '-', right: Math.min(one, other) };
  },
  canonical: ({ left, operator, right }) =>
    operator === '+' ? `${Math.min(left, right)}+${Math.max(left, right)}` : `${left}-${right}`,
  patterns: {
    en: [
      '{|Please }{what is|calculate|work out|compute|solve} <left>{ | }<sign>{ | }<right>{?|.|}',
      '{What is|How much is|Calculate|Work out|Find} <words>{?|.| please}',
      '<left> <sign> <right> = ?',
    ],
    de: [
      '{|Bitte }{was ist|berechne|rechne|löse} <left>{ | }<sign>{ | }<right>{?|.|}',
      '{Was ist|Wie viel ist|Berechne|Rechne aus} <words>{?|.| bitte}',
      '<left> <sign> <right> = ?',
    ],
  },
  parts: ({ left, operator, right }, language) => {
    const isSum = operator === '+';
    const word = language === 'en' ? (isSum ? 'plus' : 'minus') : isSum ? 'plus' : 'minus';
    return { left, right, sign: operator, words: `${left} ${word} ${right}` };
  },
  trace: (calculation) => `${written(calculation)}: ${columns(calculation).join(' ')}`,
  answer: ({ left, operator, right }) => String(operator === '+' ? left + right : left - right),
});

function columns({ left, operator, right }: Calculation): readonly string[] {
  const [upper, lower] = [digitsOf(left), digitsOf(right)];
  let carried = 0;
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, place) => {
    const [above, below] = [upper[place] ?? 0, lower[place] ?? 0];
    if (operator === '+') {
      const total = above + below + carried;
      const text = `${above}+${below}+${carried}=${total}`;
      carried = Math.floor(total / 10);
      return text;
    }
    const isBorrowing = above < below + carried;
    const text = `${above + (isBorrowing ? 10 : 0)}-${below}-${carried}=${above + (isBorrowing ? 10 : 0) - below - carried}`;
    carried = isBorrowing ? 1 : 0;
    return text;
  });
}

/** A factor of one to three digits and one of one or two. */
export const products: Task<Operands, NumberDifficulty> = numberTask<Operands>({
  name: 'product',
  stream: 12,
  defaultDifficulty: { lowest: 2, highest: 999 },
  ranges: { lowest: [0, 999], highest: [0, 999] },
  draw: (random, { lowest, highest }) => {
    const number = (most: number): number =>
      random.integer(lowest, Math.max(lowest, Math.min(highest, most)));
    const [one, other] = [number(10 ** random.integer(1, 3) - 1), number(10 ** random.integer(1, 2) - 1)];
    return { left: Math.max(one, other), right: Math.min(one, other) };
  },
  canonical: ({ left, right }) => `${Math.min(left, right)} ${Math.max(left, right)}`,
  patterns: {
    en: [
      '{|Please }{what is|calculate|work out|compute|solve} <left>{*| * |x| x | times }<right>{?|.|}',
      '{Multiply <left> by|What is the product of <left> and|How much is <left> times} <right>{?|.|}',
      '<left>{*| * |x}<right>{=?| =|}',
    ],
    de: [
      '{|Bitte }{was ist|berechne|rechne|löse} <left>{*| * |x| x | mal }<right>{?|.|}',
      '{Multipliziere <left> mit|Was ist das Produkt von <left> und|Wie viel ist <left> mal} <right>{?|.|}',
      '<left>{*| * |x}<right>{=?| =|}',
    ],
  },
  parts: ({ left, right }) => ({ left, right }),
  trace: ({ left, right }) => {
    const rows = digitsOf(right).map((digit, place) => ({ digit, place, value: left * digit * 10 ** place }));
    const lines = rows.map(
      ({ digit }) => `${left}*${digit}: ${digitProducts(left, digit).join(' ')} ${left * digit}`,
    );
    const [first, second] = rows;
    if (first === undefined || second === undefined) return lines.join('\n');
    const addition = { left: first.value, operator: '+' as const, right: second.value };
    return [...lines, `${written(addition)}: ${columns(addition).join(' ')}`].join('\n');
  },
  answer: ({ left, right }) => String(left * right),
});

function digitProducts(factor: number, digit: number): readonly string[] {
  let carried = 0;
  return digitsOf(factor).map((own) => {
    const total = own * digit + carried;
    const text = `${own}*${digit}+${carried}=${total}`;
    carried = Math.floor(total / 10);
    return text;
  });
}
