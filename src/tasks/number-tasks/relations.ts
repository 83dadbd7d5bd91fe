// Remainders, equations with one unknown, and lengths, times and masses in another unit.
import { lookUp } from '../../base/index.ts';
import type { Task } from '../task.ts';
import { type NumberDifficulty, numberTask } from './number-task.ts';

type Division = { readonly dividend: number; readonly divisor: number };

/** What is left of a division; the divisor is 2 to 12. */
export const remainder: Task<Division, NumberDifficulty> = numberTask<Division>({
  name: 'remainder',
  stream: 15,
  defaultDifficulty: { lowest: 10, highest: 299 },
  ranges: { lowest: [1, 999], highest: [1, 999] },
  draw: (random, { lowest, highest }) => ({
    dividend: random.integer(lowest, highest),
    divisor: random.integer(2, 12),
  }),
  canonical: ({ dividend, divisor }) => `remainder ${dividend} ${divisor}`,
  patterns: {
    en: [
      '{What is|Find|Give|Calculate|Please find|Tell me|Compute} the remainder {of|when you divide|for} <dividend> {divided by|by|over|and} <divisor>{?|.|}',
      '{What is left|What remains|How much is left|How much remains|What is the rest} {when|if} {you divide <dividend> by|<dividend> is divided by|I divide <dividend> by} <divisor>?',
      '{Divide <dividend> by <divisor>|<dividend> divided by <divisor>}{. What remains?|. What is the remainder?|, remainder?|: what is left?}',
      '{|What is |Calculate |Compute }<dividend> {mod|modulo} <divisor>{?| = ?|}',
    ],
    de: [
      '{Was ist|Finde|Nenne|Berechne|Bitte nenne|Sag mir|Bestimme} den Rest {von <dividend> geteilt|bei der Teilung von <dividend>|bei der Division von <dividend>} durch <divisor>{?|.|}',
      '{Was bleibt übrig|Welcher Rest bleibt|Wie viel bleibt übrig|Wie viel bleibt|Was ist der Rest}, wenn {man <dividend> durch <divisor> teilt|<dividend> durch <divisor> geteilt wird|ich <dividend> durch <divisor> teile}?',
      '{Teile <dividend> durch <divisor>|<dividend> geteilt durch <divisor>}{. Was bleibt übrig?|. Was ist der Rest?|, Rest?|: was bleibt?}',
      '{|Was ist |Berechne |Rechne }<dividend> {mod|modulo} <divisor>{?| = ?|}',
    ],
  },
  parts: ({ dividend, divisor }) => ({ dividend, divisor }),
  trace: ({ dividend, divisor }) => `${dividend}/${divisor}: ${divisionSteps(dividend, divisor).join(' ')}`,
  answer: ({ dividend, divisor }) => String(dividend % divisor),
});

/**
 * Division on paper: what is left is put before the next digit, and the largest multiple of the divisor is taken away. For 47 by 6 that is
 * `0*6=0 4-0=4 7*6=42 47-42=5`.
 */
function divisionSteps(dividend: number, divisor: number): readonly string[] {
  let left = 0;
  return [...String(dividend)].map((digit) => {
    const value = 10 * left + Number(digit);
    const times = Math.floor(value / divisor);
    const multiple = times * divisor;
    left = value - multiple;
    return `${times}*${divisor}=${multiple} ${value}-${multiple}=${left}`;
  });
}

/** factor · x + summand = result, or factor · x − summand = result. */
type Equation = {
  readonly factor: number;
  readonly x: number;
  readonly summand: number;
  readonly sign: '+' | '-';
};

const resultOf = ({ factor, x, summand, sign }: Equation): number =>
  sign === '+' ? factor * x + summand : factor * x - summand;

