// Demonstrations by somebody who guesses and checks, as far as patience goes. They are drawn: the same problem is shown in
// another way each time. A line holds the guesses that begin alike:
//
//   8*2=16 16+5=21 no 16-5=11 no 16*5=80 no
//   8+5=13 13+2=15 yes
import type { Random } from '../../base/index.ts';
import type { DemonstrationStyle, Language } from '../task.ts';
import { type Guess, guessesAt, stepText } from './guesses.ts';
import { verdicts } from './verdicts.ts';

/** A think block and the answer after it. */
export type Demonstration = { readonly trace: string; readonly answer: string };

/** Somebody tries: until a guess hits the target, until patience ends, or until there is nothing left to try. */
export function demonstrate(
  { numbers, target }: { readonly numbers: readonly number[]; readonly target: number },
  language: Language,
  random: Random,
  style: DemonstrationStyle,
): Demonstration {
  const isPatient = random.next() < style.patient;
  const most = isPatient ? style.patientGuesses : style.maxGuesses;
  const givesUp = isPatient ? 0 : style.givesUp;
  const tried: Guess[] = [];
  for (const guess of orderedGuesses(numbers, target, random, style)) {
    tried.push(guess);
    if (guess.value === target || tried.length >= most || random.next() < givesUp) break;
  }
  const hit = tried.find(({ value }) => value === target);
  return {
    trace: guessesText(tried, target, language),
    answer: hit === undefined ? verdicts[language].no : `${hit.expression} = ${target}`,
  };
}

/** Guesses as lines; a guess repeats of the one before it only what differs. */
function guessesText(guesses: readonly Guess[], target: number, language: Language): string {
  const { yes, no } = verdicts[language];
  let line = '';
  return guesses
    .map(({ steps, value }) => {
      const beginning = beginningOf(steps);
      const isNewLine = beginning !== line;
      line = beginning;
      const checked = `${stepText(steps.at(-1) as Guess['steps'][number])} ${value === target ? yes : no}`;
      return isNewLine ? `\n${beginning} ${checked}` : ` ${checked}`;
    })
    .join('')
    .trim();
}

function orderedGuesses(
  numbers: readonly number[],
  target: number,
  random: Random,
  { order, close = 0, linesAhead = 2 }: DemonstrationStyle,
): readonly Guess[] {
  const guesses = guessesAt(numbers);
  if (order === 'drawn') return random.shuffle(guesses);
  const lines = [...Map.groupBy(guesses, ({ steps }) => beginningOf(steps)).values()];
  const withHit = lines.flatMap((line, index) => (line.some(({ value }) => value === target) ? index : []));
  const isClose = random.next() < close && withHit.length > 0;
  const start = isClose
    ? random.pick(withHit) + lines.length - random.integer(0, Math.min(linesAhead, lines.length - 1))
    : random.integer(0, lines.length - 1);
  return lines.flatMap((_, index) => lines[(start + index) % lines.length] as readonly Guess[]);
}

/** All steps but the last, by which lines differ. */
function beginningOf(steps: Guess['steps']): string {
  return steps.slice(0, -1).map(stepText).join(' ');
}
