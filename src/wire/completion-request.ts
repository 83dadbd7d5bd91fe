// The body of POST /v1/completions, OpenAI's older dialect: texts to be continued, without a conversation.
import { z } from 'zod';
import { type SamplingFields, samplingShape } from './sampling-fields.ts';
import {
  annotations,
  boundedList,
  flag,
  integerIn,
  type Maybe,
  modelName,
  optional,
  requestLimits,
  stop,
  text,
  thinkingLimit,
  tokenLimit,
  withoutEffect,
} from './schema-parts.ts';

export type CompletionRequest = SamplingFields & {
  readonly model: string;
  /** Several are continued each by itself. */
  readonly prompt: string | readonly string[];
  readonly stream?: Maybe<boolean>;
  readonly stream_options?: Maybe<{ readonly include_usage?: Maybe<boolean> }>;
  readonly max_tokens?: Maybe<number>;
  readonly stop?: Maybe<string | readonly string[]>;
  /** Replies of each prompt. */
  readonly n?: Maybe<number>;
  readonly best_of?: Maybe<number>;
  readonly thinking_token_budget?: Maybe<number>;
};

/** Replies of one request, over all of its prompts. */
export const maxReplies: number = requestLimits.completions;

const promptExpected = `a string or a list of 1 to ${requestLimits.completions} strings; lists of tokens are not taken`;

export const completionRequest: z.ZodType<CompletionRequest> = z.strictObject(
  {
    model: modelName,
    prompt: z.union(
      [
        text(promptExpected),
        boundedList(text('a string of well-formed Unicode'), [1, requestLimits.completions], promptExpected),
      ],
      { error: promptExpected },
    ),
    stream: optional(flag),
    stream_options: optional(
      z.strictObject(
        { include_usage: optional(flag), include_obfuscation: withoutEffect(flag, 'nothing is padded') },
        { error: 'an object {"include_usage": boolean}' },
      ),
    ),
    max_tokens: optional(tokenLimit),
    ...samplingShape,
    stop: optional(stop),
    n: optional(integerIn(1, requestLimits.choices)),
    best_of: withoutEffect(integerIn(1, requestLimits.choices), 'it has to be what n is'),
    thinking_token_budget: optional(thinkingLimit),
    echo: withoutEffect(z.literal(false, { error: 'false; the prompt is not repeated' }), 'it is never done'),
    suffix: withoutEffect(z.literal('', { error: 'an empty text; texts are not filled in' }), 'it is empty'),
    user: annotations.user,
  },
  { error: 'a JSON object' },
);
