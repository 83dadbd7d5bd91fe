// Sums, differences and products of one to three digits, calculated digit by digit from the right. The last number of a column is
// what is carried or borrowed:
//
//   347+086: 7+6+0=13 4+8+1=13 3+0+1=04      347-086: 7-6-0=1 14-8-0=6 3-0-1=2      347*6: 7*6+0=42 4*6+4=28 3*6+2=20
//
// Numbers are padded with zeros to the same length and totals to two digits, so that each digit stands at a constant distance from those
// that it depends on.
import type { Task } from '../task.ts';
import { type NumberDifficulty, numberTask } from './number-task.ts';

type Operands = { readonly left: number; readonly right: number };
type Operator = '+' | '-' | '*';
type Calculation = Operands & { readonly operator: Operator };

const digitsOf = (value: number): readonly number[] => [...String(value)].reverse().map(Number);

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** With the right number padded to the length of the left one, or the other way round. */
function written({ left, operator, right }: Calculation): string {
  const length = Math.max(String(left).length, String(right).length);
  return [left, right].map((value) => String(value).padStart(length, '0')).join(operator);
}

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
    `sum ${operator === '+' ? `${Math.min(left, right)}+${Math.max(left, right)}` : `${left}-${right}`}`,
  patterns: {
    en: [
      '{|Please |Can you |Could you }{calculate|work out|compute|solve} <left>{ |}<sign>{ |}<right>{?|.|}',
      '{What is|what is|I need to know: what is|Tell me, what is|How much is} <left>{ |}<sign>{ |}<right>{?|.|}',
      '{What is|What are|How much is|Calculate|Work out|Find|Tell me|What do I get for|What does it make:} <words>{?|.| please}',
      '{The result of|The value of|Result:|Answer this:} <left>{ |}<sign>{ |}<right>{?|.| please}',
      '<left>{ |}<sign>{ |}<right>{ = ?| =|=| equals?|=?|}',
      '{Find|What is|Give me|Calculate} the <noun> of <left> and <right>{?|.|}',
      '{|Please: |Now: |Task: }<instruction>{.|}',
    ],
    de: [
      '{|Bitte }{berechne|rechne|löse} <left>{ |}<sign>{ |}<right>{.|}',
      '{Was ist|was ist|Ich brauche: was ist|Sag mir, was ist|Was ergibt|Wie viel ist} <left>{ |}<sign>{ |}<right>{?|.|}',
      '{Kannst du|Könntest du|Bitte} <left>{ |}<sign>{ |}<right> {berechnen|lösen|ausrechnen}{?|.|}',
      '{Was ist|Was sind|Wie viel ist|Wie viel sind|Berechne|Rechne aus|Was ergibt|Sag mir|Was macht} <words>{?|.| bitte}',
      '{Das Ergebnis von|Der Wert von|Ergebnis:|Löse das:} <left>{ |}<sign>{ |}<right>{?|.| bitte}',
      '<left>{ |}<sign>{ |}<right>{ = ?| =|=| ist?|=?|}',
      '{Finde|Was ist|Nenne|Berechne} die <noun> {von|aus} <left> und <right>{?|.|}',
      '{|Bitte: |Jetzt: |Aufgabe: }<instruction>{.|}',
    ],
  },
  parts: ({ left, operator, right }, language) => {
    const isSum = operator === '+';
    const nouns = language === 'en' ? ['sum', 'difference'] : ['Summe', 'Differenz'];
    return {
      left,
      right,
      sign: operator,
      words: `${left} ${isSum ? 'plus' : 'minus'} ${right}`,
      noun: nouns[isSum ? 0 : 1] as string,
      instruction: instructions[language][isSum ? 'sum' : 'difference'](left, right),
    };
  },
  trace: (calculation) => `${written(calculation)}: ${columns(calculation).join(' ')}`,
  answer: ({ left, operator, right }) => String(operator === '+' ? left + right : left - right),
});

