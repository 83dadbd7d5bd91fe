// config.json of Hugging Face's transformers, read for Qwen2 and Llama and written for models taught here. What would
// change the computation in a way that is not known here is refused, not passed over.
import { z } from 'zod';
import { lookUp } from '../../base/index.ts';
import type { DecoderConfiguration, TransformerConfiguration } from '../architecture/decoder.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { readJsonFile, refused } from './json-file.ts';

/** A checkpoint's decoder, and what else its conversion needs. */
export type CheckpointConfiguration = DecoderConfiguration & {
  readonly architecture: 'qwen2' | 'llama';
  /** The output projection is the embedding. */
  readonly tied: boolean;
  /** float32 [headWidth / 2]: by how much Llama 3.1 slows each RoPE frequency down. */
  readonly ropeFactors: Float32Array | undefined;
  /** Ids that generation begins with and ends at, where the file names them. */
  readonly beginning: number | undefined;
  readonly end: number | undefined;
};

const count = z.int().min(1);
const tokenIds = z.union([z.int().min(0), z.array(z.int().min(0)).min(1)]).nullish();

const llama3Scaling = z.object({
  rope_type: z.literal('llama3'),
  factor: z.number().min(1).max(1024),
  low_freq_factor: z.number().gt(0),
  high_freq_factor: z.number().gt(0),
  original_max_position_embeddings: count,
});

const schema = z.object({
  architectures: z.array(z.string()).length(1),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.optional(),
  head_dim: count.nullish(),
  max_position_embeddings: count,
  vocab_size: count,
  rms_norm_eps: z.number().gt(0).max(0.1),
  rope_theta: z.number().min(1).default(10_000),
  rope_scaling: z.unknown().optional(),
  hidden_act: z.literal('silu', 'only silu is known').default('silu'),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.literal(false, 'Llama with biases is not known').optional(),
  mlp_bias: z.literal(false, 'biases of the feed-forward part are not known').optional(),
  use_sliding_window: z.literal(false, 'a sliding window is not known').nullish(),
  quantization_config: z.undefined('the weights are quantised already').optional(),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
});

const architectures: Readonly<Record<string, 'qwen2' | 'llama'>> = {
  Qwen2ForCausalLM: 'qwen2',
  LlamaForCausalLM: 'llama',
};

/** @throws TGL_CONVERSION_REFUSED */
export function readConfiguration(directory: string): CheckpointConfiguration {
  const config = readJsonFile(directory, 'config.json', schema);
  const [name] = config.architectures as [string];
  const architecture = lookUp(architectures, name);
  const refuse = (problem: string, key: string) => refused(directory, problem, `config.json: ${key}`);
  if (architecture === undefined) {
    const known = Object.keys(architectures).join(', ');
    throw refuse(`the architecture is ${name}; known are ${known}`, 'architectures');
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
    ropeBase: config.rope_theta,
    normEpsilon: config.rms_norm_eps,
    tied: config.tie_word_embeddings,
    ropeFactors: readRopeFactors(config.rope_scaling, headWidth, config.rope_theta, (problem) =>
      refuse(problem, 'rope_scaling'),
    ),
    beginning: [config.bos_token_id ?? []].flat()[0],
    end: [config.eos_token_id ?? []].flat()[0],
  };
}

/** Llama 3.1's rule: long waves are slowed down by the factor, short ones not, those between by a share of it. */
function readRopeFactors(
  scaling: unknown,
  headWidth: number,
  base: number,
  refuse: (problem: string) => Error,
): Float32Array | undefined {
  if (scaling === undefined || scaling === null) return undefined;
  const result = llama3Scaling.safeParse(scaling);
  if (!result.success) throw refuse(`${JSON.stringify(scaling)} is not known`);
  const { factor, low_freq_factor: low, high_freq_factor: high } = result.data;
  const original = result.data.original_max_position_embeddings;
  return Float32Array.from({ length: headWidth / 2 }, (_, pair) => {
    const wave = 2 * Math.PI * base ** ((2 * pair) / headWidth);
    if (wave < original / high) return 1;
    if (wave > original / low) return factor;
    const smooth = (original / wave - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
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
