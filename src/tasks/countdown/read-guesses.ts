// Reads what a guess-and-check trace shows, in linear time and without trusting a word of it: every calculation, every verdict
// and every number is checked against the problem.
import type { TraceFacts } from '../task.ts';
import { guessesAt, resultOf, stepText } from './guesses.ts';

const stepPattern = /^(\d{1,6})([+*-])(\d{1,6})=(\d{1,6})$/;

/** Traces are cut here; a context of training holds fewer characters. */
const mostCharacters = 20_000;

/** What is in a think block with guesses at the problem. A word that is no calculation and no verdict makes its guess a wrong one. */
export function readGuesses(
  { numbers, target }: { readonly numbers: readonly number[]; readonly target: number },
  trace: string,
): TraceFacts {
  const guessable = guessesAt(numbers);
  const possible = new Set(guessable.map(({ steps }) => inOneOrder(steps.map(stepText))));
  const seen = new Set<string>();
  const stepsPerGuess = numbers.length - 1;
  let [guesses, wrong, repeated, misses] = [0, 0, 0, 0];
  let isHit = false;
  const count = (steps: readonly string[], verdict: string | undefined): void => {
    guesses += 1;
    const text = steps.join(' ');
    if (seen.has(text)) repeated += 1;
    seen.add(text);
    const says = verdict === 'yes' || verdict === 'ja';
    const isRight =
      possible.has(inOneOrder(steps)) && verdict !== undefined && says === (lastValue(steps) === target);
    if (!isRight) wrong += 1;
    if (!says) misses += 1;
    isHit = says;
  };
  for (const line of trace.slice(0, mostCharacters).split('\n')) {
    let steps: string[] = [];
    for (const word of line.trim().split(/\s+/)) {
      if (['yes', 'no', 'ja', 'nein'].includes(word)) {
        count(steps, word);
        steps = steps.slice(0, stepsPerGuess - 1);
      } else if (word !== '') steps.push(word);
    }
    if (steps.length > stepsPerGuess - 1) count(steps, undefined);
  }
  return {
    guesses,
    wrong,
    repeated,
    misses,
    endsInMiss: guesses > 0 && !isHit && seen.size < guessable.length,
  };
}

/** The steps with the smaller operand of a sum or product first: 9*7=63 says what 7*9=63 says. */
function inOneOrder(steps: readonly string[]): string {
  const ordered = steps.map((step) => {
    const [, left, operator, right, stated] = stepPattern.exec(step) ?? [];
    const isSwapped = (operator === '+' || operator === '*') && Number(left) > Number(right);
    return isSwapped ? `${right}${operator}${left}=${stated}` : step;
  });
  return ordered.join(' ');
}

/** The stated result of the last calculation if it is right, otherwise NaN. */
function lastValue(steps: readonly string[]): number {
  const [, left, operator, right, stated] = stepPattern.exec(steps.at(-1) ?? '') ?? [];
  if (operator === undefined) return Number.NaN;
  const value = resultOf(Number(left), operator as '+', Number(right));
  return value === Number(stated) ? value : Number.NaN;
}
