// Multi-head latent attention (DeepSeek-V2, 2024, section 2.1): keys and values of all heads are computed from one short vector,
// which is all that the cache keeps of a token beside the part of its key that RoPE turns. Read as llama.cpp stores it since
// April 2025, with the projections of keys and values apart for each head.
import type { Gguf } from '../gguf/gguf.ts';
import { invalidMetadata, requireInteger, unsupportedMetadata } from '../gguf/metadata.ts';
import type { ExpectedTensor } from './architectures.ts';

export type LatentAttention = {
  /** Elements that queries are computed from; undefined where they come from the stream itself. */
  readonly queryRank: number | undefined;
  /** Elements that keys and values are computed from. */
  readonly keyValueRank: number;
  /** Elements of a head's key, with those that RoPE turns. */
  readonly keyWidth: number;
  /** Elements of a key that RoPE turns; all heads share them. */
  readonly ropeWidth: number;
  readonly valueWidth: number;
};

type Stream = { readonly width: number; readonly heads: number };

/** The projections and norms of one layer, but the output's. */
export function latentAttentionTensors(
  { width, heads }: Stream,
  { queryRank, keyValueRank, keyWidth, ropeWidth, valueWidth }: LatentAttention,
  tensor: (part: string, ...shape: number[]) => ExpectedTensor,
): readonly ExpectedTensor[] {
  const queries = heads * keyWidth;
  return [
    ...(queryRank === undefined
      ? [tensor('attn_q.weight', width, queries)]
      : [
          tensor('attn_q_a.weight', width, queryRank),
          tensor('attn_q_a_norm.weight', queryRank),
          tensor('attn_q_b.weight', queryRank, queries),
        ]),
    tensor('attn_kv_a_mqa.weight', width, keyValueRank + ropeWidth),
    tensor('attn_kv_a_norm.weight', keyValueRank),
    tensor('attn_k_b.weight', keyWidth - ropeWidth, keyValueRank, heads),
    tensor('attn_v_b.weight', keyValueRank, valueWidth, heads),
  ];
}

const rank = { low: 1, high: 2 ** 14 };
const headWidth = { low: 2, high: 1024 };

/** Its keys, behind the architecture's name. */
export const latentAttentionKeys = [
  'attention.q_lora_rank',
  'attention.kv_lora_rank',
  'attention.key_length_mla',
  'attention.value_length_mla',
] as const;

/** @throws TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED for files that keep keys and values of all heads in one matrix. */
export function readLatentAttention(
  gguf: Gguf,
  architecture: string,
  model: { readonly layers: number; readonly vocabularySize: number },
): LatentAttention {
  const key = (name: string): string => `${architecture}.${name}`;
  const perHead = key('attention.key_length_mla');
  if (!gguf.metadata.has(perHead)) {
    const problem = 'the key is missing: the file is older than April 2025 and has to be converted again';
    throw unsupportedMetadata(perHead, problem);
  }
  const integer = (name: string, range: { readonly low: number; readonly high: number }): number =>
    requireInteger(gguf, key(name), range);
  const keyValueRank = integer('attention.kv_lora_rank', rank);
  const keyWidth = integer('attention.key_length_mla', headWidth);
  const ropeWidth = integer('rope.dimension_count', { low: 2, high: keyWidth - 1 });
  if (ropeWidth % 2 !== 0) {
    throw invalidMetadata(gguf, key('rope.dimension_count'), 'RoPE turns pairs of elements');
  }
  const latent: LatentAttention = {
    queryRank: hasQueryRank(model) ? integer('attention.q_lora_rank', rank) : undefined,
    ...{ keyValueRank, keyWidth, ropeWidth },
    valueWidth: integer('attention.value_length_mla', headWidth),
  };
  if (latent.queryRank === undefined && gguf.metadata.has(key('attention.q_lora_rank'))) {
    const problem = `llama.cpp does not read it in a model of ${model.layers} layers`;
    throw unsupportedMetadata(key('attention.q_lora_rank'), problem);
  }
  const cached = { low: keyValueRank + ropeWidth, high: keyValueRank + ropeWidth };
  integer('attention.key_length', cached);
  integer('attention.value_length', { low: keyValueRank, high: keyValueRank });
  return latent;
}

/** llama.cpp tells the small models, whose queries come from the stream itself, by these numbers alone. */
function hasQueryRank({ layers, vocabularySize }: { layers: number; vocabularySize: number }): boolean {
  return !(layers === 26 || layers === 27 || (layers === 48 && vocabularySize === 128_256));
}
