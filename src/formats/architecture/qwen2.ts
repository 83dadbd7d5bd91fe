// GGUF architecture "qwen2": the decoder that is taught here and that R1's 1.5B and 7B distillations are. RMSNorm,
// half-split RoPE, grouped-query attention with q/k/v biases, SwiGLU. The one place that knows its keys and tensors.
import { TiegelError } from '../../base/index.ts';
import type { ChatTemplate } from '../chat-template/chat-template.ts';
import { defaultAlignment, type Gguf, type GgufMetadata, type GgufValue } from '../gguf/gguf.ts';
import {
  invalidMetadata,
  requireFloat,
  requireInteger,
  requireString,
  unsupportedMetadata,
} from '../gguf/metadata.ts';
import type { WritableType } from '../gguf/quantise.ts';
import { checkGgufVocabulary, vocabularyMetadata } from '../tokenizer/gguf-vocabulary.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

export type TransformerConfiguration = {
  readonly vocabularySize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly feedForward: number;
  readonly contextLength: number;
  readonly ropeBase: number;
  readonly normEpsilon: number;
};

/** A tensor that the architecture has; `shape` in ggml's order, row length first. */
export type ExpectedTensor = { readonly name: string; readonly shape: readonly number[] };

/** Caps that no known model comes near; they bound what a hostile file can make native code allocate. */
const ranges = {
  width: { low: 1, high: 2 ** 16 },
  layers: { low: 1, high: 512 },
  heads: { low: 1, high: 1024 },
  feedForward: { low: 1, high: 2 ** 20 },
  contextLength: { low: 1, high: 2 ** 24 },
  ropeBase: { low: 1, high: 1e12 },
  normEpsilon: { low: 1e-12, high: 0.1 },
} as const;

/** GGUF file type numbers of the types written here; readers show them only. */
const fileTypes: Record<WritableType, number> = { F32: 0, F16: 1, Q8_0: 7 };

/**
 * The metadata of a model, in the order they are written.
 *
 * @param description.type the type most tensors are stored in.
 */
export function qwen2Metadata(
  configuration: TransformerConfiguration,
  tokenizer: Tokenizer,
  description: {
    readonly name: string;
    readonly license: string;
    readonly template: ChatTemplate;
    readonly type: WritableType;
  },
): GgufMetadata {
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const float32 = (value: number): GgufValue => ({ type: 'float32', value });
  const string = (value: string): GgufValue => ({ type: 'string', value });
  return new Map<string, GgufValue>([
    ['general.architecture', string('qwen2')],
    ['general.type', string('model')],
    ['general.name', string(description.name)],
    ['general.license', string(description.license)],
    ['general.alignment', uint32(defaultAlignment)],
    ['general.file_type', uint32(fileTypes[description.type])],
    ['general.quantization_version', uint32(2)],
    ['qwen2.context_length', uint32(configuration.contextLength)],
    ['qwen2.embedding_length', uint32(configuration.width)],
    ['qwen2.block_count', uint32(configuration.layers)],
    ['qwen2.feed_forward_length', uint32(configuration.feedForward)],
    ['qwen2.attention.head_count', uint32(configuration.heads)],
    ['qwen2.attention.head_count_kv', uint32(configuration.keyValueHeads)],
    ['qwen2.attention.layer_norm_rms_epsilon', float32(configuration.normEpsilon)],
    ['qwen2.rope.freq_base', float32(configuration.ropeBase)],
    ...vocabularyMetadata(tokenizer),
    ['tokenizer.chat_template', string(description.template.text)],
  ]);
}

/** Every tensor of the architecture with a tied embedding, in the order they are written. */
export function qwen2Tensors(configuration: TransformerConfiguration): readonly ExpectedTensor[] {
  const { vocabularySize, width, layers, heads, keyValueHeads, feedForward } = configuration;
  const keyValueWidth = (width / heads) * keyValueHeads;
  const blocks = Array.from({ length: layers }, (_, layer): ExpectedTensor[] => {
    const name = (part: string): string => `blk.${layer}.${part}`;
    return [
      { name: name('attn_norm.weight'), shape: [width] },
      { name: name('attn_q.weight'), shape: [width, width] },
      { name: name('attn_q.bias'), shape: [width] },
      { name: name('attn_k.weight'), shape: [width, keyValueWidth] },
      { name: name('attn_k.bias'), shape: [keyValueWidth] },
      { name: name('attn_v.weight'), shape: [width, keyValueWidth] },
      { name: name('attn_v.bias'), shape: [keyValueWidth] },
      { name: name('attn_output.weight'), shape: [width, width] },
      { name: name('ffn_norm.weight'), shape: [width] },
      { name: name('ffn_gate.weight'), shape: [width, feedForward] },
      { name: name('ffn_up.weight'), shape: [width, feedForward] },
      { name: name('ffn_down.weight'), shape: [feedForward, width] },
    ];
  });
  return [
    { name: 'token_embd.weight', shape: [width, vocabularySize] },
    ...blocks.flat(),
    { name: 'output_norm.weight', shape: [width] },
  ];
}

