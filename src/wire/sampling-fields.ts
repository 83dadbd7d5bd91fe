// The fields by which clients say how tokens are drawn. Which of them an engine keeps is for its capabilities to say.
import type { z } from 'zod';
import { integerIn, jsonObject, type Maybe, numberIn, optional, requestLimits } from './schema-parts.ts';

/** How tokens are drawn, by the names that OpenAI, vLLM and llama-server share. */
export type SamplingFields = {
  readonly temperature?: Maybe<number>;
  readonly top_p?: Maybe<number>;
  readonly seed?: Maybe<number>;
  /** 0 and -1: all tokens. */
  readonly top_k?: Maybe<number>;
  readonly min_p?: Maybe<number>;
  readonly repetition_penalty?: Maybe<number>;
  /** llama-server's and Ollama's name for the same. */
  readonly repeat_penalty?: Maybe<number>;
  readonly presence_penalty?: Maybe<number>;
  readonly frequency_penalty?: Maybe<number>;
  /** Token ids, in decimal, with what is added to their logits. */
  readonly logit_bias?: Maybe<Readonly<Record<string, number>>>;
};

const logitBiasExpected = `an object of at most ${requestLimits.logitBiases} token ids with numbers from -100 to 100`;

const logitBias = jsonObject.refine(
  (value) => {
    const entries = Object.entries(value);
    return (
      entries.length <= requestLimits.logitBiases &&
      entries.every(
        ([token, bias]) => /^\d{1,7}$/.test(token) && typeof bias === 'number' && Math.abs(bias) <= 100,
      )
    );
  },
  { error: logitBiasExpected },
) as z.ZodType<Readonly<Record<string, number>>>;

const penalty = (): z.ZodNumber => numberIn(-2, 2);

/** Above 0, since it divides. */
const repetition = (): z.ZodNumber => numberIn(0.01, 10);

type Shape = { readonly [Name in keyof SamplingFields]-?: z.ZodType<SamplingFields[Name]> };

export const samplingShape: Shape = {
  temperature: optional(numberIn(0, 2)),
  top_p: optional(numberIn(0, 1)),
  seed: optional(integerIn(0, requestLimits.seed)),
  top_k: optional(integerIn(-1, requestLimits.maxTokens)),
  min_p: optional(numberIn(0, 1)),
  repetition_penalty: optional(repetition()),
  repeat_penalty: optional(repetition()),
  presence_penalty: optional(penalty()),
  frequency_penalty: optional(penalty()),
  logit_bias: optional(logitBias),
};
