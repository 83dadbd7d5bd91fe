// The body of POST /v1/chat/completions, a strict subset of OpenAI's: an unknown or out-of-range field is refused by
// name, never ignored, so that no client believes in a setting that does nothing. `null` counts as absent, as clients
// expect. Browser-safe; each schema's message is the sentence part that follows "expected".
import { z } from 'zod';
import { type Parsed, parseWith } from './request-problem.ts';

type TextPart = { readonly type: 'text'; readonly text: string };

export type ChatCompletionMessage = {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly content: string | readonly TextPart[];
};

/** The fields that are read; `n`, `user`, `metadata` and a message's `name` are checked and then have no effect. */
export type ChatCompletionRequest = {
  readonly model: string;
  readonly messages: readonly ChatCompletionMessage[];
  readonly stream?: boolean | null | undefined;
  readonly stream_options?: { readonly include_usage?: boolean | null | undefined } | null | undefined;
  readonly max_tokens?: number | null | undefined;
  readonly max_completion_tokens?: number | null | undefined;
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly seed?: number | null | undefined;
  readonly stop?: string | readonly string[] | null | undefined;
};

const requestLimits = {
  messages: 1024,
  parts: 1024,
  maxTokens: 1_000_000,
  seed: 2 ** 32 - 1,
  stopSequences: 4,
  stopLength: 256,
} as const;

const optional = <Schema extends z.ZodType>(schema: Schema): z.ZodOptional<z.ZodNullable<Schema>> =>
  schema.nullable().optional();

function text(expected = 'a string of well-formed Unicode'): z.ZodType<string> {
  return z.string({ error: expected }).refine((value) => value.isWellFormed(), { error: expected });
}

function numberIn(low: number, high: number): z.ZodNumber {
  const error = `a number from ${low} to ${high}`;
  return z.number({ error }).min(low, { error }).max(high, { error });
}

function integerIn(low: number, high: number): z.ZodNumber {
  const error = `an integer from ${low} to ${high}`;
  return z.int({ error }).min(low, { error }).max(high, { error });
}

const textPart = z.strictObject(
  { type: z.literal('text', { error: '"text"; this model reads text only' }), text: text() },
  { error: 'an object {"type": "text", "text": string}' },
);

/** The count is checked before the items, so that a body full of tiny items costs one error and not a million. */
function boundedList<Schema extends z.ZodType>(item: Schema, most: number, error: string) {
  return z.array(z.unknown(), { error }).min(1, { error }).max(most, { error }).pipe(z.array(item));
}

const messageContent = z.union([text(), boundedList(textPart, requestLimits.parts, 'fewer text parts')], {
  error: `a string of well-formed Unicode or a list of 1 to ${requestLimits.parts} objects {"type": "text", "text": string}`,
});

/** `name` is accepted because clients send it; nothing reads it. */
const messageName = optional(text());

const instruction = { content: messageContent, name: messageName };

const message = z.discriminatedUnion(
  'role',
  [
    z.strictObject({ role: z.literal('system'), ...instruction }),
    z.strictObject({ role: z.literal('developer'), ...instruction }),
    z.strictObject({ role: z.literal('user'), ...instruction }),
    z.strictObject({
      role: z.literal('assistant'),
      ...instruction,
      // Clients send back what they were given; the thinking of earlier turns is dropped.
      reasoning_content: optional(text()),
      reasoning: optional(text()),
      refusal: z.null({ error: 'null' }).optional(),
    }),
  ],
  { error: 'one of "system", "developer", "user" and "assistant"' },
);

const messageCount = `a list of 1 to ${requestLimits.messages} messages`;

const stopSequence = z
  .string({ error: 'a string' })
  .min(1, { error: `a string of 1 to ${requestLimits.stopLength} characters` })
  .max(requestLimits.stopLength, { error: `a string of 1 to ${requestLimits.stopLength} characters` });

const stopExpected = `a string or a list of 1 to ${requestLimits.stopSequences} strings, each of 1 to ${requestLimits.stopLength} characters`;

const chatCompletionRequest: z.ZodType<ChatCompletionRequest> = z.strictObject(
  {
    model: z
      .string({ error: 'the name of a model' })
      .min(1, { error: 'the name of a model' })
      .max(256, { error: 'the name of a model' }),
    messages: boundedList(message, requestLimits.messages, messageCount),
    stream: optional(z.boolean({ error: 'true or false' })),
    stream_options: optional(
      z.strictObject(
        { include_usage: optional(z.boolean({ error: 'true or false' })) },
        { error: 'an object {"include_usage": boolean}' },
      ),
    ),
    max_tokens: optional(integerIn(1, requestLimits.maxTokens)),
    max_completion_tokens: optional(integerIn(1, requestLimits.maxTokens)),
    temperature: optional(numberIn(0, 2)),
    top_p: optional(numberIn(0, 1)),
    seed: optional(integerIn(0, requestLimits.seed)),
    stop: optional(
      z.union([stopSequence, boundedList(stopSequence, requestLimits.stopSequences, stopExpected)], {
        error: stopExpected,
      }),
    ),
    n: optional(z.literal(1, { error: '1; one choice per request' })),
    user: optional(z.string({ error: 'a string' })),
    metadata: optional(
      z.record(z.string(), z.string({ error: 'a string' }), { error: 'an object of strings' }),
    ),
  },
  { error: 'a JSON object' },
);

/**
 * Checks the parsed JSON body of a chat completion request.
 *
 * @example
 * import { parseChatCompletionRequest } from './src/wire/index.ts';
 * parseChatCompletionRequest({ model: 'm', messages: [], n: 2 }).problem?.field; // → 'messages'
 */
export function parseChatCompletionRequest(body: unknown): Parsed<ChatCompletionRequest> {
  return parseWith(chatCompletionRequest, body);
}
