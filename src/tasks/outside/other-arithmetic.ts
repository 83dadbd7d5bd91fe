// Arithmetic that looks like the tasks but is not one of them: other operators, other numbers of digits, other
// numbers of operands, unfinished word problems. It teaches the model where its tasks end.
import type { Random } from '../../base/index.ts';
import type { Language } from '../task.ts';

type Maker = (random: Random) => string;

/** A question about numbers that no task asks. */
export function otherArithmetic(random: Random, language: Language): string {
  return random.pick(makers[language])(random);
}

const makers: Readonly<Record<Language, readonly Maker[]>> = {
  en: [
    (r) => `What is ${binary(r)}?`,
    (r) => `What is ${binary(r)}?`,
    (r) => `Calculate ${binary(r)}.`,
    (r) => `${binary(r)} = ?`,
    (r) => binary(r),
    (r) => `What is ${oddProduct(r, ' * ')}?`,
    (r) => `Calculate ${oddProduct(r, ' * ')}.`,
    (r) => `Multiply ${oddProduct(r, ' by ')}.`,
    (r) => `How much is ${oddProduct(r, ' times ')}?`,
    (r) => `What is ${oddProduct(r, ' x ')}?`,
    (r) => `${oddProduct(r, ' * ')} = ?`,
    (r) => `What is ${number(r)} * ${number(r)} * ${number(r)}?`,
    (r) => `How much is ${number(r)} ${r.pick(['plus', 'minus', 'divided by', 'modulo'])} ${number(r)}?`,
    (r) => `Add ${number(r)} and ${number(r)}.`,
    (r) => `Subtract ${number(r)} from ${number(r)}.`,
    (r) => `Divide ${number(r)} by ${number(r)}.`,
    (r) => `What is ${number(r)}% of ${number(r)}?`,
    (r) =>
      `What is the ${r.pick(['square', 'cube', 'square root', 'logarithm', 'factorial', 'half', 'double'])} of ${number(r)}?`,
    (r) =>
      `What is the ${r.pick(['sum', 'difference', 'average', 'mean', 'greatest common divisor'])} of ${number(r)} and ${number(r)}?`,
    (r) => `Solve ${equation(r)}`,
    (r) => `Solve ${equation(r)} for x.`,
    (r) => `Is ${number(r)} ${r.pick(['prime', 'even', 'odd', 'a square'])}?`,
    (r) => `Which is larger, ${number(r)} or ${number(r)}?`,
    (r) => `Round ${r.integer(1, 99)}.${r.integer(10, 999)} to one decimal.`,
    (r) =>
      `Convert ${number(r)} ${r.pick(['miles to kilometers', 'pounds to kilograms', 'feet to meters', 'euros to dollars'])}.`,
    (r) => `What comes next: ${numbers(r, 4).join(', ')}?`,
    (r) => `Sort ${numbers(r, r.integer(3, 5)).join(', ')}.`,
    (r) => `Count from ${r.integer(1, 9)} to ${r.integer(10, 40)}.`,
    (r) => `Write ${number(r)} in ${r.pick(['binary', 'words', 'Roman numerals', 'hexadecimal'])}.`,
    (r) => `Use ${enumerate(oddParts(r), 'and')} once each with + - * to make ${r.integer(1, 99)}.`,
    (r) =>
      `Use ${enumerate(threeParts(r), 'and')} once each with ${r.pick(['+ - * /', '+ - /', '+ and /', '/', '^'])} to make ${r.integer(1, 99)}.`,
    (r) => `Use ${enumerate(threeParts(r), 'and')} once each with + - * to make ${r.integer(2000, 9999)}.`,
    (r) =>
      `Make ${r.integer(1, 99)} from ${enumerate(oddParts(r), 'and')}. Use each number once and only + - *.`,
    (r) => `Countdown: ${oddParts(r).join(' ')}, target ${r.integer(1, 99)}.`,
    (r) => `Combine ${enumerate(oddParts(r), 'and')} to reach ${r.integer(1, 99)}.`,
    (r) => `Use ${enumerate(threeParts(r), 'and')}.`,
    (r) => `Make ${r.integer(1, 99)}.`,
    (r) => `${r.pick(people)} has ${r.integer(2, 20)} ${r.pick(englishThings)}.`,
    (r) => `How many ${r.pick(englishThings)} does ${r.pick(people)} have now?`,
    (r) =>
      `${r.pick(people)} has ${r.integer(2, 20)} ${r.pick(englishThings)}. How old is ${r.pick(people)}?`,
    (r) =>
      `${r.pick(people)} is ${r.integer(3, 60)} years old. How old is ${r.pick(people)} in ${r.integer(2, 30)} years?`,
    (r) => `A train drives ${number(r)} km in ${r.integer(2, 9)} hours. How fast is it?`,
    (r) => `${r.pick(people)} shares ${number(r)} ${r.pick(englishThings)} among ${r.integer(2, 9)} friends.`,
    (r) => String(number(r)),
    (r) => numbers(r, r.integer(2, 5)).join(' '),
  ],
  de: [
    (r) => `Was ist ${binary(r)}?`,
    (r) => `Was ist ${binary(r)}?`,
    (r) => `Berechne ${binary(r)}.`,
    (r) => `Rechne ${binary(r)} aus.`,
    (r) => `Was ist ${oddProduct(r, ' * ')}?`,
    (r) => `Berechne ${oddProduct(r, ' * ')}.`,
    (r) => `Multipliziere ${oddProduct(r, ' mit ')}.`,
    (r) => `Wie viel ist ${oddProduct(r, ' mal ')}?`,
    (r) => `Was ist ${oddProduct(r, ' x ')}?`,
    (r) => `Was ist ${number(r)} * ${number(r)} * ${number(r)}?`,
    (r) => `Wie viel ist ${number(r)} ${r.pick(['plus', 'minus', 'geteilt durch', 'modulo'])} ${number(r)}?`,
    (r) => `Addiere ${number(r)} und ${number(r)}.`,
    (r) => `Ziehe ${number(r)} von ${number(r)} ab.`,
    (r) => `Teile ${number(r)} durch ${number(r)}.`,
    (r) => `Wie viel sind ${number(r)} Prozent von ${number(r)}?`,
    (r) =>
      `Was ist ${r.pick(['das Quadrat', 'die Wurzel', 'die Quersumme', 'der Logarithmus', 'die Hälfte', 'das Doppelte'])} von ${number(r)}?`,
    (r) =>
      `Was ist ${r.pick(['die Summe', 'die Differenz', 'der Mittelwert', 'der größte gemeinsame Teiler'])} von ${number(r)} und ${number(r)}?`,
    (r) => `Löse ${equation(r)}`,
    (r) => `Löse ${equation(r)} nach x auf.`,
    (r) => `Ist ${number(r)} ${r.pick(['eine Primzahl', 'gerade', 'ungerade', 'eine Quadratzahl'])}?`,
    (r) => `Was ist größer, ${number(r)} oder ${number(r)}?`,
    (r) => `Runde ${r.integer(1, 99)},${r.integer(10, 999)} auf eine Stelle.`,
    (r) =>
      `Wandle ${number(r)} ${r.pick(['Meilen in Kilometer', 'Pfund in Kilogramm', 'Euro in Dollar', 'Stunden in Minuten'])} um.`,
    (r) => `Welche Zahl kommt nach ${numbers(r, 4).join(', ')}?`,
    (r) => `Sortiere ${numbers(r, r.integer(3, 5)).join(', ')}.`,
    (r) => `Zähle von ${r.integer(1, 9)} bis ${r.integer(10, 40)}.`,
    (r) => `Schreibe ${number(r)} ${r.pick(['binär', 'in Worten', 'als römische Zahl', 'hexadezimal'])}.`,
    (r) =>
      `Bilde aus ${enumerate(oddParts(r), 'und')} (jede genau einmal, nur + - *) die Zahl ${r.integer(1, 99)}.`,
    (r) =>
      `Bilde aus ${enumerate(threeParts(r), 'und')} (jede genau einmal, ${r.pick(['+ - * /', 'nur + - /', 'auch /', 'nur /'])}) die Zahl ${r.integer(1, 99)}.`,
    (r) =>
      `Bilde aus ${enumerate(threeParts(r), 'und')} (jede genau einmal, nur + - *) die Zahl ${r.integer(2000, 9999)}.`,
    (r) =>
      `Mache ${r.integer(1, 99)} aus ${enumerate(oddParts(r), 'und')}. Nutze jede Zahl genau einmal und nur + - *.`,
    (r) => `Countdown: ${oddParts(r).join(' ')}, Ziel ${r.integer(1, 99)}.`,
    (r) => `Erreiche ${r.integer(1, 99)} mit ${enumerate(oddParts(r), 'und')}.`,
    (r) => `Bilde die Zahl ${r.integer(1, 99)}.`,
    (r) => `${r.pick(people)} hat ${r.integer(2, 20)} ${r.pick(germanThings)}.`,
    (r) => `Wie viele ${r.pick(germanThings)} hat ${r.pick(people)} jetzt?`,
    (r) =>
      `${r.pick(people)} hat ${r.integer(2, 20)} ${r.pick(germanThings)}. Wie alt ist ${r.pick(people)}?`,
    (r) =>
      `${r.pick(people)} ist ${r.integer(3, 60)} Jahre alt. Wie alt ist ${r.pick(people)} in ${r.integer(2, 30)} Jahren?`,
    (r) => `Ein Zug fährt ${number(r)} km in ${r.integer(2, 9)} Stunden. Wie schnell ist er?`,
    (r) => `${r.pick(people)} verteilt ${number(r)} ${r.pick(germanThings)} an ${r.integer(2, 9)} Freunde.`,
  ],
};

