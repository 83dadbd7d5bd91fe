// Prompts as people type them beside the bare question: with a greeting or thanks, a capital or small letters, another mark at the end. Numbers
// and the letters of units stay as they are, so that the problem does.
import type { Random } from '../base/index.ts';
import type { Language } from './task.ts';

const openings: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'Hi, ',
    'Hello, ',
    'Hey, ',
    'Hello! ',
    'Please: ',
    'Question: ',
    'So, ',
    'OK, ',
    'Here is one: ',
    'Next: ',
  ],
  de: [
    'Hi, ',
    'Hallo, ',
    'Hey, ',
    'Hallo! ',
    'Bitte: ',
    'Frage: ',
    'Also, ',
    'OK, ',
    'Hier ist eine: ',
    'Weiter: ',
  ],
};
const closings: Readonly<Record<Language, readonly string[]>> = {
  en: [' Thanks!', ' Thank you.', ' Please.', ' please', ' Thanks in advance', ' Show your work.'],
  de: [' Danke!', ' Danke.', ' Bitte.', ' bitte', ' Danke im Voraus', ' Zeig den Weg.'],
};

/** Openings and closings, for building a tokenizer. */
export const politeTexts: readonly string[] = [...Object.values(openings), ...Object.values(closings)].flat();

/** The prompt as somebody may have typed it; most of the time it stays as it is. */
export function casuallyTyped(random: Random, prompt: string, language: Language): string {
  let text = random.next() < 0.5 ? prompt.charAt(0).toUpperCase() + prompt.slice(1) : prompt;
  if (random.next() < 0.08) text = random.pick(openings[language]) + text;
  if (random.next() < 0.08) text += random.pick(closings[language]);
  if (random.next() < 0.12) text = text.toLowerCase();
  if (random.next() < 0.12) text = text.replace(/ ?[.?!]+$/, random.pick(['', '', '!', '??', ' ?', '...']));
  return text;
}
