// Ollama's `options`: what concerns sampling is read; what says how a model is loaded has no effect, because it was admitted
// and fitted as it is; what would change the reply in a way no engine here knows is refused unless it is neutral.
import { z } from 'zod';
import { type SamplingFields, samplingShape } from './sampling-fields.ts';
import { flag, integerIn, type Maybe, optional, requestLimits, stop, withoutEffect } from './schema-parts.ts';

export type OllamaOptions = Omit<SamplingFields, 'repetition_penalty' | 'logit_bias'> & {
  /** Negative: as many as the model allows. */
  readonly num_predict?: Maybe<number>;
  readonly stop?: Maybe<string | readonly string[]>;
};

const number = z.number({ error: 'a number' });
const loading = 'a model is loaded as it was admitted and as it fits';
const neutral = 'it changes nothing';

const only = <Value extends number | boolean>(value: Value): z.ZodLiteral<Value> =>
  z.literal(value, { error: `${value}; other values are not supported` });

export const ollamaOptions: z.ZodType<OllamaOptions> = z.strictObject(
  {
    temperature: samplingShape.temperature,
    top_p: samplingShape.top_p,
    top_k: samplingShape.top_k,
    min_p: samplingShape.min_p,
    repeat_penalty: samplingShape.repeat_penalty,
    presence_penalty: samplingShape.presence_penalty,
    frequency_penalty: samplingShape.frequency_penalty,
    // -1: any.
    seed: optional(integerIn(-1, requestLimits.seed)),
    num_predict: optional(integerIn(-2, requestLimits.maxTokens)),
    stop: optional(stop),
    num_ctx: withoutEffect(
      integerIn(1, 100 * requestLimits.maxTokens),
      'the context is the one the model was admitted with',
    ),
    num_keep: withoutEffect(number, 'a context is never shifted'),
    num_batch: withoutEffect(number, loading),
    num_gpu: withoutEffect(number, loading),
    main_gpu: withoutEffect(number, loading),
    num_thread: withoutEffect(number, loading),
    numa: withoutEffect(flag, loading),
    low_vram: withoutEffect(flag, loading),
    f16_kv: withoutEffect(flag, loading),
    use_mmap: withoutEffect(flag, loading),
    use_mlock: withoutEffect(flag, loading),
    logits_all: withoutEffect(flag, loading),
    vocab_only: withoutEffect(only(false), neutral),
    embedding_only: withoutEffect(only(false), neutral),
    repeat_last_n: withoutEffect(only(-1), 'penalties look at all tokens'),
    penalize_newline: withoutEffect(only(true), 'penalties look at all tokens'),
    typical_p: withoutEffect(only(1), neutral),
    tfs_z: withoutEffect(only(1), neutral),
    mirostat: withoutEffect(only(0), neutral),
    mirostat_tau: withoutEffect(number, 'only mirostat reads it, which is refused'),
    mirostat_eta: withoutEffect(number, 'only mirostat reads it, which is refused'),
  },
  { error: 'an object' },
);
