// The decoder-only architectures that can be served, read from GGUF: "qwen2" (taught here; R1's Qwen distillations, QwQ),
// "llama" (R1's Llama distillations, Mistral), "qwen3" and "smollm3". One body, RMSNorm, RoPE, grouped-query attention, SwiGLU, whose
// differences are the rows of a table. The one place that knows their keys and tensors.
import { lookUp, TiegelError } from '../../base/index.ts';
import type { Gguf } from '../gguf/gguf.ts';
import {
  invalidMetadata,
  requireBoolean,
  requireFloat,
  requireInteger,
  requireString,
  shownValue,
  unsupportedMetadata,
} from '../gguf/metadata.ts';
import { checkGgufVocabulary } from '../tokenizer/gguf-vocabulary.ts';

export type TransformerConfiguration = {
  readonly vocabularySize: number;
  /** Width of the residual stream. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Divides `heads`. */
  readonly keyValueHeads: number;
  /** Inner width of the feed-forward part. */
  readonly feedForward: number;
  /** Most positions of a sequence, prompt and completion together. */
  readonly contextLength: number;
  /** 10000 in Qwen2's smaller models. */
  readonly ropeBase: number;
  /** 1e-6 in Qwen2. */
  readonly normEpsilon: number;
};

/** What a file says, also where it departs from the shape that is taught here. */
export type DecoderConfiguration = TransformerConfiguration & {
  readonly architecture: Architecture;
  /** Elements of one head; `width / heads` in most models. */
  readonly headWidth: number;
  /** RoPE's angles or their cosines and sines are not those of `ropeBase` alone; llama.cpp computes what they are. */
  readonly ropeScaled: boolean;
};

type Traits = {
  /** Biases of the q, k and v projections. */
  readonly biases: boolean;
  /** RMSNorm over each head of q and k. */
  readonly headNorms: boolean;
  /** Llama 3.1 scales each RoPE frequency by a factor of its own, kept as a tensor. */
  readonly ropeFactors: boolean;
};

export type Architecture = 'qwen2' | 'llama' | 'qwen3' | 'smollm3';

const traits: Readonly<Record<Architecture, Traits>> = {
  qwen2: { biases: true, headNorms: false, ropeFactors: false },
  llama: { biases: false, headNorms: false, ropeFactors: true },
  qwen3: { biases: false, headNorms: true, ropeFactors: false },
  // llama.cpp leaves out RoPE in every fourth layer.
  smollm3: { biases: false, headNorms: false, ropeFactors: false },
};

/** A tensor that the architecture has; `shape` in ggml's order, row length first. */
export type ExpectedTensor = { readonly name: string; readonly shape: readonly number[] };

const ropeFactors = 'rope_freqs.weight';

type Range = { readonly low: number; readonly high: number };

/** Caps that no known model comes near; they bound what a hostile file can make native code allocate. */
const ranges = {
  width: { low: 1, high: 2 ** 16 },
  layers: { low: 1, high: 512 },
  heads: { low: 1, high: 1024 },
  headWidth: { low: 2, high: 1024 },
  feedForward: { low: 1, high: 2 ** 20 },
  contextLength: { low: 1, high: 2 ** 24 },
  ropeBase: { low: 1, high: 1e12 },
  normEpsilon: { low: 1e-12, high: 0.1 },
  ropeFactor: { low: 1e-3, high: 1e4 },
  ropeShare: { low: 0, high: 1e4 },
} as const;

/** Every tensor of a decoder with a tied embedding, in the order they are written. */
export function decoderTensors(
  configuration: Omit<DecoderConfiguration, 'ropeScaled'>,
): readonly ExpectedTensor[] {
  const { vocabularySize, width, layers, heads, keyValueHeads, headWidth, feedForward } = configuration;
  const { biases, headNorms } = traits[configuration.architecture];
  const block = (layer: number): ExpectedTensor[] => {
    const tensor = (part: string, ...shape: number[]): ExpectedTensor => ({
      name: `blk.${layer}.${part}`,
      shape,
    });
    const projection = (part: string, rows: number): ExpectedTensor[] => [
      tensor(`${part}.weight`, width, rows),
      ...(biases ? [tensor(`${part}.bias`, rows)] : []),
    ];
    return [
      tensor('attn_norm.weight', width),
      ...projection('attn_q', heads * headWidth),
      ...projection('attn_k', keyValueHeads * headWidth),
      ...projection('attn_v', keyValueHeads * headWidth),
      ...(headNorms
        ? [tensor('attn_q_norm.weight', headWidth), tensor('attn_k_norm.weight', headWidth)]
        : []),
      tensor('attn_output.weight', heads * headWidth, width),
      tensor('ffn_norm.weight', width),
      tensor('ffn_gate.weight', width, feedForward),
      tensor('ffn_up.weight', width, feedForward),
      tensor('ffn_down.weight', feedForward, width),
    ];
  };
  return [
    { name: 'token_embd.weight', shape: [width, vocabularySize] },
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    { name: 'output_norm.weight', shape: [width] },
  ];
}

/**
 * The configuration of a file, after checking that metadata, vocabulary and tensors fit each other: what passes has
 * none of the contradictions that make llama.cpp abort.
 *
 * @throws TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED for another architecture or a key whose effect is not known here.
 */
