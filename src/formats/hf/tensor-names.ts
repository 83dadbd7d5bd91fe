// Names of a decoder's tensors: GGUF's and those of transformers' Qwen2, Qwen3, Llama, Mistral, SmolLM3 and Phi-3.
import { lookUp } from '../../base/index.ts';

const partNames: readonly (readonly [gguf: string, transformers: string])[] = [
  ['attn_norm', 'input_layernorm'],
  ['attn_q', 'self_attn.q_proj'],
  ['attn_k', 'self_attn.k_proj'],
  ['attn_v', 'self_attn.v_proj'],
  ['attn_q_norm', 'self_attn.q_norm'],
  ['attn_k_norm', 'self_attn.k_norm'],
  ['attn_output', 'self_attn.o_proj'],
  ['ffn_norm', 'post_attention_layernorm'],
  ['ffn_gate', 'mlp.gate_proj'],
  ['ffn_up', 'mlp.up_proj'],
  ['ffn_down', 'mlp.down_proj'],
];

/** Where one matrix holds q, k and v, and one gate and up. */
const fusedPartNames: readonly (readonly [gguf: string, transformers: string])[] = [
  ['attn_qkv', 'self_attn.qkv_proj'],
  ['ffn_up', 'mlp.gate_up_proj'],
];

const outerNames: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

const parts = new Map(partNames);
const fusedParts = new Map([...partNames, ...fusedPartNames]);

/** The name in a checkpoint of the tensor that has this name in GGUF; undefined for one that checkpoints lack. */
export function transformersName(ggufName: string, isFused = false): string | undefined {
  const outer = lookUp(outerNames, ggufName);
  if (outer !== undefined) return outer;
  const [, layer, part, kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(ggufName) ?? [];
  const name = (isFused ? fusedParts : parts).get(part ?? '');
  return name && `model.layers.${layer}.${name}.${kind}`;
}
