// What every attack does: says something in place of an item's last message, with a seed of the trial's own stream.
import type { ChatMessage } from '../../formats/index.ts';
import type { Attack, AttackContext, Attempt, Item, Language, Question } from '../terms/trial.ts';

/** The item's last message, which is what attacks rewrite. */
export function requestOf(item: Item): string {
  return item.messages.at(-1)?.content ?? '';
}

/** The item asked with other messages in place of its last one; those before it stay. */
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

/** Asks once. */
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

/** What an attack says, in the languages it was written in. */
export type Wording<Text> = { readonly en: Text; readonly de: Text };

/** In the language of the item; an item in another language is attacked in English. */
export function inLanguage<Text>(wording: Wording<Text>, language: Language): Text {
  return language === 'de' ? wording.de : wording.en;
}

/** A template with the request in its place; `$` in the request stays as it is. */
export function fill(template: string, request: string): string {
  return template.replace('{request}', () => request);
}
