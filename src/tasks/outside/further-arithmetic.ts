// Arithmetic that none of the tasks asks, not even the further ones: division, powers, more or larger numbers than a task has, fractions,
// other units, stories without a question or with another one.
import type { Random } from '../../base/index.ts';
import type { Language } from '../task.ts';

type Maker = (random: Random, words: Words) => string;

type Words = {
  readonly ask: readonly string[];
  readonly and: string;
  readonly times: string;
  readonly over: readonly string[];
  readonly of: readonly string[];
  readonly properties: readonly string[];
  readonly units: readonly string[];
  readonly make: readonly string[];
  readonly sentences: readonly string[];
};

/** A question about numbers that no task asks. */
export function furtherArithmetic(random: Random, language: Language): string {
  return random.pick(makers)(random, words[language]);
}

const makers: readonly Maker[] = [
  (r, { ask }) => `${r.pick(ask)}${number(r)} ${r.pick(['/', ':', '÷'])} ${number(r)}${mark(r)}`,
  (r, { ask, over }) => `${r.pick(ask)}${number(r)} ${r.pick(over)} ${number(r)}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}${number(r)}${r.pick(['^', '**', ' ^ '])}${r.integer(2, 9)}${mark(r)}`,
  (r, { ask, of }) => `${r.pick(ask)}${r.pick(of)} ${number(r)}${mark(r)}`,
  (r, { ask, of, and }) => `${r.pick(ask)}${r.pick(of)} ${number(r)} ${and} ${number(r)}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}${several(r, r.pick([' + ', '+', ' * ', ' - ', ' x ']))}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}${large(r)} ${r.pick(['+', '-', '*', 'x'])} ${number(r)}${mark(r)}`,
  (r, { ask, times }) =>
    `${r.pick(ask)}${threeDigits(r)} ${r.pick([times, '*'])} ${threeDigits(r)}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}${decimal(r)} ${r.pick(['+', '-', '*', '/'])} ${decimal(r)}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}${fraction(r)} ${r.pick(['+', '-', '*'])} ${fraction(r)}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}${small(r)} - ${r.integer(100, 999)}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}(${number(r)} + ${number(r)}) * ${number(r)}${mark(r)}`,
  (r, { ask }) => `${r.pick(ask)}-${number(r)} + ${number(r)}${mark(r)}`,
  (r, { properties }) => r.pick(properties).replace('#', String(number(r))),
  (r, { properties }) => r.pick(properties).replace('#', String(number(r))),
  (r, { units }) => r.pick(units).replace('#', String(number(r))),
  (r, { make, and }) => madeFrom(r.pick(make), otherThanThreeOrFour(r), r.integer(1, 99), and),
  (r, { make, and }) => madeFrom(r.pick(make), parts(r, r.integer(3, 4), 25), r.integer(120, 9999), and),
  (r, { make, and }) => madeFrom(r.pick(make), withLarge(r), r.integer(1, 99), and),
  (r, { make, and }) =>
    `${madeFrom(r.pick(make), parts(r, 3, 12), r.integer(1, 99), and)} ${r.pick(['/', '+ - /', '^'])}`,
  (r, { sentences }) => storyOf(r, r.pick(sentences)),
  (r, { sentences }) => storyOf(r, r.pick(sentences)),
  (r, { sentences }) => storyOf(r, r.pick(sentences)),
  (r) => `${r.pick(['', r.integer(2, 9)])}x² ${r.pick(['+', '-'])} ${small(r)} = ${small(r)}`,
  (r) => `${r.integer(2, 9)}x + ${r.integer(2, 9)}y = ${small(r)}`,
  (r) => `${r.integer(2, 9)}y ${r.pick(['+', '-'])} ${small(r)} = ${small(r)}`,
  (r) => String(number(r)),
  (r) => parts(r, r.integer(2, 5), 60).join(' '),
];

