// Mixtures of experts: a feed-forward part that is one of many, chosen token by token.
import type { Gguf } from '../gguf/gguf.ts';
import { invalidMetadata, requireBoolean, requireFloat, requireInteger } from '../gguf/metadata.ts';
import type { ExpectedTensor } from './architectures.ts';

export type Experts = {
  readonly count: number;
  /** Experts that each token passes. */
  readonly used: number;
  /** Inner width of one. */
  readonly feedForward: number;
  /** Layers at the beginning that have one feed-forward part instead. @default 0 */
  readonly denseLayers?: number;
  /** Experts that every token passes as well, kept as one of their common width. @default 0 */
  readonly shared?: number;
};

/** `shared`: as DeepSeek-V2 and V3 have them, behind dense layers and beside experts of all tokens. */
export type ExpertKind = 'none' | 'plain' | 'biased' | 'shared';

export function expertTensors(
  width: number,
  { count, feedForward, shared = 0 }: Experts,
  kind: ExpertKind,
  tensor: (part: string, ...shape: number[]) => ExpectedTensor,
): readonly ExpectedTensor[] {
  const biased = kind === 'biased';
  const matrix = (part: string, columns: number, rows: number): ExpectedTensor[] => [
    tensor(`${part}.weight`, columns, rows, count),
    ...(biased ? [tensor(`${part}.bias`, rows, count)] : []),
  ];
  return [
    tensor('ffn_gate_inp.weight', width, count),
    ...(biased ? [tensor('ffn_gate_inp.bias', count)] : []),
    ...matrix('ffn_gate_exps', width, feedForward),
    ...matrix('ffn_up_exps', width, feedForward),
    ...matrix('ffn_down_exps', feedForward, width),
    ...(shared === 0
      ? []
      : [
          tensor('ffn_gate_shexp.weight', width, shared * feedForward),
          tensor('ffn_up_shexp.weight', width, shared * feedForward),
          tensor('ffn_down_shexp.weight', shared * feedForward, width),
        ]),
  ];
}

/** What is added to the score of each expert where they are chosen; DeepSeek-V3 has it, V2 has not. */
export function selectionBias(layer: number, { count }: Experts): ExpectedTensor {
  return { name: `blk.${layer}.exp_probs_b.bias`, shape: [count] };
}

const most = { low: 1, high: 1024 };
const inner = { low: 1, high: 2 ** 20 };

/** @throws TGL_GGUF_INVALID */
export function readExperts(
  gguf: Gguf,
  architecture: string,
  kind: Exclude<ExpertKind, 'none'>,
  layers: number,
): Experts {
  const integer = (name: string, low: number, high: number): number =>
    requireInteger(gguf, `${architecture}.${name}`, { low, high });
  const count = integer('expert_count', most.low, most.high);
  const experts: Experts = {
    count,
    used: integer('expert_used_count', 1, count),
    feedForward: integer('expert_feed_forward_length', inner.low, inner.high),
  };
  if (kind !== 'shared') return experts;
  checkGroups(gguf, architecture, count);
  return {
    ...experts,
    denseLayers: integer('leading_dense_block_count', 0, layers),
    shared: integer('expert_shared_count', 1, 64),
  };
}

/** llama.cpp aborts where groups do not divide the experts, or where no group would be left out. */
function checkGroups(gguf: Gguf, architecture: string, count: number): void {
  const key = `${architecture}.expert_group_count`;
  const usedKey = `${architecture}.expert_group_used_count`;
  if (!gguf.metadata.has(key)) return;
  const groups = requireInteger(gguf, key, { low: 0, high: count - 1 });
  if (groups <= 1) return;
  // Two experts of each group are compared.
  if (count % groups !== 0 || count / groups < 2) {
    throw invalidMetadata(gguf, key, `it does not divide the ${count} experts into groups of two or more`);
  }
  requireInteger(gguf, usedKey, { low: 1, high: groups - 1 });
}

type Check = (gguf: Gguf, key: string) => unknown;

const whole =
  (low: number, high: number): Check =>
  (gguf, key) =>
    requireInteger(gguf, key, { low, high });
const readAbove: Check = () => undefined;

const checksOfAll: Readonly<Record<string, Check>> = {
  expert_count: readAbove,
  expert_used_count: readAbove,
  expert_feed_forward_length: readAbove,
};

/** The keys that speak of experts, behind the architecture's name. */
export const expertKeys: Readonly<Record<ExpertKind, Readonly<Record<string, Check>>>> = {
  none: {},
  plain: checksOfAll,
  biased: checksOfAll,
  shared: {
    ...checksOfAll,
    leading_dense_block_count: readAbove,
    expert_shared_count: readAbove,
    expert_group_count: readAbove,
    expert_group_used_count: whole(0, most.high),
    expert_weights_scale: (gguf, key) => requireFloat(gguf, key, { low: 0, high: 1e4 }),
    expert_weights_norm: requireBoolean,
    // Softmax and sigmoid.
    expert_gating_func: whole(1, 2),
    // Layers that propose further tokens are not read.
    nextn_predict_layers: whole(0, 0),
  },
};