export function readDecoder(gguf: Gguf): DecoderConfiguration {
  const architecture = requireString(gguf, 'general.architecture');
  if (!isArchitecture(architecture)) {
    throw unsupportedMetadata(
      'general.architecture',
      `the architecture is ${JSON.stringify(architecture)}; known are ${Object.keys(traits).join(', ')}`,
    );
  }
  const key = (name: string): string => `${architecture}.${name}`;
  const integer = (name: string, range: Range): number => requireInteger(gguf, key(name), range);
  const vocabularySize = checkGgufVocabulary(gguf);
  const width = integer('embedding_length', ranges.width);
  const heads = integer('attention.head_count', ranges.heads);
  const configuration: DecoderConfiguration = {
    architecture,
    vocabularySize,
    width,
    layers: integer('block_count', ranges.layers),
    heads,
    keyValueHeads: integer('attention.head_count_kv', { low: 1, high: heads }),
    headWidth: readHeadWidth(gguf, key, width, heads),
    feedForward: integer('feed_forward_length', ranges.feedForward),
    contextLength: integer('context_length', ranges.contextLength),
    ropeBase: requireFloat(gguf, key('rope.freq_base'), ranges.ropeBase),
    normEpsilon: requireFloat(gguf, key('attention.layer_norm_rms_epsilon'), ranges.normEpsilon),
    ropeScaled:
      gguf.metadata.keys().some((name) => name.startsWith(key('rope.scaling.'))) || hasRopeFactors(gguf),
  };
  if (heads % configuration.keyValueHeads !== 0) {
    throw invalidMetadata(gguf, key('attention.head_count_kv'), `it does not divide the ${heads} heads`);
  }
  checkFurtherKeys(gguf, configuration);
  checkTensors(gguf, configuration);
  return configuration;
}

function hasRopeFactors(gguf: Gguf): boolean {
  return gguf.tensors.some(({ name }) => name === ropeFactors);
}

function isArchitecture(name: string): name is Architecture {
  return Object.hasOwn(traits, name);
}

function readHeadWidth(gguf: Gguf, key: (name: string) => string, width: number, heads: number): number {
  const stated = key('attention.key_length');
  const headWidth = gguf.metadata.has(stated)
    ? requireInteger(gguf, stated, ranges.headWidth)
    : width / heads;
  if (headWidth % 2 === 0) return headWidth;
  throw invalidMetadata(
    gguf,
    gguf.metadata.has(stated) ? stated : key('attention.head_count'),
    `${heads} heads do not divide the width ${width} into heads of an even size`,
  );
}

/**
 * Keys that are read above, that say what follows from others, or that change RoPE in a way llama.cpp computes; any
 * further key may change what is computed and is refused.
 */
function checkFurtherKeys(gguf: Gguf, configuration: DecoderConfiguration): void {
  const { architecture, headWidth, vocabularySize } = configuration;
  const exactly = (value: number) => (key: string) => requireInteger(gguf, key, { low: value, high: value });
  const checks: Readonly<Record<string, (key: string) => unknown>> = {
    ...Object.fromEntries(readAbove.map((name) => [name, () => undefined])),
    'rope.dimension_count': exactly(headWidth),
    'attention.value_length': exactly(headWidth),
    vocab_size: exactly(vocabularySize),
    'rope.scaling.type': (key) => checkRopeScaling(gguf, key),
    'rope.scaling.factor': (key) => requireFloat(gguf, key, ranges.ropeFactor),
    'rope.scaling.attn_factor': (key) => requireFloat(gguf, key, ranges.ropeFactor),
    'rope.scaling.yarn_ext_factor': (key) => requireFloat(gguf, key, ranges.ropeShare),
    'rope.scaling.yarn_attn_factor': (key) => requireFloat(gguf, key, ranges.ropeShare),
    'rope.scaling.yarn_log_multiplier': (key) => requireFloat(gguf, key, ranges.ropeShare),
    'rope.scaling.yarn_beta_fast': (key) => requireFloat(gguf, key, ranges.ropeFactor),
    'rope.scaling.yarn_beta_slow': (key) => requireFloat(gguf, key, ranges.ropeFactor),
    'rope.scaling.original_context_length': (key) => requireInteger(gguf, key, ranges.contextLength),
    'rope.scaling.finetuned': (key) => requireBoolean(gguf, key),
  };
  const prefix = `${architecture}.`;
  for (const key of gguf.metadata.keys()) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    const check = lookUp(checks, name);
    if (check === undefined) {
      throw unsupportedMetadata(key, `the key is unknown; its value is ${shownValue(gguf, key)}`);
    }
    check(key);
  }
}

const readAbove = [
  'context_length',
  'embedding_length',
  'block_count',
  'feed_forward_length',
  'attention.head_count',
  'attention.head_count_kv',
  'attention.key_length',
  'attention.layer_norm_rms_epsilon',
  'rope.freq_base',
] as const;

function checkRopeScaling(gguf: Gguf, key: string): void {
  const type = requireString(gguf, key);
  if (type !== 'none' && type !== 'linear' && type !== 'yarn') {
    throw unsupportedMetadata(key, `RoPE scaling of type ${JSON.stringify(type)}`);
  }
}

function checkTensors(gguf: Gguf, configuration: DecoderConfiguration): void {
  const refuse = (name: string, problem: string): TiegelError =>
    new TiegelError('TGL_GGUF_INVALID', { problem, offset: 0, where: `tensor ${name}` });
  const tensors = new Map(gguf.tensors.map((tensor) => [tensor.name, tensor]));
  const { width, vocabularySize, headWidth, architecture } = configuration;
  const optional: readonly ExpectedTensor[] = [
    // Larger models keep the output projection apart from the embedding.
    { name: 'output.weight', shape: [width, vocabularySize] },
    ...(traits[architecture].ropeFactors ? [{ name: ropeFactors, shape: [headWidth / 2] }] : []),
  ];
  const expected = [...decoderTensors(configuration), ...optional.filter(({ name }) => tensors.has(name))];
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
