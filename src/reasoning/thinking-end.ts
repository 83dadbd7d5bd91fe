// What is written where a think block is ended in place of the model: a sentence that leads over to the answer, in the
// language of the question, and the closing tag. In a language that is not known here, or where room is short, the tag
// alone. Languages are told apart by their commonest words, which is enough to choose one of five sentences.
import type { ChatMessage, ChatTemplate } from '../formats/index.ts';

type Language = { readonly words: ReadonlySet<string>; readonly sentence: string };

function language(words: string, sentence: string): Language {
  return { words: new Set(words.split(' ')), sentence };
}

/** English, German, French, Spanish. */
const languages: readonly Language[] = [
  language(
    'the of and to in is that for it with what how are you this be on please',
    'I have thought about this long enough, so I answer now.',
  ),
  language(
    'der die das und ist nicht ein eine zu den mit von wie was ich sie für bitte',
    'Ich habe lange genug nachgedacht und antworte jetzt.',
  ),
  language(
    'le la les de des et est un une que qui dans pour pas vous je avec quel',
    "J'ai assez réfléchi, je réponds maintenant.",
  ),
  language(
    'el la los las de y es un una que en para con por no cómo qué del',
    'Ya he pensado bastante y respondo ahora.',
  ),
];

const chineseSentence = '我已经想得够久了，现在回答。';

/** The sentence may cost at most this share of thinking that only the room ends. */
const sentenceShare = 1 / 8;
const charactersLookedAt = 2000;

/**
 * A budget that is used up before the room is gets the sentence wherever there is room for both, so that a larger limit
 * of the completion changes nothing.
 *
 * @param budget most tokens of thinking; infinite where only the room limits it
 * @param room tokens that thinking and its end may take together
 */
export function textThatEndsThinking(
  { thinkingEnd }: Pick<ChatTemplate, 'thinkingEnd'>,
  messages: readonly ChatMessage[],
  { budget, room }: { readonly budget: number; readonly room: number },
): string {
  if (!thinkingEnd.sentence) return thinkingEnd.text;
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const sentence = sentenceFor(question.slice(0, charactersLookedAt));
  const text = `\n\n${sentence}${thinkingEnd.text}`;
  const fits = budget + maxTokensOf(text) <= room || maxTokensOf(text) <= room * sentenceShare;
  return sentence !== '' && fits ? text : thinkingEnd.text;
}

/** An upper bound of the tokens of a text: a token of these vocabularies stands for at least one byte. */
export function maxTokensOf(text: string): number {
  return Buffer.byteLength(text);
}

/** Empty where the language is not clear. */
function sentenceFor(question: string): string {
  if (/\p{Script=Han}/u.test(question) && !/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(question))
    return chineseSentence;
  const words = question.toLowerCase().match(/\p{L}+/gu) ?? [];
  const hits = languages.map(({ words: common }) => countHits(words, common));
  const most = Math.max(...hits);
  const first = hits.indexOf(most);
  return hits.lastIndexOf(most) === first ? languages[first]!.sentence : '';
}

function countHits(words: readonly string[], common: ReadonlySet<string>): number {
  let hits = 0;
  for (const word of words) if (common.has(word)) hits++;
  return hits;
}
