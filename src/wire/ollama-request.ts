// The bodies of Ollama's POST routes: text, thinking and tools. Streaming is the default here, unlike everywhere else.
import { z } from 'zod';
import { embeddable } from './embeddings-request.ts';
import { noImages } from './media-parts.ts';
import { type OllamaOptions, ollamaOptions } from './ollama-options.ts';
import {
  boundedList,
  type EffortName,
  echoed,
  effort,
  flag,
  functionName,
  integerIn,
  type JsonObject,
  jsonObject,
  type Maybe,
  modelName,
  optional,
  requestLimits,
  shortString,
  text,
  withoutEffect,
} from './schema-parts.ts';
import { type StrategyFields, strategyShape } from './strategy-fields.ts';

type Common = StrategyFields & {
  readonly model: string;
  readonly stream?: Maybe<boolean>;
  readonly think?: Maybe<boolean | EffortName>;
  readonly format?: Maybe<'' | 'json' | JsonObject>;
  readonly options?: Maybe<OllamaOptions>;
  readonly logprobs?: Maybe<boolean>;
  readonly top_logprobs?: Maybe<number>;
};

export type OllamaMessage = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: Maybe<string>;
  readonly thinking?: Maybe<string>;
  readonly tool_calls?: Maybe<
    readonly { readonly function: { readonly name: string; readonly arguments: JsonObject } }[]
  >;
};

export type OllamaChatRequest = Common & {
  readonly messages: readonly OllamaMessage[];
  /** The oldest messages are dropped where all of them are more than the context holds. */
  readonly truncate?: Maybe<boolean>;
  readonly tools?: Maybe<
    readonly {
      readonly function: {
        readonly name: string;
        readonly description?: Maybe<string>;
        readonly parameters?: Maybe<JsonObject>;
      };
    }[]
  >;
};

export type OllamaGenerateRequest = Common & {
  readonly prompt: string;
  readonly system?: Maybe<string>;
  /** The prompt is continued as it is, without a template. */
  readonly raw?: Maybe<boolean>;
};

export type OllamaShowRequest = { readonly model?: string | undefined; readonly name?: string | undefined };

export type OllamaEmbedRequest = {
  readonly model: string;
  readonly input: string | readonly string[];
};

export type OllamaEmbeddingsRequest = { readonly model: string; readonly prompt: string };

export type OllamaPullRequest = OllamaShowRequest & { readonly stream?: Maybe<boolean> };

const keepAlive = withoutEffect(
  z.union([shortString(32), z.number()], { error: 'a duration' }),
  'how long models stay loaded is for the operator to say',
);

const common = {
  model: modelName,
  stream: optional(flag),
  think: optional(z.union([flag, effort], { error: 'true, false or a level of effort' })),
  format: optional(z.union([z.literal(['', 'json']), jsonObject], { error: '"json" or a JSON schema' })),
  options: optional(ollamaOptions),
  keep_alive: keepAlive,
  logprobs: optional(flag),
  top_logprobs: optional(integerIn(0, requestLimits.alternatives)),
  ...strategyShape,
};

const call = z.strictObject({
  id: echoed.text,
  type: echoed.text,
  function: z.strictObject(
    { name: functionName, arguments: jsonObject, index: optional(integerIn(0, requestLimits.tools)) },
    { error: 'an object {"name": string, "arguments": object}' },
  ),
});

const message = z.strictObject(
  {
    role: z.enum(['system', 'user', 'assistant', 'tool'], {
      error: 'one of "system", "user", "assistant" and "tool"',
    }),
    content: optional(text()),
    thinking: optional(text()),
    images: noImages,
    tool_calls: optional(boundedList(call, [0, requestLimits.tools], 'a list of calls')),
    tool_name: withoutEffect(text(), 'results stand in the order of the calls'),
    tool_call_id: withoutEffect(text(), 'results stand in the order of the calls'),
  },
  { error: 'a message with role and content' },
);

const tool = z.strictObject(
  {
    type: z.literal('function', { error: '"function"' }),
    function: z.strictObject(
      {
        name: functionName,
        description: optional(text()),
        parameters: optional(jsonObject),
        strict: withoutEffect(flag, 'arguments are not held to the schema here'),
      },
      { error: 'an object with the name of a function' },
    ),
  },
  { error: 'an object {"type": "function", "function": {…}}' },
);

export const ollamaChatRequest: z.ZodType<OllamaChatRequest> = z.strictObject(
  {
    ...common,
    messages: boundedList(
      message,
      [1, requestLimits.messages],
      `a list of 1 to ${requestLimits.messages} messages`,
    ),
    tools: optional(
      boundedList(tool, [0, requestLimits.tools], `a list of at most ${requestLimits.tools} tools`),
    ),
    truncate: optional(flag),
    shift: withoutEffect(
      z.literal(false, { error: 'false; a context is never shifted' }),
      'it is never done',
    ),
  },
  { error: 'a JSON object' },
);

const noText = z.literal('', { error: 'an empty text; it is not supported' });

export const ollamaGenerateRequest: z.ZodType<OllamaGenerateRequest> = z.strictObject(
  {
    ...common,
    prompt: text(),
    system: optional(text()),
    raw: optional(flag),
    images: noImages,
    suffix: withoutEffect(noText, 'it is empty'),
    template: withoutEffect(noText, 'it is empty'),
    context: withoutEffect(
      boundedList(z.never(), [0, 0], 'an empty list; conversations belong to /api/chat'),
      'it is empty',
    ),
  },
  { error: 'a JSON object' },
);

/** `name` is the older word for `model`. */
const named = { model: modelName.optional(), name: modelName.optional() };

export const ollamaShowRequest: z.ZodType<OllamaShowRequest> = z.strictObject(
  { ...named, verbose: withoutEffect(flag, 'all that is known is shown') },
  { error: 'a JSON object' },
);

export const ollamaEmbedRequest: z.ZodType<OllamaEmbedRequest> = z.strictObject(
  {
    model: modelName,
    input: embeddable,
    truncate: withoutEffect(flag, 'a text that is longer than the context is refused, never cut'),
    keep_alive: keepAlive,
    options: optional(ollamaOptions),
  },
  { error: 'a JSON object' },
);

export const ollamaEmbeddingsRequest: z.ZodType<OllamaEmbeddingsRequest> = z.strictObject(
  { model: modelName, prompt: text(), keep_alive: keepAlive, options: optional(ollamaOptions) },
  { error: 'a JSON object' },
);

export const ollamaPullRequest: z.ZodType<OllamaPullRequest> = z.strictObject(
  {
    ...named,
    stream: optional(flag),
    insecure: withoutEffect(
      z.literal(false, { error: 'false; the hub is reached by TLS' }),
      'it is never done',
    ),
  },
  { error: 'a JSON object' },
);
