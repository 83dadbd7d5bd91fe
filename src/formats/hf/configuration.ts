// config.json of Hugging Face's transformers, read for the architectures of a table and written for models taught here. What
// would change the computation in a way that is not known here is refused, not passed over, and so is a key that is missing
// where transformers would put in a value of its own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lookUp } from '../../base/index.ts';
import type {
  Architecture,
  DecoderConfiguration,
  TransformerConfiguration,
} from '../architecture/decoder.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { readJsonFile, refused, withoutEffect } from './json-file.ts';
import { knownLayerType, type Rope, readRope } from './rope.ts';

/** A checkpoint's decoder, and what else its conversion needs. */
export type CheckpointConfiguration = DecoderConfiguration & {
  /** The output projection is the embedding. */
  readonly tied: boolean;
  readonly rope: Rope;
  /** Ids that generation begins with and ends at, where the file names them. */
  readonly beginning: number | undefined;
  readonly end: number | undefined;
};

const count = z.int().min(1);
/** SmolLM3 has RoPE in all layers but every fourth. */
const ropeInterval = 4;
const ropeIn = (layer: number): 0 | 1 => ((layer + 1) % ropeInterval === 0 ? 0 : 1);
const tokenIds = z.union([z.int().min(0), z.array(z.int().min(0)).min(1)]).nullish();

const named = z.looseObject({ architectures: z.array(z.string()).length(1) });

/**
 * Of every architecture. Keys that change what is computed are read, or may only say what is computed here; any key beside these
 * is refused.
 */
const common = {
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

  attention_bias: z.literal(false, 'biases of the attention are not known').nullish(),
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
};

type Keys = z.infer<typeof anyKeys>;
const anyKeys = z.strictObject(common);

type Family = {
  readonly modelType: string;
  readonly architecture: Architecture;
  readonly schema: z.ZodType<Keys>;
  /** Width of a head where no key says it. */
  readonly headWidth?: number;
};

/** Missing means another number in each of them but Llama; null means as many as heads. */
const statedKeyValueHeads = count.nullable();

/** By the name of the class in transformers. Each puts in values of its own for keys that a file lacks. */
const families: Readonly<Record<string, Family>> = {
  Qwen2ForCausalLM: {
    modelType: 'qwen2',
    architecture: 'qwen2',
    schema: z.strictObject({ ...common, num_key_value_heads: statedKeyValueHeads }),
  },
  Qwen3ForCausalLM: {
    modelType: 'qwen3',
    architecture: 'qwen3',
    schema: z.strictObject({ ...common, num_key_value_heads: statedKeyValueHeads }),
    headWidth: 128,
  },
  LlamaForCausalLM: { modelType: 'llama', architecture: 'llama', schema: anyKeys },
  MistralForCausalLM: {
    modelType: 'mistral',
    architecture: 'llama',
    schema: z.strictObject({
      ...common,
      num_key_value_heads: statedKeyValueHeads,
      // A file without the key means a window of 4,096 tokens.
      sliding_window: z.null('a sliding window is not known'),
    }),
  },
  // Phi-4 and its reasoners. Phi-3.5 and Phi-4-mini scale RoPE by factors for long and short texts, which is refused.
  Phi3ForCausalLM: {
    modelType: 'phi3',
    architecture: 'phi3',
    schema: z.strictObject({
      ...common,
      head_dim: z.null('heads of a width of their own are not known').optional(),
      sliding_window: z.null('a sliding window is not known').optional(),
      // Of training, and of RoPE with factors for long and short texts.
      ...withoutEffect('embd_pdrop', 'resid_pdrop', 'original_max_position_embeddings'),
    }),
  },
  SmolLM3ForCausalLM: {
    modelType: 'smollm3',
    architecture: 'smollm3',
    schema: z
      .strictObject({
        ...common,
        num_key_value_heads: statedKeyValueHeads,
        no_rope_layer_interval: z.literal(ropeInterval, 'another interval is not known').nullish(),
        no_rope_layers: z.array(z.literal([0, 1])).nullish(),
      })
      .refine(({ no_rope_layers: layers }) => layers?.every((has, layer) => has === ropeIn(layer)) ?? true, {
        path: ['no_rope_layers'],
        message: `RoPE is left out elsewhere than in every ${ropeInterval}th layer`,
      }),
  },
};

const adapterName = 'adapter_config.json';

/** Directories of PEFT hold an adapter and no configuration of a model. */
function isAdapter(directory: string): boolean {
  return existsSync(join(directory, adapterName)) && !existsSync(join(directory, 'config.json'));
}

/** @throws TGL_CONVERSION_REFUSED */
export function readConfiguration(directory: string): CheckpointConfiguration {
  const refuse = (problem: string, key: string) => refused(directory, problem, `config.json: ${key}`);
  if (isAdapter(directory)) {
    const problem =
      "it holds a LoRA adapter, which is no model by itself; llama.cpp's convert_lora_to_gguf.py makes it GGUF, and `tiegel import --base` takes that";
    throw refused(directory, problem, adapterName);
  }
  // Before the keys of another architecture are complained about.
  const [name] = readJsonFile(directory, 'config.json', named).architectures as [string];
  const family = lookUp(families, name);
  if (family === undefined) {
    const known = Object.keys(families).join(', ');
    throw refuse(`the architecture is ${name}; known are ${known}`, 'architectures');
  }
  const { architecture, modelType } = family;
  const config = readJsonFile(directory, 'config.json', family.schema);
  if ((config.model_type ?? modelType) !== modelType) {
    throw refuse(`it is ${JSON.stringify(config.model_type)} beside the architecture ${name}`, 'model_type');
  }
  if (config.layer_types && config.layer_types.length !== config.num_hidden_layers) {
    throw refuse(
      `it names ${config.layer_types.length} of ${config.num_hidden_layers} layers`,
      'layer_types',
    );
  }
  const heads = config.num_attention_heads;
  const headWidth = config.head_dim ?? family.headWidth ?? config.hidden_size / heads;
  if (headWidth % 2 !== 0) {
    const isStated = typeof config.head_dim === 'number';
    const of = isStated ? '' : `${heads} heads share a width of ${config.hidden_size}: `;
    const problem = `${of}a head has ${headWidth} elements, which are not pairs`;
    throw refuse(problem, isStated ? 'head_dim' : 'num_attention_heads');
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
