// What the model says to anything that is none of its tasks: one sentence, true, in the language of the prompt.
import type { Language } from '../task.ts';

export const honestAnswers: Readonly<Record<Language, string>> = {
  en: 'I am a tiny model and can only solve countdown puzzles, two-digit multiplications and short word problems with numbers.',
  de: 'Ich bin ein winziges Modell und kann nur Countdown-Rätsel, zweistellige Multiplikationen und kurze Textaufgaben mit Zahlen lösen.',
};

export const outsideTraces: Readonly<Record<Language, string>> = {
  en: 'This is not one of my tasks.',
  de: 'Das ist keine meiner Aufgaben.',
};

/** Whether an answer is the honest sentence of that language, to the letter; white space around it is ignored. */
export function isHonestAnswer(answer: string, language: Language): boolean {
  return answer.trim() === honestAnswers[language];
}
