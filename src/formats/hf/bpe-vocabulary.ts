// tokenizer.json with a byte-level BPE → the vocabulary keys of GGUF, as llama.cpp's own conversion writes them. Which of
// its pre-tokenizers a file means is told by the pattern that cuts texts into words; others are refused, since they would
// give other tokens in silence.
import { z } from 'zod';
import { lookUp } from '../../base/index.ts';
import type { GgufValue } from '../gguf/gguf.ts';
import { byteTexts } from '../tokenizer/byte-text.ts';
import type { CheckpointConfiguration } from './configuration.ts';
import { readJsonFile, readOptionalJsonFile, readOptionalText, refused } from './json-file.ts';

const tokenizerSchema = z.object({
  added_tokens: z.array(z.object({ id: z.int().min(0), content: z.string().min(1), special: z.boolean() })),
  normalizer: z
    .object({ type: z.literal('NFC', 'normalisation other than NFC is not known') })
    .nullable()
    .optional(),
  pre_tokenizer: z.unknown().optional(),
  model: z.object({
    type: z.literal('BPE', 'only byte-level BPE is known'),
    byte_fallback: z.literal(false, 'byte fallback is not byte-level BPE').nullish(),
    ignore_merges: z.boolean().nullish(),
    vocab: z.record(z.string(), z.int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

const token = z.union([z.string(), z.object({ content: z.string() })]).nullish();

const configurationSchema = z.object({
  bos_token: token,
  eos_token: token,
  pad_token: token,
  add_bos_token: z.boolean().nullish(),
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
});

type TokenizerJson = z.infer<typeof tokenizerSchema>;

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const tail = '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const words = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+`;

/** llama.cpp's names by the pattern; digits one by one are Qwen2's, three by three Llama 3's. */
const preTokenizers: Readonly<Record<string, string>> = {
  [`${words}|\\p{N}${tail}`]: 'qwen2',
  [`${words}|\\p{N}{1,3}${tail}`]: 'llama-bpe',
};

/** GGUF's token types. */
const types = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

const mostTokens = 2 ** 19;

/** The `tokenizer.*` keys for a checkpoint. @throws TGL_CONVERSION_REFUSED */
export function readBpeVocabulary(
  directory: string,
  configuration: Pick<CheckpointConfiguration, 'vocabularySize' | 'beginning' | 'end'>,
): readonly (readonly [string, GgufValue])[] {
  const file = readJsonFile(directory, 'tokenizer.json', tokenizerSchema);
  const settings = readOptionalJsonFile(directory, 'tokenizer_config.json', configurationSchema);
  const pre = preTokenizerOf(directory, file);
  const { texts, kinds } = tokensOf(directory, file, configuration.vocabularySize);
  const merges = file.model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));

  const idOf = (
    name: 'bos_token' | 'eos_token' | 'pad_token',
    fallback: number | undefined,
  ): number | undefined => {
    const named = settings?.[name];
    const text = typeof named === 'string' ? named : named?.content;
    const id = text === undefined ? -1 : texts.indexOf(text);
    return id >= 0 ? id : fallback;
  };
  const end = idOf('eos_token', configuration.end);
  const ids = {
    bos: idOf('bos_token', configuration.beginning),
    eos: end,
    padding: idOf('pad_token', undefined),
  };
  const template = templateOf(settings) ?? readOptionalText(directory, 'chat_template.jinja');
  const addsBeginning = settings?.add_bos_token;
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: pre }],
    ['tokenizer.ggml.tokens', { type: 'array', elementType: 'string', value: texts }],
    ['tokenizer.ggml.token_type', { type: 'array', elementType: 'int32', value: kinds }],
    ['tokenizer.ggml.merges', { type: 'array', elementType: 'string', value: merges }],
    ...Object.entries(ids).flatMap(([name, id]): [string, GgufValue][] =>
      id === undefined ? [] : [[`tokenizer.ggml.${name}_token_id`, { type: 'uint32', value: id }]],
    ),
    ...((typeof addsBeginning === 'boolean'
      ? [['tokenizer.ggml.add_bos_token', { type: 'bool', value: addsBeginning }]]
      : []) as [string, GgufValue][]),
    ...((template === undefined
      ? []
      : [['tokenizer.chat_template', { type: 'string', value: template }]]) as [string, GgufValue][]),
  ];
}

