// tokenizer.json with a byte-level BPE → the vocabulary keys of GGUF, as llama.cpp's own conversion writes them. Which of
// its pre-tokenizers a file means is told by the pattern that cuts texts into words; others are refused, since they would
// give other tokens in silence.
import { z } from 'zod';
import { lookUp } from '../../base/index.ts';
import type { GgufValue } from '../gguf/gguf.ts';
import { byteTexts } from '../tokenizer/byte-text.ts';
import type { CheckpointConfiguration } from './configuration.ts';
import { readJsonFile, readOptionalJsonFile, readOptionalText, refused, withoutEffect } from './json-file.ts';

const never = (what: string) => z.literal(false, `${what} is not known`).nullish();
const nothing = (what: string) => z.literal('', `${what} is not known`).nullish();

const addedToken = z.strictObject({
  id: z.int().min(0),
  content: z.string().min(1),
  special: z.boolean(),
  single_word: never('a token that is cut out as a whole word only'),
  lstrip: never('a token that takes the blanks before it'),
  rstrip: never('a token that takes the blanks behind it'),
  // NFC leaves no published control token other than it is.
  ...withoutEffect('normalized'),
});

const tokenizerSchema = z.strictObject({
  added_tokens: z.array(addedToken),
  normalizer: z
    .strictObject({ type: z.literal('NFC', 'normalisation other than NFC is not known') })
    .nullable()
    .optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  model: z.strictObject({
    type: z.literal('BPE', 'only byte-level BPE is known'),
    byte_fallback: z.literal(false, 'byte fallback is not byte-level BPE').nullish(),
    ignore_merges: z.boolean().nullish(),
    dropout: z.null('leaving out merges by chance is not known').optional(),
    continuing_subword_prefix: nothing('a prefix of parts of words'),
    end_of_word_suffix: nothing('a suffix of words'),
    vocab: z.record(z.string(), z.int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    // Every byte has a token, so that nothing is ever unknown.
    ...withoutEffect('unk_token', 'fuse_unk'),
  }),
  // Prompts are neither cut nor padded by the tokenizer, and llama.cpp writes text of byte-level tokens in one way.
  ...withoutEffect('version', 'truncation', 'padding', 'decoder'),
});

const token = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();

const configurationSchema = z.strictObject({
  bos_token: token,
  eos_token: token,
  pad_token: token,
  add_bos_token: z.boolean().nullish(),
  add_eos_token: never('a token behind every text'),
  add_prefix_space: never('a blank before every text'),
  split_special_tokens: never('control tokens that are read as text'),
  chat_template: z
    .union([z.string(), z.array(z.strictObject({ name: z.string(), template: z.string() }))])
    .nullish(),
  ...withoutEffect(
    // tokenizer.json says which tokens there are; these say it again, or which of them have names.
    ...(['added_tokens_decoder', 'additional_special_tokens', 'extra_special_tokens'] as const),
    ...([
      'unk_token',
      'sep_token',
      'cls_token',
      'mask_token',
      'image_token',
      'legacy',
      'spaces_between_special_tokens',
    ] as const),
    // Classes and versions of the library.
    ...([
      'tokenizer_class',
      'processor_class',
      'backend',
      'is_local',
      'local_files_only',
      'name_or_path',
    ] as const),
    ...([
      '_commit_hash',
      'tokenizer_file',
      'special_tokens_map_file',
      'model_input_names',
      'device_map',
    ] as const),
    ...([
      'use_default_system_prompt',
      'use_fast',
      'sp_model_kwargs',
      'from_slow',
      'trust_remote_code',
    ] as const),
    // Of texts that are padded, cut or cleaned afterwards, and of bytes that are no UTF-8.
    ...([
      'padding_side',
      'truncation_side',
      'pad_to_multiple_of',
      'model_max_length',
      'max_length',
      'stride',
    ] as const),
    ...(['truncation_strategy', 'pad_token_type_id', 'clean_up_tokenization_spaces', 'errors'] as const),
  ),
});

type TokenizerJson = z.infer<typeof tokenizerSchema>;

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const tail = '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const words = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+`;

/**
 * llama.cpp's names by the pattern, and whether words of the vocabulary are taken whole before any merge; digits one by one are
 * Qwen2's, three by three Llama 3's, and Phi-4's, whose tokenizer llama.cpp calls `dbrx`.
 */
const preTokenizers: Readonly<Record<string, { readonly merging: string; readonly whole?: string }>> = {
  [`${words}|\\p{N}${tail}`]: { merging: 'qwen2' },
  [`${words}|\\p{N}{1,3}${tail}`]: { merging: 'dbrx', whole: 'llama-bpe' },
};

/** GGUF's token types. */
const types = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

const maxTokens = 2 ** 19;

/** The `tokenizer.*` keys for a checkpoint, with the tokens that generation ends at. @throws TGL_CONVERSION_REFUSED */
export function readBpeVocabulary(
  directory: string,
  configuration: Pick<CheckpointConfiguration, 'vocabularySize' | 'beginning' | 'end'>,
  ends: readonly number[],
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
  const beginning = idOf('bos_token', configuration.beginning);
  const ids = {
    bos: beginning,
    eos: end,
    ...furtherEnds(directory, ends, end, texts),
    padding: idOf('pad_token', undefined),
  };
  const template = templateOf(settings) ?? readOptionalText(directory, 'chat_template.jinja');
  const beginningText = beginning === undefined ? undefined : texts[beginning];
  const putInFront = putsInFront(directory, file.post_processor, beginningText);
  const addsBeginning = settings?.add_bos_token ?? putInFront;
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
  const known = pattern === undefined ? undefined : lookUp(preTokenizers, pattern);
  if (known !== undefined) {
    const takesWhole = model.ignore_merges ?? false;
    const name = takesWhole ? known.whole : known.merging;
    if (name !== undefined) return name;
    if (model.merges.length === 0) return known.merging;
    const problem = `it is true where llama.cpp's ${known.merging} has false`;
    throw refused(directory, problem, 'tokenizer.json: model.ignore_merges');
  }
  // Ours: no merges, so it does not matter where a text is cut.
  if (pattern === undefined && model.merges.length === 0) return 'qwen2';
  const problem = `the pattern ${JSON.stringify(pattern ?? given)} is not known`;
  throw refused(directory, problem.slice(0, 300), 'tokenizer.json: pre_tokenizer');
}

/** Texts of tokens at which llama.cpp ends generation whatever the file says. */
const knownEnds: ReadonlySet<string> = new Set([
  ...['<|endoftext|>', '<|im_end|>', '<|eot_id|>', '<|eom_id|>', '<|end_of_text|>', '<|end|>'],
  ...['<｜end▁of▁sentence｜>', '</s>'],
]);

/** Names for tokens that end generation beside the first one. GGUF has two. @throws TGL_CONVERSION_REFUSED for more */
function furtherEnds(
  directory: string,
  ends: readonly number[],
  first: number | undefined,
  texts: readonly string[],
): { readonly eot?: number; readonly eom?: number } {
  const further = ends.filter((id) => id !== first && !knownEnds.has(texts[id] ?? ''));
  const outside = ends.find((id) => id >= texts.length);
  const where = 'generation_config.json: eos_token_id';
  if (outside !== undefined) throw refused(directory, `the id ${outside} is outside the vocabulary`, where);
  const [eot, eom, ...more] = [...new Set(further)];
  if (more.length > 0) throw refused(directory, `${JSON.stringify(ends)} are more ends than GGUF has`, where);
  return { ...(eot === undefined ? {} : { eot }), ...(eom === undefined ? {} : { eom }) };
}

const postProcessor = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ByteLevel'),
    ...withoutEffect('add_prefix_space', 'trim_offsets', 'use_regex'),
  }),
  z.strictObject({
    type: z.literal('TemplateProcessing'),
    single: z.array(
      z.union([
        z.strictObject({ SpecialToken: z.looseObject({ id: z.string() }) }),
        z.strictObject({ Sequence: z.looseObject({}) }),
      ]),
    ),
    ...withoutEffect('pair', 'special_tokens'),
  }),
]);

