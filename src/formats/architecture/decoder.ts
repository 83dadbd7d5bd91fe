// The decoder-only architectures that can be served, read from GGUF: those of the table in architectures.ts. The one place that
// knows their keys.
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
import {
  type Architecture,
  type ExpectedTensor,
  isArchitecture,
  layerTensors,
  traits,
} from './architectures.ts';
import { type Experts, expertKeys, readExperts, selectionBias } from './experts.ts';
import { type LatentAttention, latentAttentionKeys, readLatentAttention } from './latent-attention.ts';

export type { Architecture, ExpectedTensor } from './architectures.ts';

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
  /** In place of one feed-forward part; `feedForward` is then what the file says beside it. */
  readonly experts?: Experts | undefined;
  /** In place of keys and values of each head; `headWidth` is then what the cache keeps of a token. */
  readonly latent?: LatentAttention | undefined;
};

type Range = { readonly low: number; readonly high: number };

/** Caps that no known model comes near; they bound what a hostile file can make native code allocate. */
const ranges = {
  width: { low: 1, high: 2 ** 16 },
  layers: { low: 1, high: 512 },
  heads: { low: 1, high: 1024 },
  headWidth: { low: 2, high: 1024 },
  feedForward: { low: 1, high: 2 ** 20 },
  furtherInteger: { low: 0, high: 2 ** 24 },
  furtherFloat: { low: 0, high: 1e12 },
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
  const { architecture, vocabularySize, width, layers } = configuration;
  return [
    { name: 'token_embd.weight', shape: [width, vocabularySize] },
    ...Array.from({ length: layers }, (_, layer) => layerTensors(architecture, layer, configuration)).flat(),
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
  const layers = integer('block_count', ranges.layers);
  const { experts, latentAttention } = traits[architecture];
  const heads = integer('attention.head_count', ranges.heads);
  const configuration: DecoderConfiguration = {
    architecture,
    vocabularySize,
    width,
    layers,
    heads,
    keyValueHeads: integer('attention.head_count_kv', { low: 1, high: latentAttention ? 1 : heads }),
    headWidth: readHeadWidth(gguf, key, width, heads),
    feedForward: integer('feed_forward_length', ranges.feedForward),
    ...(experts !== 'none' && { experts: readExperts(gguf, architecture, experts, layers) }),
    ...(latentAttention && { latent: readLatentAttention(gguf, architecture, { layers, vocabularySize }) }),
    contextLength: integer('context_length', ranges.contextLength),
    ropeBase: requireFloat(gguf, key('rope.freq_base'), ranges.ropeBase),
    normEpsilon: requireFloat(gguf, key('attention.layer_norm_rms_epsilon'), ranges.normEpsilon),
    ropeScaled:
      gguf.metadata.keys().some((name) => name.startsWith(key('rope.scaling.'))) || hasRopeFactors(gguf),
  };
  if (heads % configuration.keyValueHeads !== 0) {
    throw invalidMetadata(gguf, key('attention.head_count_kv'), `it does not divide the ${heads} heads`);
  }
  if (!traits[architecture].ownHeadWidth && heads * configuration.headWidth !== width)
    throw invalidMetadata(
      gguf,
      key('attention.head_count'),
      `its ${heads} heads do not have the width ${width}`,
    );
  checkFurtherKeys(gguf, configuration);
  checkTensors(gguf, configuration);
  return configuration;
}

function hasRopeFactors(gguf: Gguf): boolean {
  const names = new Set(Object.values(traits).flatMap(({ ropeFactors }) => ropeFactors));
  return gguf.tensors.some(({ name }) => names.has(name));
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
  const { architecture, headWidth, vocabularySize, latent } = configuration;
  const { partialRope, integers, floats, experts } = traits[architecture];
  const exactly = (value: number) => (key: string) => requireInteger(gguf, key, { low: value, high: value });
  const checks: Readonly<Record<string, (key: string) => unknown>> = {
    ...Object.fromEntries(readAbove.map((name) => [name, () => undefined])),
    ...Object.fromEntries(
      integers.map((name) => [name, (key: string) => requireInteger(gguf, key, ranges.furtherInteger)]),
    ),
    ...Object.fromEntries(
      floats.map((name) => [name, (key: string) => requireFloat(gguf, key, ranges.furtherFloat)]),
    ),
    ...Object.fromEntries(
      Object.entries(expertKeys[experts]).map(([name, check]) => [name, (key: string) => check(gguf, key)]),
    ),
    ...(latent && Object.fromEntries(latentAttentionKeys.map((name) => [name, () => undefined]))),
    'rope.dimension_count': partialRope
      ? (key) => requireInteger(gguf, key, { low: 2, high: headWidth })
      : exactly(headWidth),
    'attention.value_length': exactly(latent?.keyValueRank ?? headWidth),
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
  const { width, vocabularySize, architecture, experts, layers } = configuration;
  const optional: readonly ExpectedTensor[] = [
    // Larger models keep the output projection apart from the embedding.
    { name: 'output.weight', shape: [width, vocabularySize] },
    ...traits[architecture].ropeFactors.map((name) => ({
      name,
      shape: [ropeWidth(gguf, configuration) / 2],
    })),
    ...(experts && traits[architecture].experts === 'shared'
      ? Array.from({ length: layers }, (_, layer) => selectionBias(layer, experts)).slice(experts.denseLayers)
      : []),
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

/** Elements of a head that RoPE turns. */
function ropeWidth(gguf: Gguf, { architecture, headWidth }: DecoderConfiguration): number {
  const key = `${architecture}.rope.dimension_count`;
  return gguf.metadata.has(key) ? requireInteger(gguf, key, { low: 2, high: headWidth }) : headWidth;
}
