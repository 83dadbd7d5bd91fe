// The bodies of Ollama's POST /api/chat, /api/generate and /api/show: text, thinking and tools. Streaming is the default
// here, unlike everywhere else.
import { z } from 'zod';
import { type Parsed, parseWith } from './request-problem.ts';
import {
  boundedList,
  type EffortName,
  effort,
  flag,
  functionName,
  ignored,
  integerIn,
  type JsonObject,
  jsonObject,
  type Maybe,
  modelName,
  numberIn,
  optional,
  requestLimits,
  stop,
  text,
} from './schema-parts.ts';

type Common = {
  readonly model: string;
  readonly stream?: Maybe<boolean>;
  readonly think?: Maybe<boolean | EffortName>;
  readonly format?: Maybe<'' | 'json' | JsonObject>;
  readonly options?: Maybe<{
    readonly temperature?: Maybe<number>;
    readonly top_p?: Maybe<number>;
    readonly seed?: Maybe<number>;
    /** Negative: as many as the model allows. */
    readonly num_predict?: Maybe<number>;
    readonly stop?: Maybe<string | readonly string[]>;
  }>;
};

export type OllamaMessage = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: Maybe<string>;
  readonly tool_calls?: Maybe<
    readonly { readonly function: { readonly name: string; readonly arguments: JsonObject } }[]
  >;
};

export type OllamaChatRequest = Common & {
  readonly messages: readonly OllamaMessage[];
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
};

export type OllamaShowRequest = { readonly model: string };

const noImages = optional(z.array(z.never({ error: 'nothing; this model reads text only' })));

const common = {
  model: modelName,
  stream: optional(flag),
  think: optional(z.union([flag, effort], { error: 'true, false or a level of effort' })),
  format: optional(z.union([z.literal(['', 'json']), jsonObject], { error: '"json" or a JSON schema' })),
  options: optional(
    z.strictObject(
      {
        temperature: optional(numberIn(0, 2)),
        top_p: optional(numberIn(0, 1)),
        seed: optional(integerIn(0, requestLimits.seed)),
        num_predict: optional(integerIn(-2, requestLimits.maxTokens)),
        stop: optional(stop),
        // The context is the one the model was admitted with.
        num_ctx: optional(integerIn(1, requestLimits.maxTokens)),
      },
      { error: 'an object' },
    ),
  ),
  keep_alive: optional(z.union([z.string(), z.number()], { error: 'a duration' })),
};

const call = z.strictObject({
  id: ignored.text,
  type: ignored.text,
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
    tool_name: ignored.text,
    tool_call_id: ignored.text,
  },
  { error: 'a message with role and content' },
);

const tool = z.strictObject(
  {
    type: z.literal('function', { error: '"function"' }),
    function: z.strictObject(
      { name: functionName, description: optional(text()), parameters: optional(jsonObject) },
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
  },
  { error: 'a JSON object' },
);

export const ollamaGenerateRequest: z.ZodType<OllamaGenerateRequest> = z.strictObject(
  { ...common, prompt: text(), system: optional(text()), images: noImages },
  { error: 'a JSON object' },
);

export const ollamaShowRequest: z.ZodType<OllamaShowRequest> = z.strictObject(
  { model: modelName, verbose: ignored.flag },
  { error: 'a JSON object' },
);

/** Checks the parsed JSON body of a chat request. */
export function parseOllamaChatRequest(body: unknown): Parsed<OllamaChatRequest> {
  return parseWith(ollamaChatRequest, body);
}

/** Checks the parsed JSON body of a generate request. */
export function parseOllamaGenerateRequest(body: unknown): Parsed<OllamaGenerateRequest> {
  return parseWith(ollamaGenerateRequest, body);
}

/** Checks the parsed JSON body of a question about a model. */
export function parseOllamaShowRequest(body: unknown): Parsed<OllamaShowRequest> {
  return parseWith(ollamaShowRequest, body);
}