const instructions = {
  en: {
    sum: (left: number, right: number) => `Add ${left} and ${right}`,
    difference: (left: number, right: number) => `Subtract ${right} from ${left}`,
  },
  de: {
    sum: (left: number, right: number) => `Addiere ${left} und ${right}`,
    difference: (left: number, right: number) => `Ziehe ${right} von ${left} ab`,
  },
} as const;

function columns({ left, operator, right }: Calculation): readonly string[] {
  const [upper, lower] = [digitsOf(left), digitsOf(right)];
  let carried = 0;
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, place) => {
    const [above, below] = [upper[place] ?? 0, lower[place] ?? 0];
    if (operator === '+') {
      const total = above + below + carried;
      const text = `${above}+${below}+${carried}=${twoDigits(total)}`;
      carried = Math.floor(total / 10);
      return text;
    }
    const isBorrowing = above < below + carried;
    const text = `${above + (isBorrowing ? 10 : 0)}-${below}-${carried}=${above + (isBorrowing ? 10 : 0) - below - carried}`;
    carried = isBorrowing ? 1 : 0;
    return text;
  });
}

/** Digits of the first factor, the harder ones more often. */
const lengths = [1, 2, 2, 3, 3] as const;

/** A factor of one to three digits and one of one or two. */
export const products: Task<Operands, NumberDifficulty> = numberTask<Operands>({
  name: 'product',
  stream: 12,
  defaultDifficulty: { lowest: 2, highest: 999 },
  ranges: { lowest: [0, 999], highest: [0, 999] },
  draw: (random, { lowest, highest }) => {
    const number = (most: number): number =>
      random.integer(lowest, Math.max(lowest, Math.min(highest, most)));
    const [one, other] = [number(10 ** random.pick(lengths) - 1), number(10 ** random.integer(1, 2) - 1)];
    return { left: Math.max(one, other), right: Math.min(one, other) };
  },
  // Two factors of two digits are a problem of the task `multiplication` as well and have to lie on the same side of the split.
  canonical: ({ left, right }) =>
    `${Math.min(left, right) >= 10 && Math.max(left, right) <= 99 ? 'multiplication' : 'product'} ${Math.min(left, right)} ${Math.max(left, right)}`,
  patterns: {
    en: [
      '{|Please |Can you |Could you }{calculate|work out|compute|solve} <left>{*| * |x| x | times |×| × }<right>{?|.|}',
      '{Multiply <left> by|Multiply <left> with|Multiply <left> and|What is <left> multiplied by|What is the product of <left> and|Find the product of <left> and|Give me the product of <left> and|How much is <left> times|What do I get for <left> times|Tell me <left> times} <right>{?|.|}',
      '{The result of|The value of|Result:|Answer this:} <left>{*| * |x| x | times }<right>{?|.| please}',
      '{What is|what is|I need to know: what is|Tell me, what is|How much is} <left>{*| * |x| x | times |×| × }<right>{?|.|}',
      '<left>{*| * |x| x |×| × }<right>{=?| =| = ?|=|}',
    ],
    de: [
      '{|Bitte }{berechne|rechne|löse} <left>{*| * |x| x | mal |×| × }<right>{.|}',
      '{Kannst du|Könntest du|Bitte} <left>{*| * |x| x | mal }<right> {berechnen|lösen|ausrechnen}{?|.|}',
      '{Multipliziere <left> mit|Multipliziere <left> und|Nimm <left> mal|Was ist das Produkt von <left> und|Finde das Produkt von <left> und|Nenne das Produkt von <left> und|Wie viel ist <left> mal|Was ergibt <left> mal|Was macht <left> mal|Sag mir <left> mal} <right>{?|.|}',
      '{Das Ergebnis von|Der Wert von|Ergebnis:|Löse das:} <left>{*| * |x| x | mal }<right>{?|.| bitte}',
      '{Was ist|was ist|Ich brauche: was ist|Sag mir, was ist|Was ergibt|Wie viel ist} <left>{*| * |x| x | mal |×| × }<right>{?|.|}',
      '<left>{*| * |x| x |×| × }<right>{=?| =| = ?|=|}',
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
    const text = `${own}*${digit}+${carried}=${twoDigits(total)}`;
    carried = Math.floor(total / 10);
    return text;
  });
}
