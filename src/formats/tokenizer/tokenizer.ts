// Text ↔ token ids, the same ids as llama.cpp gives for the exported file: the longest word or control token that
// starts at a byte, else the byte itself. There are no merges.
import { TiegelError } from '../../base/index.ts';
import type { PromptPiece } from '../prompt.ts';
import { byteTexts } from './byte-text.ts';
import { type ControlText, checkVocabulary, type Vocabulary } from './vocabulary.ts';

export type Tokenizer = {
  readonly vocabulary: Vocabulary;
  /** Token ids of the pieces one after the other; control tokens are recognised in special pieces only. */
  readonly encode: (pieces: readonly PromptPiece[]) => number[];
  /**
   * Text of the ids; bytes that are not UTF-8 become U+FFFD. Control tokens are written out unless `special` is false.
   * @throws TGL_TOKENIZER_INVALID for an id outside the vocabulary.
   */
  readonly decode: (ids: Iterable<number>, options?: { readonly special?: boolean }) => string;
  /** The bytes a token stands for; none for an unused token. */
  readonly bytesOf: (id: number) => Uint8Array;
  readonly controlId: (text: ControlText) => number;
};

type TrieNode = { readonly children: Map<number, TrieNode>; id: number | undefined };

/**
 * @throws TGL_TOKENIZER_INVALID when the vocabulary is not one that `buildVocabulary` could have made.
 * @example
 * import { buildVocabulary, createTokenizer } from './src/formats/index.ts';
 * const tokenizer = createTokenizer(buildVocabulary([' apples']));
 * tokenizer.encode([{ text: '3 apples', special: false }]); // → [51, 263]
 */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  checkVocabulary(vocabulary);
  const byteOfText = new Map(byteTexts.map((text, byte) => [text, byte]));
  const idOfByte = new Array<number>(256);
  const words = emptyNode();
  const wordsAndControls = emptyNode();
  const controls = new Map<string, number>();
  const bytes = vocabulary.map(({ text, kind }, id): Uint8Array => {
    if (kind === 'unused') return new Uint8Array();
    if (kind === 'byte') {
      const byte = byteOfText.get(text)!;
      idOfByte[byte] = id;
      return Uint8Array.of(byte);
    }
    const encoded = new TextEncoder().encode(text);
    insert(wordsAndControls, encoded, id);
    if (kind === 'word') insert(words, encoded, id);
    else controls.set(text, id);
    return encoded;
  });

  const bytesOf = (id: number): Uint8Array => {
    const found = bytes[id];
    if (found === undefined) {
      const problem = `the token id ${id} is outside 0 to ${vocabulary.length - 1}`;
      throw new TiegelError('TGL_TOKENIZER_INVALID', { problem });
    }
    return found;
  };

  return {
    vocabulary,
    bytesOf,
    controlId: (text) => controls.get(text)!,
    encode: (pieces) => {
      const ids: number[] = [];
      for (const { text, special } of pieces) {
        const encoded = Buffer.from(text);
        const trie = special ? wordsAndControls : words;
        for (let position = 0; position < encoded.length; ) {
          const match = longestMatch(trie, encoded, position);
          ids.push(match?.id ?? idOfByte[encoded[position]!]!);
          position = match?.end ?? position + 1;
        }
      }
      return ids;
    },
    decode: (ids, { special = true } = {}) => {
      const kept: Uint8Array[] = [];
      for (const id of ids) {
        const piece = bytesOf(id);
        if (special || vocabulary[id]!.kind !== 'control') kept.push(piece);
      }
      return Buffer.concat(kept).toString('utf8');
    },
  };
}

function emptyNode(): TrieNode {
  return { children: new Map(), id: undefined };
}

function insert(root: TrieNode, text: Uint8Array, id: number): void {
  let node = root;
  for (const byte of text) {
    const next = node.children.get(byte) ?? emptyNode();
    node.children.set(byte, next);
    node = next;
  }
  node.id = id;
}

function longestMatch(
  root: TrieNode,
  text: Uint8Array,
  start: number,
): { readonly id: number; readonly end: number } | undefined {
  let longest: { id: number; end: number } | undefined;
  let node = root.children.get(text[start]!);
  for (let end = start + 1; node !== undefined; end++) {
    if (node.id !== undefined) longest = { id: node.id, end };
    node = end < text.length ? node.children.get(text[end]!) : undefined;
  }
  return longest;
}
