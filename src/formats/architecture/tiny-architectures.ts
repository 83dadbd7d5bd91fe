// Model files with random weights of every architecture that is read, with everything that its files have, for tests.
import { seededRandom } from '../../base/index.ts';
import { tiegelTemplate } from '../chat-template/tiegel.ts';
import { float32, type GgufValue } from '../gguf/gguf.ts';
import type { GgufToWrite } from '../gguf/write-gguf.ts';
import { tinyTokenizer } from '../tiny-model.ts';
import { vocabularyMetadata } from '../tokenizer/gguf-vocabulary.ts';
import { type Architecture, traits } from './architectures.ts';
import { type DecoderConfiguration, decoderTensors } from './decoder.ts';
import { selectionBias } from './experts.ts';

export const architectures = Object.keys(traits) as readonly Architecture[];

const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
const text = (value: string): GgufValue => ({ type: 'string', value });

const latent = { queryRank: 24, keyValueRank: 32, keyWidth: 24, ropeWidth: 8, valueWidth: 16 };

export function configurationOf(architecture: Architecture): DecoderConfiguration {
  const { ownHeadWidth, ropeFactors, experts, latentAttention } = traits[architecture];
  return {
    architecture,
    vocabularySize: tinyTokenizer.vocabulary.length,
    ...{ width: 64, layers: 4, heads: 4, keyValueHeads: 2, feedForward: 96 },
    headWidth: ownHeadWidth ? 32 : 16,
    ...{ contextLength: 256, ropeBase: 10_000, normEpsilon: Math.fround(1e-6) },
    ropeScaled: ropeFactors.length > 0 || architecture === 'gpt-oss' || architecture === 'deepseek2',
    ...(experts !== 'none' && {
      experts: {
        ...{ count: 4, used: 2, feedForward: 32 },
        ...(experts === 'shared' && { denseLayers: 1, shared: 2 }),
      },
    }),
    ...(latentAttention && {
      ...{ latent, keyValueHeads: 1, headWidth: latent.keyValueRank + latent.ropeWidth },
    }),
  };
}

const further: Readonly<Partial<Record<Architecture, Readonly<Record<string, GgufValue>>>>> = {
  phi3: { 'attention.sliding_window': uint32(64), 'rope.scaling.original_context_length': uint32(128) },
  gemma3: { 'attention.sliding_window': uint32(64) },
  'gpt-oss': {
    'attention.sliding_window': uint32(64),
    'rope.scaling.type': text('yarn'),
    'rope.scaling.factor': float32(2),
    'rope.scaling.original_context_length': uint32(128),
  },
  deepseek2: {
    'attention.q_lora_rank': uint32(latent.queryRank),
    'attention.kv_lora_rank': uint32(latent.keyValueRank),
    'attention.key_length_mla': uint32(latent.keyWidth),
    'attention.value_length_mla': uint32(latent.valueWidth),
    'attention.value_length': uint32(latent.keyValueRank),
    'rope.dimension_count': uint32(latent.ropeWidth),
    'rope.scaling.type': text('yarn'),
    'rope.scaling.factor': float32(2),
    'rope.scaling.original_context_length': uint32(128),
    'rope.scaling.yarn_log_multiplier': float32(0.1),
    leading_dense_block_count: uint32(1),
    expert_shared_count: uint32(2),
    expert_group_count: uint32(2),
    expert_group_used_count: uint32(1),
    expert_weights_scale: float32(2.5),
    expert_weights_norm: { type: 'bool', value: true },
    expert_gating_func: uint32(2),
  },
};

export function tinyArchitecture(architecture: Architecture): GgufToWrite {
  const configuration = configurationOf(architecture);
  const { experts, width, headWidth, vocabularySize } = configuration;
  const numbers: Readonly<Record<string, GgufValue>> = {
    context_length: uint32(configuration.contextLength),
    embedding_length: uint32(width),
    block_count: uint32(configuration.layers),
    feed_forward_length: uint32(configuration.feedForward),
    'attention.head_count': uint32(configuration.heads),
    'attention.head_count_kv': uint32(configuration.keyValueHeads),
    'attention.key_length': uint32(headWidth),
    'attention.value_length': uint32(headWidth),
    'attention.layer_norm_rms_epsilon': float32(configuration.normEpsilon),
    'rope.freq_base': float32(configuration.ropeBase),
    'rope.dimension_count': uint32(headWidth),
    ...(experts && {
      expert_count: uint32(experts.count),
      expert_used_count: uint32(experts.used),
      expert_feed_forward_length: uint32(experts.feedForward),
    }),
    ...further[architecture],
  };
  const random = seededRandom(7);
  const factors = traits[architecture].ropeFactors.map((name) => ({ name, shape: [headWidth / 2] }));
  const output = { name: 'output.weight', shape: [width, vocabularySize] };
  const biases =
    experts && traits[architecture].experts === 'shared'
      ? [1, 2, 3].map((layer) => selectionBias(layer, experts))
      : [];
  const tensors = [...decoderTensors(configuration), output, ...biases, ...factors].map(({ name, shape }) => {
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    const ones = name.includes('norm') || name.startsWith('rope_');
    const value = (): number => (ones ? 1 : (random.next() - 0.5) * 0.3);
    return { name, shape, type: 'F32' as const, data: Float32Array.from({ length: elements }, value) };
  });
  return {
    metadata: new Map([
      ['general.architecture', text(architecture)],
      ...Object.entries(numbers).map(([key, value]): [string, GgufValue] => [
        `${architecture}.${key}`,
        value,
      ]),
      ...vocabularyMetadata(tinyTokenizer),
      ['tokenizer.chat_template', text(tiegelTemplate.text)],
    ]),
    tensors,
  };
}
