// config.json of Hugging Face's transformers, read for Qwen2 and Llama and written for models taught here. What would
// change the computation in a way that is not known here is refused, not passed over.
import { z } from 'zod';
import { lookUp } from '../../base/index.ts';
import type { DecoderConfiguration, TransformerConfiguration } from '../architecture/decoder.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { readJsonFile, refused, withoutEffect } from './json-file.ts';
import { knownLayerType, type Rope, readRope } from './rope.ts';

/** A checkpoint's decoder, and what else its conversion needs. */
export type CheckpointConfiguration = DecoderConfiguration & {
  readonly architecture: 'qwen2' | 'llama';
  /** The output projection is the embedding. */
  readonly tied: boolean;
  readonly rope: Rope;
  /** Ids that generation begins with and ends at, where the file names them. */
  readonly beginning: number | undefined;
  readonly end: number | undefined;
};

const count = z.int().min(1);
const tokenIds = z.union([z.int().min(0), z.array(z.int().min(0)).min(1)]).nullish();

const named = z.looseObject({ architectures: z.array(z.string()).length(1) });

/** Keys that change what is computed are read, or may only say what is computed here; any key beside these is refused. */
const schema = z.strictObject({
  architectures: z.array(z.string()).length(1),
  model_type: z.string().optional(),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  max_position_embeddings: count,
  vocab_size: count,
  rms_norm_eps: z.number().gt(0).max(0.1),
  rope_theta: z.number().min(1).max(1e12).nullish(),
  rope_scaling: z.unknown().optional(),
  rope_parameters: z.unknown().optional(),
  hidden_act: z.literal('silu', 'only silu is known').default('silu'),
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,

  attention_bias: z.literal(false, 'Llama with biases is not known').nullish(),
  mlp_bias: z.literal(false, 'biases of the feed-forward part are not known').nullish(),
  use_sliding_window: z.literal(false, 'a sliding window is not known').nullish(),
  layer_types: z.array(z.literal(knownLayerType, 'layers of another kind are not known')).nullish(),
  partial_rotary_factor: z.literal(1, 'RoPE on a part of a head is not known').nullish(),
  use_mrope: z.literal(false, 'RoPE in several dimensions is not known').nullish(),
  is_encoder_decoder: z.literal(false, 'an encoder is not known').nullish(),
  add_cross_attention: z.literal(false, 'cross attention is not known').nullish(),
  pruned_heads: z.strictObject({}, 'heads that are taken out are not known').nullish(),
  quantization_config: z.null('the weights are quantised already').optional(),
  quantization: z.null('the weights are quantised already').optional(),
  auto_map: z.null('a program of its own computes the model').optional(),

  ...withoutEffect(
    // Who wrote the file, and for what.
    ...([
      '_name_or_path',
      'name_or_path',
      'transformers_version',
      'unsloth_version',
      'unsloth_fixed',
    ] as const),
    ...(['tokenizer_class', 'task_specific_params', 'finetuning_task', 'problem_type'] as const),
    ...(['id2label', 'label2id', 'num_labels', 'prefix', 'max_length'] as const),
    // How it is computed or stored, not what: weights carry the type that they are stored in.
    ...(['torch_dtype', 'dtype', 'use_cache', 'pretraining_tp', 'torchscript', 'return_dict'] as const),
    ...(['_attn_implementation', '_attn_implementation_autoset', 'attn_implementation'] as const),
    ...(['output_attentions', 'output_hidden_states', 'chunk_size_feed_forward', 'use_bfloat16'] as const),
    // Of training only.
    ...(['attention_dropout', 'hidden_dropout', 'initializer_range'] as const),
    // Of windows that slide, which use_sliding_window turns on, and of tokens that only pad or stand in an encoder.
    ...(['sliding_window', 'max_window_layers', 'is_decoder', 'tie_encoder_decoder'] as const),
    ...(['pad_token_id', 'sep_token_id', 'unk_token_id', 'decoder_start_token_id'] as const),
  ),
});

const architectures: Readonly<Record<string, 'qwen2' | 'llama'>> = {
  Qwen2ForCausalLM: 'qwen2',
  LlamaForCausalLM: 'llama',
};

/** @throws TGL_CONVERSION_REFUSED */
export function readConfiguration(directory: string): CheckpointConfiguration {
  const refuse = (problem: string, key: string) => refused(directory, problem, `config.json: ${key}`);
  // Before the keys of another architecture are complained about.
  const [name] = readJsonFile(directory, 'config.json', named).architectures as [string];
  const architecture = lookUp(architectures, name);
  if (architecture === undefined) {
    const known = Object.keys(architectures).join(', ');
    throw refuse(`the architecture is ${name}; known are ${known}`, 'architectures');
  }
  const config = readJsonFile(directory, 'config.json', schema);
  if ((config.model_type ?? architecture) !== architecture) {
    throw refuse(`it is ${JSON.stringify(config.model_type)} beside the architecture ${name}`, 'model_type');
  }
  if (config.layer_types && config.layer_types.length !== config.num_hidden_layers) {
    throw refuse(
      `it names ${config.layer_types.length} of ${config.num_hidden_layers} layers`,
      'layer_types',
    );
  }
  const heads = config.num_attention_heads;
  const headWidth = config.hidden_size / heads;
  if (!Number.isInteger(headWidth) || headWidth % 2 !== 0 || (config.head_dim ?? headWidth) !== headWidth) {
    throw refuse(
      `${heads} heads do not share a width of ${config.hidden_size} evenly`,
      'num_attention_heads',
    );
  }
  const keyValueHeads = config.num_key_value_heads ?? heads;
  if (heads % keyValueHeads !== 0)
    throw refuse(`it does not divide the ${heads} heads`, 'num_key_value_heads');
  const rope = readRope(config, { architecture, headWidth }, refuse);
  return {
    architecture,
    vocabularySize: config.vocab_size,
    width: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    keyValueHeads,
    headWidth,
    feedForward: config.intermediate_size,
    contextLength: config.max_position_embeddings,
    ropeBase: rope.base,
    ropeScaled: rope.scaling.type !== 'none' || rope.factors !== undefined,
    normEpsilon: config.rms_norm_eps,
    tied: config.tie_word_embeddings,
    rope,
    beginning: [config.bos_token_id ?? []].flat()[0],
    end: [config.eos_token_id ?? []].flat()[0],
  };
}

/** config.json of a model taught here, as transformers' Qwen2 reads it. */
export function configurationJson(configuration: TransformerConfiguration, tokenizer: Tokenizer): unknown {
  return {
    architectures: ['Qwen2ForCausalLM'],
    model_type: 'qwen2',
    vocab_size: configuration.vocabularySize,
    hidden_size: configuration.width,
    intermediate_size: configuration.feedForward,
    num_hidden_layers: configuration.layers,
    num_attention_heads: configuration.heads,
    num_key_value_heads: configuration.keyValueHeads,
    max_position_embeddings: configuration.contextLength,
    rope_theta: configuration.ropeBase,
    rms_norm_eps: configuration.normEpsilon,
    hidden_act: 'silu',
    attention_dropout: 0,
    initializer_range: 0.02,
    tie_word_embeddings: true,
    use_cache: true,
    use_sliding_window: false,
    torch_dtype: 'float32',
    bos_token_id: null,
    eos_token_id: tokenizer.controlId('<|end|>'),
    pad_token_id: tokenizer.controlId('<|pad|>'),
  };
}
