// generation_config.json of a checkpoint: the tokens that generation ends at, and how its publisher samples. What would change the
// probabilities themselves is refused. Of the sampling, temperature and top-p go into the file under the keys that llama.cpp's
// converter has for them; whoever imports it gets them as its recommendation.
import { z } from 'zod';
import { float32, type GgufValue } from '../gguf/gguf.ts';
import { readOptionalJsonFile, withoutEffect } from './json-file.ts';

const schema = z.strictObject({
  eos_token_id: z.union([z.int().min(0), z.array(z.int().min(0)).max(64)]).nullish(),
  num_beams: z.literal(1, 'a search over beams is not known').nullish(),
  do_sample: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  ...withoutEffect(
    ...(['bos_token_id', 'pad_token_id', 'decoder_start_token_id', 'transformers_version'] as const),
    ...(['top_k', 'min_p', 'typical_p', 'repetition_penalty'] as const),
    ...(['max_length', 'max_new_tokens', 'chat_format', 'trust_remote_code', 'use_cache'] as const),
    ...(['cache_implementation', '_from_model_config', 'attn_implementation'] as const),
    ...(['output_attentions', 'output_hidden_states', 'return_dict_in_generate'] as const),
  ),
});

export type GenerationConfiguration = {
  readonly ends: readonly number[];
  /** `general.sampling.*`; empty where the file does not sample, or names no temperature and top-p that a request could have. */
  readonly sampling: readonly (readonly [string, GgufValue])[];
};

/** @throws TGL_CONVERSION_REFUSED */
export function readGenerationConfiguration(directory: string): GenerationConfiguration {
  const file = readOptionalJsonFile(directory, 'generation_config.json', schema);
  if (file === undefined) return { ends: [], sampling: [] };
  const { eos_token_id: ends, do_sample: samples, temperature, top_p: topP } = file;
  const isNamed = samples !== false && isWithin(temperature, 0, 2) && isWithin(topP, Number.MIN_VALUE, 1);
  return {
    ends: [ends ?? []].flat(),
    sampling: isNamed
      ? [
          ['general.sampling.temp', float32(temperature)],
          ['general.sampling.top_p', float32(topP)],
        ]
      : [],
  };
}

function isWithin(value: number | null | undefined, low: number, high: number): value is number {
  return typeof value === 'number' && value >= low && value <= high;
}
