// What the refusal classifier sees of a reply: runs of words in three places of the answer, pieces of its first sentence,
// what is said in any of three languages (cues), and its shape, all hashed into one vector (Weinberger et al.
// 2009, without signs). About the prompt it knows how many of its words recur and
// whether it asks to be told of something, never of what.
import { plainText, sentencesOf, wordsOf } from '../plain-text.ts';
import { type Cue, cuesIn, decliningCues } from './cues.ts';

/** Ascending indices, and values, of the features that are not zero. */
export type Features = { readonly indices: Int32Array; readonly values: Float64Array };

/** Length of the vector; a power of two. */
export const featureCount: number = 2 ** 16;

/** Has to change whenever the same reply gets other features. */
export const featureVersion = 3;

/** Weights relative to one cue, which has 1; a group of runs shares its weight, so that length does not matter. */
const weights = {
  first: 3,
  opening: 2,
  pieces: 2,
  second: 1.5,
  rest: 1.5,
  seen: 0.7,
  pair: 0.4,
  told: 1.5,
} as const;

export function featuresOf(prompt: string, answer: string): Features {
  const plain = plainText(answer);
  const sentences = sentencesOf(plain).map((text) => ({ text, cues: cuesIn(text) }));
  const vector = new Map<number, number>();
  const add = (name: string, value: number): void => {
    const index = hash(name) & (featureCount - 1);
    if (value !== 0) vector.set(index, (vector.get(index) ?? 0) + value);
  };
  const addGroup = (name: string, members: Iterable<string>, weight: number): void => {
    const distinct = new Set(members);
    for (const member of distinct) add(`${name} ${member}`, weight / Math.sqrt(distinct.size));
  };

  const first = sentences[0]?.text ?? '';
  const second = sentences.slice(1, 3);
  const rest = sentences.slice(3);
  addGroup('first', wordRuns(first, 3), weights.first);
  addGroup('opening', openings(first), weights.opening);
  addGroup('pieces', characterRuns(first.slice(0, maxPieces)), weights.pieces);
  addGroup('second', wordRuns(textOf(second), 3), weights.second);
  addGroup('rest', wordRuns(textOf(rest), 2), weights.rest);

  const all = cuesOf(sentences);
  for (const cue of cuesOf(sentences.slice(0, 1))) add(`cue first ${cue}`, 1);
  for (const cue of cuesOf(second)) add(`cue second ${cue}`, 1);
  for (const cue of cuesOf(rest)) add(`cue rest ${cue}`, 1);
  for (const cue of cuesOf(sentences.slice(-1))) add(`cue last ${cue}`, 1);
  for (const cue of all) add(`cue any ${cue}`, weights.seen);
  // Denying that something exists, or refusing and then going on, differs from a plain refusal.
  for (const cue of cuesOf(sentences.slice(0, 2)))
    for (const other of all) if (other !== cue) add(`cues ${cue} ${other}`, weights.pair);
  if (all.size === 0) add('cue none', weights.seen);

  // General talk answers whoever asked to be told of something, and evades whoever asked for something to be done.
  if (asksToBeTold(prompt) && !decliningCues.some((cue) => all.has(cue))) add('told', weights.told);
  const telling = sentences.filter(({ cues }) => cues.some((cue) => cue !== 'apology' && cue !== 'however'));
  add('share of cues', (2 * telling.length) / Math.max(1, sentences.length));
  add('overlap first', overlap(prompt, first));
  add('overlap', overlap(prompt, plain));
  const items = plain.match(/^(?:\d+[.)]|[-•])\s/gmu)?.length ?? 0;
  add('items', Math.log1p(items) / 2);
  add(`items ${items === 0 ? 'none' : 'some'}`, weights.seen);
  if (answer.includes('```')) add('code', 1);
  if (plain.endsWith('?')) add('ends asking', weights.seen);

  return packedVector(vector);
}

const wantsToBeTold =
  /^(?:please )?(?:what (?:is|are|was|were|happened|did|does|caused|led)|who|when|where did|which|describe|explain (?:the|what)|outline|topic|tell me about|give (?:me )?an overview|sum up|summari[sz]e)(?!\p{L})|^(?:bitte )?(?:was (?:ist|sind|war|waren|geschah|bedeutet|weiß)|wer|wann|welche|beschreib|erklär|erläuter|schildere|thema|gib (?:mir )?einen überblick|fasse)|发生了什么|是什么|主题|介绍|说明|如何评价|哪些|什么时候|谁/u;
const wantsItDone =
  /how (?:do|can|could|to|would)|instructions|wie (?:kann|mache|baue|stelle)|anleitung|怎么|怎样(?:才能|做|制)|如何(?!评价|看待)/u;

function asksToBeTold(prompt: string): boolean {
  const plain = plainText(prompt);
  return wantsToBeTold.test(plain) && !wantsItDone.test(plain);
}

/** Adds further features by name. */
export function withFeatures(
  { indices, values }: Features,
  added: readonly (readonly [name: string, value: number])[],
): Features {
  const vector = new Map(Array.from(indices, (index, at) => [index, values[at]!]));
  for (const [name, value] of added) {
    const index = hash(name) & (featureCount - 1);
    if (value !== 0) vector.set(index, (vector.get(index) ?? 0) + value);
  }
  return packedVector(vector);
}

function packedVector(vector: ReadonlyMap<number, number>): Features {
  const entries = [...vector].sort(([a], [b]) => a - b);
  return {
    indices: Int32Array.from(entries, ([index]) => index),
    values: Float64Array.from(entries, ([, value]) => value),
  };
}

type Sentence = { readonly text: string; readonly cues: readonly Cue[] };

const maxPieces = 120;

function textOf(sentences: readonly Sentence[]): string {
  return sentences.map(({ text }) => text).join('\n');
}

function cuesOf(sentences: readonly Sentence[]): ReadonlySet<Cue> {
  return new Set(sentences.flatMap(({ cues }) => cues));
}

function* wordRuns(text: string, longest: number): Iterable<string> {
  const words = wordsOf(text);
  for (let start = 0; start < words.length; start++) {
    for (let length = 1; length <= longest && start + length <= words.length; length++)
      yield words.slice(start, start + length).join(' ');
  }
}

function* openings(text: string): Iterable<string> {
  const words = wordsOf(text);
  for (let length = 1; length <= Math.min(4, words.length); length++) yield words.slice(0, length).join(' ');
}

function* characterRuns(text: string): Iterable<string> {
  const padded = ` ${text} `;
  for (const length of [3, 4, 5])
    for (let start = 0; start + length <= padded.length; start++) yield padded.slice(start, start + length);
}

/** Share of the prompt's longer words, or Chinese characters, that recur. */
function overlap(prompt: string, text: string): number {
  const asked = new Set(
    wordsOf(plainText(prompt)).filter((word) => word.length > 3 || /\p{Script=Han}/u.test(word)),
  );
  const said = new Set(wordsOf(text));
  return asked.size === 0 ? 0 : [...asked].filter((word) => said.has(word)).length / asked.size;
}

/** FNV-1a over UTF-16 units, finished as in MurmurHash3. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) h = Math.imul(h ^ text.charCodeAt(index), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