/** Linear equations with a whole solution; `lowest` and `highest` bound it. */
export const equation: Task<Equation, NumberDifficulty> = numberTask<Equation>({
  name: 'equation',
  stream: 16,
  defaultDifficulty: { lowest: 1, highest: 20 },
  ranges: { lowest: [0, 99], highest: [0, 99] },
  draw: (random, { lowest, highest }) => {
    const drawn: Equation = {
      factor: random.integer(2, 9),
      x: random.integer(lowest, highest),
      summand: random.integer(1, 50),
      sign: random.next() < 0.5 ? '+' : '-',
    };
    return resultOf(drawn) < 0 ? null : drawn;
  },
  canonical: (problem) => `equation ${equationText(problem)}`,
  patterns: {
    en: [
      '{|Please |Can you |Could you |Now }{solve|solve for x:|find x:|find x in|solve the equation} <equation>{.|}',
      '{What is x in|what is x in|x in|Tell me x:} <equation>{?|}',
      '{What is x if|Which x solves|For which x is|Find the x with|What is x when|Find x if|What x gives|Solve for x if} <equation>{?|}',
      '{Equation: |Given |If |I have |}<equation>{, what is x?|, x = ?|, find x.|, solve for x.|. What is x?|. Find x.}',
      '{How do I solve|Help me solve|Can you find x in} <equation>{?|}',
    ],
    de: [
      '{|Bitte |Jetzt }{löse|löse nach x auf:|finde x:|finde x in|was ist x in|löse die Gleichung} <equation>{.|}',
      '{Kannst du|Könntest du} {x finden:|die Gleichung lösen:|das lösen:} <equation>{?|}',
      '{Was ist x, wenn|Welches x löst|Für welches x gilt|Finde das x mit|Wie groß ist x, wenn|Finde x, wenn|Welches x ergibt|Bestimme x mit} <equation>{?|}',
      '{Gleichung: |Gegeben |Wenn |Ich habe |}<equation>{, was ist x?|, x = ?|, finde x.|, löse nach x auf.|. Was ist x?|. Finde x.}',
      '{Wie löse ich|Hilf mir bei|Wie löst man} <equation>{?|}',
    ],
  },
  parts: (problem) => ({ equation: equationText(problem) }),
  trace: (problem) => {
    const { factor, x, summand, sign } = problem;
    const result = resultOf(problem);
    return `${result}${sign === '+' ? '-' : '+'}${summand}=${factor * x} ${factor}*${x}=${factor * x}`;
  },
  answer: ({ x }) => `x = ${x}`,
  core: (answer) => answer.replace(/^x ?= ?/, ''),
});

function equationText(problem: Equation): string {
  const { factor, summand, sign } = problem;
  return `${factor}x ${sign} ${summand} = ${resultOf(problem)}`;
}

/** `large` of one unit and `small` of the one below it. */
type Quantity = { readonly large: number; readonly small: number; readonly units: string };

/** How many of the second are one of the first. */
const factors = {
  'm cm': 100,
  'km m': 1000,
  'kg g': 1000,
  'cm mm': 10,
  'h min': 60,
  'min s': 60,
  't kg': 1000,
};
const unitPairs = Object.keys(factors);

const factorOf = ({ units }: Quantity): number => lookUp(factors, units) as number;
const smallUnit = ({ units }: Quantity): string => units.split(' ')[1] as string;

/** A quantity in two units as one number of the smaller one. */
export const conversion: Task<Quantity, NumberDifficulty> = numberTask<Quantity>({
  name: 'conversion',
  stream: 17,
  defaultDifficulty: { lowest: 1, highest: 20 },
  ranges: { lowest: [1, 99], highest: [1, 99] },
  draw: (random, { lowest, highest }) => {
    const units = random.pick(unitPairs);
    const most = (lookUp(factors, units) as number) - 1;
    const small = random.next() < 0.4 ? 0 : random.integer(1, Math.min(99, most));
    return { large: random.integer(lowest, highest), small, units };
  },
  canonical: ({ large, small, units }) => `conversion ${large} ${small} ${units}`,
  patterns: {
    en: [
      '{Convert|Please convert|Change|Express|Turn|Write|Give me} <quantity> {to|into|in} <unit>{.|}',
      '{How many <unit> are|How many <unit> is|How many <unit> has} <quantity>{?|}',
      '{What is|How much is} <quantity> in <unit>{?|}',
      '{I have|Take|Given} <quantity>{. How many <unit> is that?|. What is that in <unit>?|, how many <unit>?}',
      '<quantity> {in <unit>?|= ? <unit>|to <unit>|in <unit>|as <unit>}',
    ],
    de: [
      '{Rechne|Bitte rechne|Wandle|Bitte wandle} <quantity> in <unit> um{.|}',
      '{Wie viele <unit> sind|Wie viel <unit> sind|Wie viele <unit> hat} <quantity>{?|}',
      '{Was sind|Wie viel sind} <quantity> in <unit>{?|}',
      '{Gib|Schreibe|Nenne} <quantity> in <unit>{ an|}{.|}',
      '{Ich habe|Nimm|Gegeben} <quantity>{. Wie viele <unit> sind das?|. Was ist das in <unit>?|, wie viele <unit>?}',
      '<quantity> {in <unit>?|= ? <unit>|nach <unit>|in <unit>|als <unit>}',
    ],
  },
  parts: (problem, language) => {
    const { large, small, units } = problem;
    const whole = `${large} ${units.split(' ')[0]}`;
    const and = language === 'en' ? 'and' : 'und';
    const unit = smallUnit(problem);
    return { unit, quantity: small === 0 ? whole : `${whole} ${and} ${small} ${unit}` };
  },
  trace: (problem) => {
    const { large, small } = problem;
    const converted = large * factorOf(problem);
    const product = `${large}*${factorOf(problem)}=${converted}`;
    return small === 0 ? product : `${product} ${converted}+${small}=${converted + small}`;
  },
  answer: (problem) => `${problem.large * factorOf(problem) + problem.small} ${smallUnit(problem)}`,
  core: (answer, problem) => {
    const unit = ` ${smallUnit(problem)}`;
    return answer.endsWith(unit) ? answer.slice(0, -unit.length) : answer;
  },
});