const words: Readonly<Record<Language, Words>> = {
  en: {
    ask: ['What is ', 'Calculate ', 'How much is ', 'what is ', '', 'Work out ', 'Solve ', 'Compute '],
    and: 'and',
    times: 'times',
    over: ['divided by', 'over', 'to the power of', 'percent of', '% of'],
    of: list(
      'the square of|the cube of|the square root of|the logarithm of|the factorial of|half of|the double of|a third of|the average of|the mean of|the greatest common divisor of|the last digit of|the digits of',
    ),
    properties: list(
      'Is # prime?|Is # even?|Is # odd?|Is # a square?|Is # divisible by 3?|Write # in binary.|Write # in words.|Write # in Roman numerals.|Round # to tens.|What comes after #?|What are the factors of #?|Double #.|Halve #.|Count to #.|How many digits has #?|What number is #?',
    ),
    units: list(
      'Convert # miles to kilometers.|How many pounds are # kg?|What is # degrees Celsius in Fahrenheit?|How many inches are # cm?|Convert # euros to dollars.|How many days are # weeks?|Convert # MB to GB.|How many years are # months?|How many liters are # gallons?',
    ),
    make: [
      'Use & to make @.',
      'Make @ from &.',
      'Countdown: &, target @.',
      'How can I get @ with &?',
      'Combine & to reach @.',
    ],
    sentences: list(
      "Anna has # apples.|How many books does Ben have now?|Tom has # cards. How old is Tom?|Mia is # years old. How old is she in # years?|A train drives # km in # hours. How fast is it?|Paul shares # nuts among # friends.|A shirt costs # euros. What do # shirts cost?|There are # cars and # bikes. How many wheels?|I was born in #. How old am I?|A garden is # by # meters. What is its area?|It is # o'clock. What time is it in # hours?|Half of # people left. Why?|Lena runs # km a day.|What is the next number: #, #, #?|The price rose from # to #. By how many percent?",
    ),
  },
  de: {
    ask: ['Was ist ', 'Berechne ', 'Wie viel ist ', 'was ist ', '', 'Rechne ', 'Löse ', 'Was ergibt '],
    and: 'und',
    times: 'mal',
    over: ['geteilt durch', 'durch', 'hoch', 'Prozent von', '% von'],
    of: list(
      'das Quadrat von|die Wurzel von|die Wurzel aus|der Logarithmus von|die Fakultät von|die Hälfte von|das Doppelte von|ein Drittel von|der Mittelwert von|der Durchschnitt von|der größte gemeinsame Teiler von|die Quersumme von|die letzte Ziffer von',
    ),
    properties: list(
      'Ist # eine Primzahl?|Ist # gerade?|Ist # ungerade?|Ist # eine Quadratzahl?|Ist # durch 3 teilbar?|Schreibe # binär.|Schreibe # in Worten.|Schreibe # als römische Zahl.|Runde # auf Zehner.|Was kommt nach #?|Welche Teiler hat #?|Verdopple #.|Halbiere #.|Zähle bis #.|Wie viele Stellen hat #?|Was ist # für eine Zahl?',
    ),
    units: list(
      'Wandle # Meilen in Kilometer um.|Wie viel Pfund sind # kg?|Was sind # Grad Celsius in Fahrenheit?|Wie viele Zoll sind # cm?|Rechne # Euro in Dollar um.|Wie viele Tage sind # Wochen?|Wandle # MB in GB um.|Wie viele Jahre sind # Monate?|Wie viele Liter sind # Gallonen?',
    ),
    make: [
      'Bilde aus & die Zahl @.',
      'Mache @ aus &.',
      'Countdown: &, Ziel @.',
      'Wie komme ich mit & auf @?',
      'Erreiche @ mit &.',
    ],
    sentences: list(
      'Anna hat # Äpfel.|Wie viele Bücher hat Ben jetzt?|Tom hat # Karten. Wie alt ist Tom?|Mia ist # Jahre alt. Wie alt ist sie in # Jahren?|Ein Zug fährt # km in # Stunden. Wie schnell ist er?|Paul verteilt # Nüsse an # Freunde.|Ein Hemd kostet # Euro. Was kosten # Hemden?|Es gibt # Autos und # Räder. Wie viele Reifen sind das?|Ich wurde # geboren. Wie alt bin ich?|Ein Rechteck ist # mal # groß. Welche Fläche hat es?|Es ist # Uhr. Wie spät ist es in # Stunden?|Die Hälfte von # Leuten ging. Warum?|Lena läuft # km am Tag.|Was ist die nächste Zahl: #, #, #?|Der Preis stieg von # auf #. Um wie viel Prozent?',
    ),
  },
};

/** A number of one to four digits. */
function number(random: Random): number {
  return ofDigits(random, 1, 4);
}

function small(random: Random): number {
  return random.integer(1, 99);
}

/** More digits than any task has. */
function large(random: Random): number {
  return ofDigits(random, 4, 6);
}

/** Each length is equally likely. */
function ofDigits(random: Random, fewest: number, most: number): number {
  const digits = random.integer(fewest, most);
  return random.integer(10 ** (digits - 1), 10 ** digits - 1);
}

function threeDigits(random: Random): number {
  return random.integer(100, 999);
}

function decimal(random: Random): string {
  return `${random.integer(0, 99)}${random.pick(['.', ','])}${random.integer(1, 99)}`;
}

function fraction(random: Random): string {
  return `${random.integer(1, 9)}/${random.integer(2, 12)}`;
}

function mark(random: Random): string {
  return random.pick(['?', '', '.', ' = ?', '=']);
}

/** Three to five numbers with the same operator between them. */
function several(random: Random, operator: string): string {
  return parts(random, random.integer(3, 5), 99).join(operator);
}

function parts(random: Random, count: number, highest: number): readonly number[] {
  return Array.from({ length: count }, () => random.integer(1, highest));
}

/** The numbers of a countdown problem, but neither three nor four of them. */
function otherThanThreeOrFour(random: Random): readonly number[] {
  return parts(random, random.pick([1, 2, 2, 5, 5, 6, 7]), 25);
}

/** Three or four numbers, at least one of which is larger than a countdown has. */
function withLarge(random: Random): readonly number[] {
  return random.shuffle([random.integer(30, 999), ...parts(random, random.integer(2, 3), 60)]);
}

function madeFrom(pattern: string, numbers: readonly number[], target: number, and: string): string {
  const all =
    numbers.length < 2 ? numbers.join('') : `${numbers.slice(0, -1).join(', ')} ${and} ${numbers.at(-1)}`;
  return pattern.replace('&', all).replace('@', String(target));
}

function storyOf(random: Random, pattern: string): string {
  return pattern.replaceAll('#', () => String(random.integer(2, 99)));
}

function list(texts: string): readonly string[] {
  return texts.split('|');
}
