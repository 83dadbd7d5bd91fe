// The body of POST /v1/completions, OpenAI's older dialect: one text to be continued, without a conversation.
import { z } from 'zod';
import { type Parsed, parseWith } from './request-problem.ts';
import {
  flag,
  ignored,
  integerIn,
  type Maybe,
  modelName,
  numberIn,
  optional,
  requestLimits,
  stop,
  text,
  thinkingLimit,
  tokenLimit,
} from './schema-parts.ts';

export type CompletionRequest = {
  readonly model: string;
  readonly prompt: string;
  readonly stream?: Maybe<boolean>;
  readonly stream_options?: Maybe<{ readonly include_usage?: Maybe<boolean> }>;
  readonly max_tokens?: Maybe<number>;
  readonly temperature?: Maybe<number>;
  readonly top_p?: Maybe<number>;
  readonly seed?: Maybe<number>;
  readonly stop?: Maybe<string | readonly string[]>;
  readonly n?: Maybe<number>;
  readonly thinking_token_budget?: Maybe<number>;
};

export const completionRequest: z.ZodType<CompletionRequest> = z.strictObject(
  {
    model: modelName,
    prompt: text('one string of well-formed Unicode'),
    stream: optional(flag),
    stream_options: optional(
      z.strictObject({ include_usage: optional(flag) }, { error: 'an object {"include_usage": boolean}' }),
    ),
    max_tokens: optional(tokenLimit),
    temperature: optional(numberIn(0, 2)),
    top_p: optional(numberIn(0, 1)),
    seed: optional(integerIn(0, requestLimits.seed)),
    stop: optional(stop),
    n: optional(integerIn(1, requestLimits.choices)),
    thinking_token_budget: optional(thinkingLimit),
    echo: optional(z.literal(false, { error: 'false; the prompt is not repeated' })),
    frequency_penalty: ignored.zero,
    presence_penalty: ignored.zero,
    user: ignored.text,
  },
  { error: 'a JSON object' },
);

/** Checks the parsed JSON body of a completion request. */
export function parseCompletionRequest(body: unknown): Parsed<CompletionRequest> {
  return parseWith(completionRequest, body);
}
