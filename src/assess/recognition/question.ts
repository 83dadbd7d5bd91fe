// Questions by which a model on a server is recognised: small talk that nobody else asks, drawn under a key that only the
// operator has, and asked as clients ask. Whoever sees some of them cannot tell the next one.
import { keyedRandom, lookUp, type Random } from '../../base/index.ts';
import wordings from './wordings.json' with { type: 'json' };

/**
 * `greedy`: at temperature 0. `usual`: as the model is served by default, so that no server can tell the question from a
 * client's. `probabilities`: greedy, and log-probabilities are wanted, which see the most.
 */
export type Manner = 'greedy' | 'usual' | 'probabilities';

export const manners: readonly Manner[] = ['greedy', 'usual', 'probabilities'];

export type RecognitionQuestion = { readonly content: string; readonly maxTokens: number };

/** Limits that clients set as well. */
const limits = [32, 40, 48, 50, 64] as const;

type Wording = (typeof wordings)['en'];

/** Most of what models are asked is English. */
const languages: readonly Wording[] = [wordings.en, wordings.en, wordings.de, wordings.zh];

/** The question at an index: the same key and index, the same question. */
export function recognitionQuestion(key: Uint8Array, index: number): RecognitionQuestion {
  const random = keyedRandom(key, `question ${index}`);
  const wording = random.pick(languages);
  const content = filled(random.pick(wording.templates), wording, random);
  return { content, maxTokens: random.pick(limits) };
}

function filled(template: string, { numbers, objects, places, things }: Wording, random: Random): string {
  const [object = '', other = ''] = random.shuffle(objects);
  const fillers: Readonly<Record<string, string>> = {
    ...{ object, other, place: random.pick(places) },
    ...{ number: random.pick(numbers), things: random.pick(things) },
  };
  return template.replace(/\{(\w+)\}/g, (_, slot: string) => lookUp(fillers, slot) ?? slot);
}
