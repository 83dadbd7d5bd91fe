// The vocabulary of models taught here: 256 byte tokens, control tokens, whole words, unused tokens as padding.
// llama.cpp cuts words and control tokens out of a text longest first, wherever they stand, and leaves the order of
// equally long ones to the C++ library. The shapes below make overlaps impossible (the first character of a token
// occurs nowhere else in any), so that the longest match from left to right is the same thing on every platform.
import { TiegelError } from '../../base/index.ts';
import { byteTexts } from './byte-text.ts';

/** `control` tokens count only in template text, `word` tokens everywhere; `unused` ones are never produced. */
export type TokenKind = 'byte' | 'control' | 'word' | 'unused';

/** `text` is what stands in the GGUF file: for a byte the character of GPT-2's table, otherwise the text itself. */
export type Token = { readonly text: string; readonly kind: TokenKind };

/** The index of a token is its id. */
export type Vocabulary = readonly Token[];

/** Every control token, in the order of their ids. */
export const controlTexts = [
  '<|pad|>',
  '<|end|>',
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<think>',
  '</think>',
] as const;

export type ControlText = (typeof controlTexts)[number];

const wordPattern = /^[ \n("'-]\p{L}{1,64}$/u;
const wordsInText = /[ \n("'-]\p{L}{1,64}/gu;
const controlPattern = /^<[^<> \n("'-]{1,64}>$/u;
/** Rows of the embedding are a multiple of this: Q8_0 blocks and SIMD tiles divide evenly. */
const sizeMultiple = 32;

/**
 * The words that texts are made of: letters with the one blank, line feed, quote, bracket or hyphen before them.
 * Letters at the very start of a text have no such mark and stay bytes. Sorted, without repetition.
 *
 * @example
 * import { collectWords } from './src/formats/index.ts';
 * collectWords(['Use 3 and 5 (each once).']); // → [' and', ' once', '(each']
 */
export function collectWords(texts: Iterable<string>): readonly string[] {
  const words = new Set<string>();
  for (const text of texts) for (const [word] of text.matchAll(wordsInText)) words.add(word);
  return [...words].sort();
}

/**
 * Bytes (ids 0 to 255), control tokens, the words in the order given, then unused tokens up to a multiple of 32.
 *
 * @param words as `collectWords` finds them; repetitions are dropped.
 * @throws TGL_TOKENIZER_INVALID for a word of another shape.
 */
export function buildVocabulary(words: Iterable<string>): Vocabulary {
  const tokens: Token[] = [
    ...byteTexts.map((text): Token => ({ text, kind: 'byte' })),
    ...controlTexts.map((text): Token => ({ text, kind: 'control' })),
    ...[...new Set(words)].map((text): Token => ({ text, kind: 'word' })),
  ];
  const used = tokens.length;
  while (tokens.length % sizeMultiple !== 0) {
    tokens.push({ text: `<|unused-${tokens.length - used}|>`, kind: 'unused' });
  }
  checkVocabulary(tokens);
  return tokens;
}

/** @throws TGL_TOKENIZER_INVALID unless the tokens are unique, non-overlapping and hold every byte and control token. */
export function checkVocabulary(vocabulary: Vocabulary): void {
  const kinds = new Map<string, TokenKind>();
  for (const { text, kind } of vocabulary) {
    if (kinds.has(text)) throw invalid(`the token ${JSON.stringify(text)} occurs twice`);
    kinds.set(text, kind);
    if (kind === 'word' && !wordPattern.test(text)) {
      throw invalid(
        `the word ${JSON.stringify(text)} is not one blank or mark followed by letters (see collectWords)`,
      );
    }
    if (kind === 'control' && !controlPattern.test(text)) {
      throw invalid(`the control token ${JSON.stringify(text)} does not have the form <name>`);
    }
  }
  for (const text of byteTexts) {
    if (kinds.get(text) !== 'byte') throw invalid(`the byte token ${JSON.stringify(text)} is missing`);
  }
  for (const text of controlTexts) {
    if (kinds.get(text) !== 'control') throw invalid(`the control token ${text} is missing`);
  }
}

function invalid(problem: string): TiegelError {
  return new TiegelError('TGL_TOKENIZER_INVALID', { problem });
}