const people: readonly string[] =
  'Anna Ben Clara David Emma Felix Hannah Jonas Lena Max Mia Noah Paul Sara Tom Vera'.split(' ');
const englishThings: readonly string[] =
  'apples books pens marbles cards stamps coins shells nuts eggs cookies stones'.split(' ');
const germanThings: readonly string[] =
  'Äpfel Bücher Stifte Murmeln Karten Münzen Muscheln Nüsse Eier Kekse Steine Blumen'.split(' ');

/** A number of one to four digits, each length equally likely. */
function number(random: Random): number {
  const digits = random.integer(1, 4);
  return random.integer(10 ** (digits - 1), 10 ** digits - 1);
}

function numbers(random: Random, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.integer(1, 60));
}

function binary(random: Random): string {
  const operator = random.pick(['+', '+', '-', '-', '/', ':', '^', '**', '%', 'mod']);
  const [left, right] =
    random.next() < 0.5 ? [twoDigits(random), twoDigits(random)] : [number(random), number(random)];
  return random.next() < 0.8 ? `${left} ${operator} ${right}` : `${left}${operator}${right}`;
}

/** A product with at least one factor that does not have two digits. */
function oddProduct(random: Random, by: string): string {
  const odd = random.next() < 0.4 ? random.integer(0, 9) : random.integer(100, random.pick([999, 9999]));
  const other = random.next() < 0.6 ? twoDigits(random) : number(random);
  return random.next() < 0.5 ? `${odd}${by}${other}` : `${other}${by}${odd}`;
}

function twoDigits(random: Random): number {
  return random.integer(10, 99);
}

function equation(random: Random): string {
  const factor = random.pick(['', '', '2', '3', '5', '7']);
  return `${factor}x ${random.pick(['+', '-'])} ${random.integer(1, 30)} = ${random.integer(1, 99)}`;
}

function threeParts(random: Random): readonly number[] {
  return Array.from({ length: 3 }, () => random.integer(1, 12));
}

/** The numbers of a countdown problem, but not three of them. */
function oddParts(random: Random): readonly number[] {
  return Array.from({ length: random.pick([1, 2, 2, 4, 4, 5, 6]) }, () => random.integer(1, 12));
}

function enumerate(parts: readonly number[], and: string): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${and} ${parts.at(-1)}`;
}
