// What the model says to anything that is not one of its tasks: one true sentence in the language of the prompt.
import type { Language } from '../task.ts';

export const honestAnswers: Readonly<Record<Language, string>> = {
  en: 'I am a tiny model and can only solve countdown puzzles, two-digit multiplications and short word problems with numbers.',
  de: 'Ich bin ein winziges Modell und kann nur Countdown-Rätsel, zweistellige Multiplikationen und kurze Textaufgaben mit Zahlen lösen.',
};

export const outsideTraces: Readonly<Record<Language, string>> = {
  en: 'This is not one of my tasks.',
  de: 'Das ist keine meiner Aufgaben.',
};

/** Whether an answer is exactly the honest sentence of that language, white space around it aside. */
export function isHonestAnswer(answer: string, language: Language): boolean {
  return answer.trim() === honestAnswers[language];
}