/** Whether the beginning token is put in front of a text. @throws TGL_CONVERSION_REFUSED for whatever else is added */
function putsInFront(directory: string, given: unknown, beginning: string | undefined): boolean | undefined {
  if (given === undefined || given === null) return undefined;
  const refuse = (): never => {
    const problem = `${JSON.stringify(given).slice(0, 200)} adds other tokens than one in front, or is not known`;
    throw refused(directory, problem, 'tokenizer.json: post_processor');
  };
  const list = z
    .union([
      postProcessor,
      z.strictObject({ type: z.literal('Sequence'), processors: z.array(postProcessor) }),
    ])
    .safeParse(given);
  if (!list.success) return refuse();
  const processors = list.data.type === 'Sequence' ? list.data.processors : [list.data];
  const added = processors.flatMap((processor) =>
    processor.type === 'ByteLevel'
      ? []
      : [processor.single.map((part) => ('SpecialToken' in part ? part.SpecialToken.id : null))],
  );
  if (added.length === 0) return undefined;
  const [[first, ...rest], ...others] = added as [(string | null)[]];
  if (others.length > 0) return refuse();
  if (first === null && rest.length === 0) return undefined;
  if (first !== beginning || rest.length !== 1 || rest[0] !== null) return refuse();
  return true;
}

/** The pattern of a `Split`, alone or as the one before `ByteLevel`. */
function patternIn(given: unknown): string | undefined {
  const split = z.strictObject({
    type: z.literal('Split'),
    pattern: z.strictObject({ Regex: z.string() }),
    behavior: z.literal('Isolated'),
    invert: z.literal(false).optional(),
  });
  const byteLevel = z.strictObject({
    type: z.literal('ByteLevel'),
    add_prefix_space: z.literal(false).optional(),
    // Cutting again by the pattern of GPT-2 is what `Split` is there to replace.
    use_regex: z.literal(false).optional(),
    ...withoutEffect('trim_offsets'),
  });
  const sequence = z.strictObject({
    type: z.literal('Sequence'),
    pretokenizers: z.tuple([split, byteLevel]),
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
  if (size > maxTokens) throw refuse(`a vocabulary of ${size} tokens`);
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