function preTokenizerOf(directory: string, { pre_tokenizer: given, model }: TokenizerJson): string {
  const pattern = patternIn(given);
  const name = pattern === undefined ? undefined : lookUp(preTokenizers, pattern);
  if (name !== undefined) return name;
  // Ours: no merges, so it does not matter where a text is cut.
  if (pattern === undefined && model.merges.length === 0) return 'qwen2';
  const problem = `the pattern ${JSON.stringify(pattern ?? given)} is not known`;
  throw refused(directory, problem.slice(0, 300), 'tokenizer.json: pre_tokenizer');
}

/** The pattern of a `Split`, alone or as the one before `ByteLevel`. */
function patternIn(given: unknown): string | undefined {
  const split = z.object({
    type: z.literal('Split'),
    pattern: z.object({ Regex: z.string() }),
    behavior: z.literal('Isolated'),
    invert: z.literal(false).optional(),
  });
  const sequence = z.object({
    type: z.literal('Sequence'),
    pretokenizers: z.tuple([split, z.object({ type: z.literal('ByteLevel') })]),
  });
  const result = z.union([sequence, split]).safeParse(given);
  if (!result.success) return undefined;
  const { data } = result;
  return data.type === 'Split' ? data.pattern.Regex : data.pretokenizers[0].pattern.Regex;
}

/** Texts and types by id; ids that nothing names, up to the rows of the embedding, are unused. */
function tokensOf(
  directory: string,
  { added_tokens: added, model }: TokenizerJson,
  size: number,
): { readonly texts: readonly string[]; readonly kinds: Int32Array } {
  const refuse = (problem: string) => refused(directory, problem, 'tokenizer.json');
  if (size > mostTokens) throw refuse(`a vocabulary of ${size} tokens`);
  const texts = new Array<string | undefined>(size);
  const kinds = new Int32Array(size).fill(types.unused);
  const place = (text: string, id: number, kind: number): void => {
    if (id >= size)
      throw refuse(`the token ${JSON.stringify(text)} has the id ${id}, the model ${size} rows`);
    if (texts[id] !== undefined && texts[id] !== text) throw refuse(`two tokens have the id ${id}`);
    texts[id] = text;
    kinds[id] = kind;
  };
  const byteTextSet = new Set(byteTexts);
  const hasMerges = model.merges.length > 0;
  for (const [text, id] of Object.entries(model.vocab)) {
    // Without merges nothing but single bytes is ever made.
    place(text, id, hasMerges || byteTextSet.has(text) ? types.normal : types.unused);
  }
  for (const { id, content, special } of added) {
    place(content, id, special || looksSpecial(content) ? types.control : types.userDefined);
  }
  const missing = byteTexts.find((text) => !Object.hasOwn(model.vocab, text));
  if (missing !== undefined) throw refuse(`the byte token ${JSON.stringify(missing)} is missing`);
  return { texts: Array.from(texts, (text, id) => text ?? `[PAD${id}]`), kinds };
}

/** llama.cpp's conversion reads tokens in bars as control tokens, whatever the file says: DeepSeek's say nothing. */
function looksSpecial(text: string): boolean {
  return /^<\|.*\|>$|^<｜.*｜>$/u.test(text);
}

function templateOf(settings: z.infer<typeof configurationSchema> | undefined): string | undefined {
  const given = settings?.chat_template;
  if (typeof given !== 'object' || given === null) return given ?? undefined;
  return given.find(({ name }) => name === 'default')?.template;
}
