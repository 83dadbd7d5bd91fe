// The ways to ask for a countdown problem. Variant 0 is the wording of the documentation.
import type { Language } from '../task.ts';
import type { CountdownProblem } from './countdown.ts';

type Wording = (a: number, b: number, c: number, target: number) => string;

const wordings: Readonly<Record<Language, readonly Wording[]>> = {
  en: [
    (a, b, c, target) => `Use ${a}, ${b} and ${c} once each with + - * to make ${target}.`,
    (a, b, c, target) => `Make ${target} from ${a}, ${b} and ${c}. Use each number once and only + - *.`,
    (a, b, c, target) => `Countdown: ${a} ${b} ${c}, target ${target}.`,
    (a, b, c, target) => `How can you get ${target} from ${a}, ${b} and ${c} with + - *, each used once?`,
    (a, b, c, target) => `Combine ${a}, ${b} and ${c} to reach ${target} (each once, only + - *).`,
  ],
  de: [
    (a, b, c, target) => `Bilde aus ${a}, ${b} und ${c} (jede genau einmal, nur + - *) die Zahl ${target}.`,
    (a, b, c, target) =>
      `Mache ${target} aus ${a}, ${b} und ${c}. Nutze jede Zahl genau einmal und nur + - *.`,
    (a, b, c, target) => `Countdown: ${a} ${b} ${c}, Ziel ${target}.`,
    (a, b, c, target) =>
      `Wie kommt man mit ${a}, ${b} und ${c} auf ${target}, jede genau einmal, nur mit + - *?`,
    (a, b, c, target) => `Erreiche ${target} mit ${a}, ${b} und ${c} (jede genau einmal, nur + - *).`,
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
  return wording(...numbers, target);
}
