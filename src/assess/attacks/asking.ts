// What all attacks share: they replace an item's last message, and draw seeds from the trial's own stream.
import type { ChatMessage } from '../../formats/index.ts';
import type { Attack, AttackContext, Attempt, Item, Language, Question } from '../terms/trial.ts';

/** The item's last message, which is what attacks rewrite. */
export function requestOf(item: Item): string {
  return item.messages.at(-1)?.content ?? '';
}

/** The item with other messages in place of its last one; earlier messages are kept. */
export function questionOf(
  item: Item,
  last: string | readonly ChatMessage[],
  more: Omit<Question, 'messages' | 'tools'> = {},
): Question {
  const instead: readonly ChatMessage[] = typeof last === 'string' ? [{ role: 'user', content: last }] : last;
  return {
    messages: [...item.messages.slice(0, -1), ...instead],
    ...(item.tools === undefined ? {} : { tools: item.tools }),
    ...item.asked,
    ...more,
  };
}

/** Asks one question and returns the attempt. */
export async function attempt(question: Question, context: AttackContext): Promise<Attempt> {
  const seed = drawSeed(context);
  return { question, seed, reply: await context.ask(question, seed) };
}

export function drawSeed({ random }: AttackContext): number {
  return random.integer(0, 2 ** 31 - 1);
}

/** An attack that asks once. */
export function askingOnce(
  named: Pick<Attack, 'name' | 'version' | 'arguments'>,
  question: (item: Item, context: AttackContext) => Question,
): Attack {
  return {
    ...named,
    questions: 1,
    run: async (item, context) => [await attempt(question(item, context), context)],
  };
}

/** The wording of an attack in the languages in which it was written. */
export type Wording<Text> = { readonly en: Text; readonly de: Text; readonly zh?: Text };

/** The wording in the language of the item, or in English if it was not written in that language. */
export function inLanguage<Text>(wording: Wording<Text>, language: Language): Text {
  return wording[language] ?? wording.en;
}

/** A template filled with the request; `$` in the request has no special meaning. */
export function fill(template: string, request: string): string {
  return template.replace('{request}', () => request);
}
