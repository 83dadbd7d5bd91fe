// What the model says to anything that is not one of its tasks: one true sentence in the language of the prompt.
import type { Language } from '../task.ts';

/**
 * What is outside: all but the first three tasks, which is what the first models learned, or what none of the tasks asks. To the latter the
 * answer shows an example that works.
 */
export type OutsideScope = 'first-tasks' | 'all-tasks';

export const honestAnswers: Readonly<Record<OutsideScope, Readonly<Record<Language, string>>>> = {
  'first-tasks': {
    en: 'I am a tiny model and can only solve countdown puzzles, two-digit multiplications and short word problems with numbers.',
    de: 'Ich bin ein winziges Modell und kann nur Countdown-Rätsel, zweistellige Multiplikationen und kurze Textaufgaben mit Zahlen lösen.',
  },
  'all-tasks': {
    en: 'I am a tiny model and can only solve a few kinds of puzzles with whole numbers. This one works: Use 3, 5 and 6 to make 21.',
    de: 'Ich bin ein winziges Modell und kann nur einige Arten von Aufgaben mit ganzen Zahlen lösen. Diese geht: Bilde 21 aus 3, 5 und 6.',
  },
};

export const outsideTraces: Readonly<Record<Language, string>> = {
  en: 'This is not one of my tasks.',
  de: 'Das ist keine meiner Aufgaben.',
};

/** Whether an answer is exactly one of the honest sentences of that language, white space around it aside. */
export function isHonestAnswer(answer: string, language: Language): boolean {
  return Object.values(honestAnswers).some((sentences) => sentences[language] === answer.trim());
}
