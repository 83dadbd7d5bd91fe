// The vocabulary in GGUF metadata. Ours is written as model "gpt2" with no merges, so that llama.cpp makes one token of
// every byte that no word takes, and pre-tokenizer "qwen2", under which it leaves blanks alone when it writes text.
import { lookUp, type TiegelError } from '../../base/index.ts';
import type { Gguf, GgufValue } from '../gguf/gguf.ts';
import {
  invalidMetadata,
  requireBoolean,
  requireInt32s,
  requireInteger,
  requireString,
  requireStrings,
  shownValue,
  unsupportedMetadata,
} from '../gguf/metadata.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';
import type { Token, TokenKind } from './vocabulary.ts';

/** llama.cpp's token types; bytes are NORMAL tokens, since type BYTE means the form `<0x41>` of other tokenizers. */
const typeOfKind: Record<TokenKind, number> = { byte: 1, control: 3, word: 4, unused: 5 };
const kindOfType = new Map(Object.entries(typeOfKind).map(([kind, type]) => [type, kind as TokenKind]));

/** The `tokenizer.*` keys of a model with this tokenizer; generation ends at `<|end|>` and nothing is put in front. */
export function vocabularyMetadata(tokenizer: Tokenizer): readonly (readonly [string, GgufValue])[] {
  const { vocabulary, controlId } = tokenizer;
  const types = Int32Array.from(vocabulary, ({ kind }) => typeOfKind[kind]);
  const tokens = vocabulary.map(({ text }) => text);
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'qwen2' }],
    ['tokenizer.ggml.tokens', { type: 'array', elementType: 'string', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', elementType: 'int32', value: types }],
    ['tokenizer.ggml.merges', { type: 'array', elementType: 'string', value: [] }],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: controlId('<|pad|>') }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: controlId('<|end|>') }],
    ['tokenizer.ggml.padding_token_id', { type: 'uint32', value: controlId('<|pad|>') }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
  ];
}

/**
 * Checks the vocabulary of any model, byte-level or of SentencePiece, ours or not, for what llama.cpp aborts on or accepts in silence.
 *
 * @returns the number of tokens.
 * @throws TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED for another kind of tokenizer.
 */
export function checkGgufVocabulary(gguf: Gguf): number {
  const model = requireString(gguf, 'tokenizer.ggml.model');
  if (model !== 'gpt2' && model !== 'llama')
    throw unsupportedMetadata('tokenizer.ggml.model', `the tokenizer is ${JSON.stringify(model)}`);
  const tokens = requireStrings(gguf, 'tokenizer.ggml.tokens');
  const types = requireInt32s(gguf, 'tokenizer.ggml.token_type');
  if (model === 'gpt2') requireStrings(gguf, 'tokenizer.ggml.merges');
  const refuse = (problem: string): TiegelError => invalidMetadata(gguf, 'tokenizer.ggml.tokens', problem);
  if (tokens.length === 0) throw refuse('the vocabulary is empty');
  if (types.length !== tokens.length) throw refuse(`${tokens.length} tokens have ${types.length} types`);
  if (tokens.includes('')) throw refuse(`token ${tokens.indexOf('')} is empty`);
  if (new Set(tokens).size < tokens.length) throw refuse('a token occurs twice');
  const unknown = types.findIndex((type) => type < 1 || type > 6);
  if (unknown >= 0) throw refuse(`token ${unknown} has the unknown type ${types[unknown]}`);
  if (model === 'llama') checkSentencePieces(gguf, types, refuse);
  checkFurtherKeys(gguf, tokens.length);
  return tokens.length;
}

/** llama.cpp's token type BYTE; a text that no piece covers is spelt in bytes, and aborts without them. */
const byteType = 6;

function checkSentencePieces(gguf: Gguf, types: Int32Array, refuse: (problem: string) => TiegelError): void {
  const key = 'tokenizer.ggml.scores';
  const scores = gguf.metadata.get(key);
  if (scores?.type !== 'array' || scores.elementType !== 'float32')
    throw invalidMetadata(gguf, key, 'pieces have scores, which are an array of float32');
  if (scores.value.length !== types.length)
    throw invalidMetadata(gguf, key, `${types.length} tokens have ${scores.value.length} scores`);
  if (!Array.from<unknown>(scores.value).every(Number.isFinite))
    throw invalidMetadata(gguf, key, 'a score is not a finite number');
  const bytes = types.filter((type) => type === byteType).length;
  if (bytes !== 256) throw refuse(`${bytes} of 256 bytes have a token`);
  // A prompt comes in pieces, and a blank in front of each would be one that nobody wrote.
  const blank = `${prefix}add_space_prefix`;
  if (!gguf.metadata.has(blank))
    throw unsupportedMetadata(blank, 'without the key llama.cpp puts a blank in front of every text');
}

const prefix = 'tokenizer.ggml.';

/** Read above, or without effect on a byte-level BPE. */
const readOrWithoutEffect: ReadonlySet<string> = new Set([
  ...['model', 'tokens', 'token_type', 'merges', 'scores', 'token_type_count'],
]);

/** What llama.cpp reads as an order; with the values that leave texts as they are. */
const switches: Readonly<Record<string, readonly boolean[]>> = {
  add_bos_token: [true, false],
  add_eos_token: [false],
  add_sep_token: [false],
  add_space_prefix: [false],
  remove_extra_whitespaces: [false],
  'normalizer.lowercase': [false],
  'normalizer.strip_accents': [false],
};

/** Any key that llama.cpp reads, or will read, and that nothing here understands is refused. */
function checkFurtherKeys(gguf: Gguf, size: number): void {
  for (const key of gguf.metadata.keys()) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (readOrWithoutEffect.has(name)) continue;
    if (name === 'pre') requireString(gguf, key);
    else if (name.endsWith('_token_id')) requireInteger(gguf, key, { low: 0, high: size - 1 });
    else if (lookUp(switches, name)) {
      const value = requireBoolean(gguf, key);
      if (!lookUp(switches, name)?.includes(value)) throw unsupportedMetadata(key, `its value is ${value}`);
    } else throw unsupportedMetadata(key, `the key is unknown; its value is ${shownValue(gguf, key)}`);
  }
}

/**
 * The tokenizer of a model that was taught here.
 *
 * @throws TGL_GGUF_UNSUPPORTED when it is another kind, TGL_TOKENIZER_INVALID, TGL_GGUF_INVALID
 */
export function readTokenizer(gguf: Gguf): Tokenizer {
  checkGgufVocabulary(gguf);
  if (requireStrings(gguf, 'tokenizer.ggml.merges').length > 0) {
    throw unsupportedMetadata('tokenizer.ggml.merges', 'byte pair merges');
  }
  const types = requireInt32s(gguf, 'tokenizer.ggml.token_type');
  const tokens = requireStrings(gguf, 'tokenizer.ggml.tokens').map((text, id): Token => {
    const kind = kindOfType.get(types[id]!);
    if (kind === undefined) throw unsupportedMetadata('tokenizer.ggml.token_type', `token type ${types[id]}`);
    return { text, kind };
  });
  return createTokenizer(tokens);
}