/**
 * The configuration of a file, after checking that metadata, vocabulary and tensors fit each other: what passes has
 * none of the contradictions that make llama.cpp abort.
 *
 * @throws TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED for another architecture or a key whose effect is not known here.
 */
export function readQwen2(gguf: Gguf): TransformerConfiguration {
  const architecture = requireString(gguf, 'general.architecture');
  if (architecture !== 'qwen2')
    throw unsupportedMetadata('general.architecture', `the architecture is ${JSON.stringify(architecture)}`);
  const integer = (key: string, range: { low: number; high: number }): number =>
    requireInteger(gguf, `qwen2.${key}`, range);
  const width = integer('embedding_length', ranges.width);
  const heads = integer('attention.head_count', ranges.heads);
  const configuration: TransformerConfiguration = {
    vocabularySize: checkGgufVocabulary(gguf),
    width,
    layers: integer('block_count', ranges.layers),
    heads,
    keyValueHeads: integer('attention.head_count_kv', { low: 1, high: heads }),
    feedForward: integer('feed_forward_length', ranges.feedForward),
    contextLength: integer('context_length', ranges.contextLength),
    ropeBase: requireFloat(gguf, 'qwen2.rope.freq_base', ranges.ropeBase),
    normEpsilon: requireFloat(gguf, 'qwen2.attention.layer_norm_rms_epsilon', ranges.normEpsilon),
  };
  if (width % heads !== 0 || (width / heads) % 2 !== 0) {
    throw invalidMetadata(
      gguf,
      'qwen2.attention.head_count',
      `${heads} heads do not divide the width ${width} evenly`,
    );
  }
  if (heads % configuration.keyValueHeads !== 0) {
    throw invalidMetadata(gguf, 'qwen2.attention.head_count_kv', `it does not divide the ${heads} heads`);
  }
  checkFurtherKeys(gguf, configuration);
  checkTensors(gguf, configuration);
  return configuration;
}

/** Keys that change nothing if they say what follows from the others; any further key may change what is computed. */
function checkFurtherKeys(gguf: Gguf, configuration: TransformerConfiguration): void {
  const headWidth = configuration.width / configuration.heads;
  const implied = new Map([
    ['qwen2.rope.dimension_count', headWidth],
    ['qwen2.attention.key_length', headWidth],
    ['qwen2.attention.value_length', headWidth],
    ['qwen2.vocab_size', configuration.vocabularySize],
  ]);
  for (const key of gguf.metadata.keys()) {
    const value = implied.get(key);
    if (value !== undefined) requireInteger(gguf, key, { low: value, high: value });
    else if (key.startsWith('qwen2.') && !readKeys.has(key))
      throw unsupportedMetadata(key, 'the key is unknown');
  }
}

const readKeys: ReadonlySet<string> = new Set([
  'qwen2.context_length',
  'qwen2.embedding_length',
  'qwen2.block_count',
  'qwen2.feed_forward_length',
  'qwen2.attention.head_count',
  'qwen2.attention.head_count_kv',
  'qwen2.attention.layer_norm_rms_epsilon',
  'qwen2.rope.freq_base',
]);

function checkTensors(gguf: Gguf, configuration: TransformerConfiguration): void {
  const refuse = (name: string, problem: string): TiegelError =>
    new TiegelError('TGL_GGUF_INVALID', { problem, offset: 0, where: `tensor ${name}` });
  const tensors = new Map(gguf.tensors.map((tensor) => [tensor.name, tensor]));
  const expected = [...qwen2Tensors(configuration)];
  // Larger models keep the output projection apart from the embedding.
  if (tensors.has('output.weight')) {
    expected.push({ name: 'output.weight', shape: [configuration.width, configuration.vocabularySize] });
  }
  for (const { name, shape } of expected) {
    const found = tensors.get(name);
    if (found === undefined) throw refuse(name, 'the tensor is missing');
    if (found.shape.join() !== shape.join())
      throw refuse(name, `the shape is [${found.shape}], not [${shape}]`);
    if (shape.length === 1 && found.type !== 'F32') throw refuse(name, `a vector is F32, not ${found.type}`);
    tensors.delete(name);
  }
  const [surplus] = tensors.keys();
  if (surplus !== undefined) throw refuse(surplus, 'the architecture has no such tensor');
}
