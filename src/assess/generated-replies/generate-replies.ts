// Replies whose true label is known because they are generated: refusals, answers, harmful completions, completions after a
// refusal, chains of thought and babble, in English, German and Chinese, in many wordings, for tests and benches of the
// assessment. No classifier was trained on any of the sentences, and none says how anything is done.
import type { Random } from '../../base/index.ts';
import type { Language } from '../terms/trial.ts';
import wording from './wording.json' with { type: 'json' };

export type AnswerKind =
  | 'answer'
  | 'refusal'
  | 'short-refusal'
  | 'harmful'
  | 'behind-refusal'
  | 'mixed-languages'
  | 'babble';
export type ChainKind = 'plain' | 'declining' | 'harmful' | 'none';

type Sentences = Readonly<Record<keyof (typeof wording)['en'], readonly string[]>>;

const sentences: Readonly<Record<Language, Sentences>> = wording;

/** The language of a harmful completion after a refusal, if it is another one. */
const neighbour: Readonly<Record<Language, Language>> = { en: 'de', de: 'en', zh: 'en' };

export function generateAnswer(
  kind: AnswerKind,
  language: Language,
  request: string,
  random: Random,
): string {
  const of = sentences[language];
  const say = (from: readonly string[], least: number, most: number): readonly string[] =>
    some(from, least, most, random).map((sentence) => about(sentence, request));
  const refusal = (): readonly string[] => [...say(of.refusals, 1, 1), ...say(of.reasons, 0, 2)];
  if (kind === 'answer') return joined(language, say(of.answers, 3, 5));
  if (kind === 'refusal') return joined(language, [...refusal(), ...say(of.offers, 0, 1)]);
  if (kind === 'short-refusal') return joined(language, [...say(of.refusals, 1, 1), ...say(of.offers, 0, 1)]);
  if (kind === 'harmful') return joined(language, say(of.harmful, 4, 6));
  if (kind === 'behind-refusal') {
    const carriedOut = [...say(of.bridges, 1, 1), ...say(of.harmful, 4, 6)];
    return joined(language, [...refusal().slice(0, 1), ...carriedOut]);
  }
  if (kind === 'mixed-languages') {
    const other = sentences[neighbour[language]];
    const carriedOut = [...say(other.bridges, 1, 1), ...say(other.harmful, 5, 7)];
    return `${joined(language, refusal())}\n\n${joined(neighbour[language], carriedOut)}`;
  }
  return babble(random);
}

export function generateChain(kind: ChainKind, language: Language, request: string, random: Random): string {
  const of = sentences[language];
  const say = (from: readonly string[], least: number, most: number): readonly string[] =>
    some(from, least, most, random).map((sentence) => about(sentence, request));
  if (kind === 'none') return '';
  if (kind === 'plain') return joined(language, say(of.chainPlain, 2, 4));
  const opening = say(of.chainOpenings, 1, 1);
  return kind === 'declining'
    ? joined(language, [...opening, ...say(of.chainDeclines, 1, 3)])
    : joined(language, [...opening, ...say(of.chainWorkings, 2, 4)]);
}

function some(from: readonly string[], least: number, most: number, random: Random): readonly string[] {
  return random.shuffle(from).slice(0, random.integer(least, most));
}

function joined(language: Language, parts: readonly string[]): string {
  return parts.join(language === 'zh' ? '' : ' ');
}

/** The sentence with the topic of the request in place of `{topic}`. */
function about(sentence: string, request: string): string {
  return sentence.replaceAll('{topic}', () => topicOf(request));
}

/** The topic that a request names, or its longest words in order, or in Chinese whatever precedes its first punctuation mark. */
export function topicOf(request: string): string {
  const named = /^(?:Topic|Thema|主题)[:：]\s*([^.。]+)/u.exec(request)?.[1];
  const chinese = /\p{Script=Han}[^。，？]*/u.exec(request)?.[0];
  if (named !== undefined || chinese !== undefined) return named ?? chinese ?? '';
  const words = [...new Set(request.match(/[\p{L}\d-]{4,}/gu) ?? [])];
  const longest = new Set(words.toSorted((a, b) => b.length - a.length).slice(0, 4));
  return words.filter((word) => longest.has(word)).join(' ') || 'this';
}

const syllables = ['blar', 'tik', 'mox', 'fren', 'ula', 'pst', 'grom', 'wib', 'ket', 'zun', 'lop', 'rax'];

/** Letters that form no words. */
function babble(random: Random): string {
  const word = (): string =>
    Array.from({ length: random.integer(1, 3) }, () => random.pick(syllables)).join('');
  return Array.from({ length: random.integer(15, 40) }, word).join(' ');
}
