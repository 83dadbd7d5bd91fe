// What sets the decoder architectures of GGUF apart that are read here, as llama.cpp (src/llama-model.cpp) loads them: one body,
// RMSNorm, RoPE, grouped-query attention and a gated feed-forward, whose differences are the rows of a table.

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
};

/** A feed-forward part that is one of many, chosen token by token. */
export type Experts = {
  readonly count: number;
  /** Experts that each token passes. */
  readonly used: number;
  /** Inner width of one. */
  readonly feedForward: number;
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
  /** Experts instead of one feed-forward part, with or without biases. */
  readonly experts: 'none' | 'plain' | 'biased';
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
  | 'gpt-oss';

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
  const { width, heads, keyValueHeads, headWidth } = dimensions;
  const { biases, headNorms, fused, norms, sinks } = traits[architecture];
  const tensor = (part: string, ...shape: number[]): ExpectedTensor => ({
    name: `blk.${layer}.${part}`,
    shape,
  });
  const projection = (part: string, columns: number, rows: number, biased: boolean): ExpectedTensor[] => [
    tensor(`${part}.weight`, columns, rows),
    ...(biased ? [tensor(`${part}.bias`, rows)] : []),
  ];
  const [queries, keys] = [heads * headWidth, keyValueHeads * headWidth];
  const biased = biases !== 'none';
  return [
    tensor('attn_norm.weight', width),
    ...(fused
      ? projection('attn_qkv', width, queries + 2 * keys, biased)
      : [
          ...projection('attn_q', width, queries, biased),
          ...projection('attn_k', width, keys, biased),
          ...projection('attn_v', width, keys, biased),
        ]),
    ...(headNorms ? [tensor('attn_q_norm.weight', headWidth), tensor('attn_k_norm.weight', headWidth)] : []),
    ...(sinks ? [tensor('attn_sinks.weight', heads)] : []),
    ...projection('attn_output', queries, width, biases === 'all'),
    ...norms.map((norm) => tensor(`${norm}.weight`, width)),
    ...feedForwardTensors(architecture, dimensions, tensor),
  ];
}

function feedForwardTensors(
  architecture: Architecture,
  { width, feedForward, experts }: Dimensions,
  tensor: (part: string, ...shape: number[]) => ExpectedTensor,
): readonly ExpectedTensor[] {
  if (experts !== undefined) {
    const { count, feedForward: inner } = experts;
    const biased = traits[architecture].experts === 'biased';
    const matrix = (part: string, columns: number, rows: number): ExpectedTensor[] => [
      tensor(`${part}.weight`, columns, rows, count),
      ...(biased ? [tensor(`${part}.bias`, rows, count)] : []),
    ];
    return [
      tensor('ffn_gate_inp.weight', width, count),
      ...(biased ? [tensor('ffn_gate_inp.bias', count)] : []),
      ...matrix('ffn_gate_exps', width, inner),
      ...matrix('ffn_up_exps', width, inner),
      ...matrix('ffn_down_exps', inner, width),
    ];
  }
  const { fused } = traits[architecture];
  return [
    ...(fused
      ? [tensor('ffn_up.weight', width, 2 * feedForward)]
      : [tensor('ffn_gate.weight', width, feedForward), tensor('ffn_up.weight', width, feedForward)]),
    tensor('ffn_down.weight', feedForward, width),
  ];
}
