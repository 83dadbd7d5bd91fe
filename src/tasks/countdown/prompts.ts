// The ways to ask for a countdown problem. Variant 0 is the wording of the documentation.
import { listed } from '../more-wordings.ts';
import type { Language } from '../task.ts';
import type { CountdownProblem } from './countdown.ts';

/** @param all the numbers joined in a sentence, such as `3, 5 and 6` @param numbers the same without words */
type Wording = (all: string, target: number, numbers: string) => string;

const wordings: Readonly<Record<Language, readonly Wording[]>> = {
  en: [
    (all, target) => `Use ${all} once each with + - * to make ${target}.`,
    (all, target) => `Make ${target} from ${all}. Use each number once and only + - *.`,
    (_, target, numbers) => `Countdown: ${numbers}, target ${target}.`,
    (all, target) => `How can you get ${target} from ${all} with + - *, each used once?`,
    (all, target) => `Combine ${all} to reach ${target} (each once, only + - *).`,
  ],
  de: [
    (all, target) => `Bilde aus ${all} (jede genau einmal, nur + - *) die Zahl ${target}.`,
    (all, target) => `Mache ${target} aus ${all}. Nutze jede Zahl genau einmal und nur + - *.`,
    (_, target, numbers) => `Countdown: ${numbers}, Ziel ${target}.`,
    (all, target) => `Wie kommt man mit ${all} auf ${target}, jede genau einmal, nur mit + - *?`,
    (all, target) => `Erreiche ${target} mit ${all} (jede genau einmal, nur + - *).`,
  ],
};

export const countdownPromptVariants: number = wordings.en.length;

/** The problem in words; `variant` counts modulo the number of wordings. */
export function countdownPrompt(
  { numbers, target }: CountdownProblem,
  language: Language,
  variant = 0,
): string {
  const wording = wordings[language][variant % countdownPromptVariants] as Wording;
  const all = listed(numbers, language);
  return wording(all, target, numbers.join(' '));
}
