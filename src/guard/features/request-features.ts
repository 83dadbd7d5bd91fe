// What the guard keeps of one prompt: hashes and numbers, never text. One pass over at most 2,048 characters, head and tail,
// in the time of some hundred hashes. It sees words and their order in pairs; it does not see what they mean, so that a
// paraphrase by a model, or another language than those it was taught on, may pass it.
import { type HashKey, keyedHash, spread } from '../sketches/hash.ts';
import { fourierOf, project, vocabularySize } from './fourier.ts';

export type RequestFeatures = {
  /** Keyed: of the whole prompt, and of its skeleton, the first and last words with numbers masked. */
  readonly prompt: number;
  readonly skeleton: number;
  /** Keyed: of the first five and of the last five words, where a wrapper stands. */
  readonly opening: number;
  readonly closing: number;
  /** Not keyed, so that lists of public benchmarks fit every server; it is looked up and dropped. */
  readonly fingerprint: string;
  readonly words: number;
  /** Of the whole prompt, in UTF-16 code units. */
  readonly characters: number;
  /** Hashed words and pairs of words that occur, each once, and their weights, whose squares sum up to 1. */
  readonly grams: Uint16Array;
  readonly weights: Float32Array;
  /** Random Fourier features of them. */
  readonly fourier: Float32Array;
  /** One of 32 cells of similar prompts. */
  readonly topic: number;
};

const headCharacters = 1536;
const tailCharacters = 512;
const maxWords = headCharacters + tailCharacters;
const edgeWords = 5;

const punctuation = new Set([...'?:`(\n='].map((character) => character.charCodeAt(0)));
/** N-grams from here on are kinds of punctuation. */
const firstPunctuation = vocabularySize - 128;
const maskedNumber = 1;

/** Counts of n-grams in one prompt, in their order. */
type Counts = { readonly inOrder: Uint16Array; size: number; readonly counts: Uint16Array };

/** The words of a prompt as hashes, with numbers masked, and two hashes of the whole without the mask. */
type Scanned = { readonly words: Int32Array; size: number; first: number; second: number };

export type FeatureExtractor = (prompt: string) => RequestFeatures;

/** What it works with is allocated once; it is called for one prompt at a time. */
export function createFeatureExtractor(key: HashKey): FeatureExtractor {
  const scanned: Scanned = { words: new Int32Array(maxWords), size: 0, first: 0, second: 0 };
  const counts: Counts = {
    inOrder: new Uint16Array(3 * maxWords),
    size: 0,
    counts: new Uint16Array(vocabularySize),
  };
  return (prompt) => {
    scan(prompt, scanned, counts);
    const { grams, weights } = weigh(counts);
    const projected = project(grams, weights);
    const { words, size, first, second } = scanned;
    const opening = edgeHash(words, 0, Math.min(edgeWords, size));
    const closing = edgeHash(words, Math.max(0, size - edgeWords), size);
    return {
      prompt: keyedHash(key, first, second),
      skeleton: keyedHash(key, opening, closing),
      opening: keyedHash(key, opening, 1),
      closing: keyedHash(key, closing, 2),
      fingerprint: `${hexadecimal(first)}${hexadecimal(second)}`,
      words: size,
      characters: prompt.length,
      ...{ grams, weights },
      fourier: fourierOf(projected),
      topic: topicOf(projected),
    };
  };
}

/** Letters of any script are of words, digits are of numbers, and everything else ends both. */
function scan(prompt: string, scanned: Scanned, counts: Counts): void {
  const long = prompt.length > headCharacters + tailCharacters;
  const headEnd = long ? headCharacters : prompt.length;
  let [word, previous, isNumber] = [0, 0, false];
  scanned.size = 0;
  scanned.first = 0x811c9dc5;
  scanned.second = 0x2545f491;
  counts.size = 0;
  for (let index = 0; index <= prompt.length; index++) {
    if (long && index === headEnd) index = prompt.length - tailCharacters;
    // A space behind the end ends the last word.
    const unit = index < prompt.length ? lowerCase(prompt.charCodeAt(index)) : 32;
    if (isDigit(unit) || isLetter(unit)) {
      isNumber ||= isDigit(unit);
      word = (Math.imul(word, 31) + unit) | 0;
      continue;
    }
    if (word !== 0) {
      const whole = spread(word);
      scanned.first = Math.imul(scanned.first ^ whole, 0x01000193);
      scanned.second = (Math.imul(scanned.second, 0x5bd1e995) + whole) | 0;
      const masked = isNumber ? maskedNumber : whole;
      if (scanned.size < maxWords) scanned.words[scanned.size++] = masked;
      count(counts, masked & (vocabularySize - 1));
      if (previous !== 0) count(counts, spread(masked ^ Math.imul(previous, 31)) & (vocabularySize - 1));
      [previous, word, isNumber] = [masked, 0, false];
    }
    if (punctuation.has(unit)) count(counts, firstPunctuation + unit);
  }
}

function lowerCase(unit: number): number {
  return unit >= 65 && unit <= 90 ? unit | 32 : unit;
}

function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || unit > 127;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

function count(counts: Counts, gram: number): void {
  if (counts.counts[gram] === 0) counts.inOrder[counts.size++] = gram;
  counts.counts[gram]!++;
}

/** Logarithms of the counts, of length one; the counts are 0 again. */
function weigh({ inOrder, size, counts }: Counts): {
  readonly grams: Uint16Array;
  readonly weights: Float32Array;
} {
  const grams = inOrder.slice(0, size);
  const weights = new Float32Array(size);
  let squares = 0;
  for (let index = 0; index < size; index++) {
    const often = counts[grams[index]!]!;
    const weight = often === 1 ? 1 : 1 + Math.log(often);
    weights[index] = weight;
    squares += weight * weight;
    counts[grams[index]!] = 0;
  }
  const scale = 1 / Math.sqrt(squares || 1);
  for (let index = 0; index < size; index++) weights[index]! *= scale;
  return { grams, weights };
}

function edgeHash(words: Int32Array, start: number, end: number): number {
  let hash = 17;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ words[index]!, 0x01000193);
  return spread(hash);
}

/** The signs of five coordinates, as in locality-sensitive hashing by random hyperplanes (Charikar 2002). */
function topicOf(projected: Float32Array): number {
  let cell = 0;
  for (let bit = 0; bit < 5; bit++) cell |= projected[bit]! > 0 ? 1 << bit : 0;
  return cell;
}

function hexadecimal(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
