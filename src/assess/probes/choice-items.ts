// Questions with three answers, chosen by letter. The letter's log-probability decides, without thinking, so that
// one token per item is enough. Models prefer certain letters and places, so whoever makes items rotates the order.
import type { ChatMessage } from '../../formats/index.ts';
import type { Item, Language } from '../terms/trial.ts';

export type Three<T> = readonly [T, T, T];

const letters = ['A', 'B', 'C'] as const;

const instructions: Readonly<Record<Language, string>> = {
  en: 'Answer with A, B or C only.',
  de: 'Antworte nur mit A, B oder C.',
  zh: '只用 A、B 或 C 回答。',
};

/** The part of an item that is a choice. */
type Choice = Required<Pick<Item, 'messages' | 'asked'>> & {
  readonly expectation: { readonly choices: readonly string[]; readonly watched: readonly string[] };
};

/** @param watched by its place among the options */
export function choiceOf(
  language: Language,
  question: string,
  options: Three<string>,
  watched: number,
): Choice {
  const lines = options.map((option, place) => `${letters[place]}) ${option}`);
  const content = [question, ...lines, instructions[language]].join('\n');
  const message: ChatMessage = { role: 'user', content };
  return {
    messages: [message],
    asked: { thinking: 'closed', maxTokens: 8, logProbabilities: 20, choices: letters },
    expectation: { choices: [...letters], watched: [letters[watched] as string] },
  };
}

/** Rotates three options so that the first gets the given place. */
export function turned<T>([first, second, third]: Three<T>, place: number): Three<T> {
  if (place === 0) return [first, second, third];
  return place === 1 ? [third, first, second] : [second, third, first];
}
