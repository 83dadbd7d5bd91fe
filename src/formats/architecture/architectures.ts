// What sets the decoder architectures of GGUF apart that are read here, as llama.cpp (src/llama-model.cpp) loads them: one body,
// RMSNorm, RoPE, grouped-query or latent attention and a gated feed-forward, whose differences are the rows of a table.
import { type ExpertKind, type Experts, expertTensors } from './experts.ts';
import { type LatentAttention, latentAttentionTensors } from './latent-attention.ts';

/** A tensor that the architecture has; `shape` in ggml's order, row length first. */
export type ExpectedTensor = { readonly name: string; readonly shape: readonly number[] };

/** The numbers that shapes of tensors follow from. */
export type Dimensions = {
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly feedForward: number;
  readonly experts?: Experts | undefined;
  readonly latent?: LatentAttention | undefined;
};

type Traits = {
  /** Projections of the attention that have a bias. */
  readonly biases: 'none' | 'query, key and value' | 'all';
  /** RMSNorm over each head of q and k. */
  readonly headNorms: boolean;
  /** Heads may be wider or narrower than their part of the stream. */
  readonly ownHeadWidth: boolean;
  /** One matrix for q, k and v, and one for gate and up. */
  readonly fused: boolean;
  /** Norms beside the one in front of the attention. */
  readonly norms: readonly ('ffn_norm' | 'post_attention_norm' | 'post_ffw_norm')[];
  /** Keys and values are computed from one vector of all heads. */
  readonly latentAttention: boolean;
  /** Experts instead of one feed-forward part. */
  readonly experts: ExpertKind;
  /** A learned share of the attention that goes to no token, for each head. */
  readonly sinks: boolean;
  /** Tensors with a factor of its own for each RoPE frequency, if the file has them. */
  readonly ropeFactors: readonly string[];
  /** RoPE may turn a part of a head only. */
  readonly partialRope: boolean;
  /** Keys that change what llama.cpp computes in this architecture, each a number that it reads. */
  readonly integers: readonly string[];
  readonly floats: readonly string[];
};

const plain: Traits = {
  biases: 'none',
  headNorms: false,
  ownHeadWidth: true,
  fused: false,
  norms: ['ffn_norm'],
  latentAttention: false,
  experts: 'none',
  sinks: false,
  ropeFactors: [],
  partialRope: false,
  integers: [],
  floats: [],
};

export type Architecture =
  | 'qwen2'
  | 'llama'
  | 'qwen3'
  | 'smollm3'
  | 'qwen3moe'
  | 'phi3'
  | 'gemma3'
  | 'gpt-oss'
  | 'deepseek2';

export const traits: Readonly<Record<Architecture, Traits>> = {
  qwen2: { ...plain, biases: 'query, key and value', ownHeadWidth: false },
  // Llama 3.1 scales each RoPE frequency by a factor of its own.
  llama: { ...plain, ropeFactors: ['rope_freqs.weight'] },
  qwen3: { ...plain, headNorms: true },
  // llama.cpp leaves out RoPE in every fourth layer.
  smollm3: plain,
  qwen3moe: { ...plain, headNorms: true, experts: 'plain' },
  // Phi-3, Phi-3.5 and Phi-4.
  phi3: {
    ...plain,
    fused: true,
    ownHeadWidth: false,
    partialRope: true,
    ropeFactors: ['rope_factors_long.weight', 'rope_factors_short.weight'],
    integers: ['attention.sliding_window'],
  },
  gemma3: {
    ...plain,
    headNorms: true,
    norms: ['post_attention_norm', 'ffn_norm', 'post_ffw_norm'],
    integers: ['attention.sliding_window'],
    floats: ['final_logit_softcapping', 'rope.freq_base_swa'],
  },
  'gpt-oss': {
    ...plain,
    biases: 'all',
    norms: ['post_attention_norm'],
    experts: 'biased',
    sinks: true,
    integers: ['attention.sliding_window'],
    floats: ['rope.freq_base_swa'],
  },
  // DeepSeek-V2, V2-Lite, V3, V3.1 and R1.
  deepseek2: { ...plain, latentAttention: true, partialRope: true, experts: 'shared' },
};

export function isArchitecture(name: string): name is Architecture {
  return Object.hasOwn(traits, name);
}

/** The tensors of one layer, in the order in which they are written. */
export function layerTensors(
  architecture: Architecture,
  layer: number,
  dimensions: Dimensions,
): readonly ExpectedTensor[] {
  const { width, heads, headWidth, latent } = dimensions;
  const { biases, norms } = traits[architecture];
  const tensor = (part: string, ...shape: number[]): ExpectedTensor => ({
    name: `blk.${layer}.${part}`,
    shape,
  });
  const attended = heads * (latent?.valueWidth ?? headWidth);
  return [
    tensor('attn_norm.weight', width),
    ...(latent === undefined
      ? groupedAttentionTensors(architecture, dimensions, tensor)
      : latentAttentionTensors(dimensions, latent, tensor)),
    tensor('attn_output.weight', attended, width),
    ...(biases === 'all' ? [tensor('attn_output.bias', width)] : []),
    ...norms.map((norm) => tensor(`${norm}.weight`, width)),
    ...feedForwardTensors(architecture, layer, dimensions, tensor),
  ];
}

function groupedAttentionTensors(
  architecture: Architecture,
  { width, heads, keyValueHeads, headWidth }: Dimensions,
  tensor: (part: string, ...shape: number[]) => ExpectedTensor,
): readonly ExpectedTensor[] {
  const { biases, headNorms, fused, sinks } = traits[architecture];
  const projection = (part: string, rows: number): ExpectedTensor[] => [
    tensor(`${part}.weight`, width, rows),
    ...(biases === 'none' ? [] : [tensor(`${part}.bias`, rows)]),
  ];
  const [queries, keys] = [heads * headWidth, keyValueHeads * headWidth];
  return [
    ...(fused
      ? projection('attn_qkv', queries + 2 * keys)
      : [...projection('attn_q', queries), ...projection('attn_k', keys), ...projection('attn_v', keys)]),
    ...(headNorms ? [tensor('attn_q_norm.weight', headWidth), tensor('attn_k_norm.weight', headWidth)] : []),
    ...(sinks ? [tensor('attn_sinks.weight', heads)] : []),
  ];
}

function feedForwardTensors(
  architecture: Architecture,
  layer: number,
  { width, feedForward, experts }: Dimensions,
  tensor: (part: string, ...shape: number[]) => ExpectedTensor,
): readonly ExpectedTensor[] {
  if (experts !== undefined && layer >= (experts.denseLayers ?? 0)) {
    return expertTensors(width, experts, traits[architecture].experts, tensor);
  }
  const { fused } = traits[architecture];
  return [
    ...(fused
      ? [tensor('ffn_up.weight', width, 2 * feedForward)]
      : [tensor('ffn_gate.weight', width, feedForward), tensor('ffn_up.weight', width, feedForward)]),
    tensor('ffn_down.weight', feedForward, width),
  ];
}
