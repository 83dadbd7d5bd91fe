// The body of POST /v1/chat/completions: a strict subset of OpenAI's, with the reasoning fields of OpenAI, OpenRouter,
// vLLM and Ollama. Browser-safe; see schema-parts.ts for the rules that all requests follow.
import { z } from 'zod';
import { mediaPart } from './media-parts.ts';
import { type SamplingFields, samplingShape } from './sampling-fields.ts';
import {
  annotations,
  boundedList,
  cacheHint,
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
  stop,
  text,
  thinkingLimit,
  tokenLimit,
  withoutEffect,
} from './schema-parts.ts';
import { type StrategyFields, strategyShape } from './strategy-fields.ts';

type TextPart = { readonly type: 'text'; readonly text: string };

type ReasoningDetail = { readonly text?: Maybe<string>; readonly summary?: Maybe<string> };

export type ChatContent = string | readonly TextPart[];

export type ChatToolCall = {
  readonly id: string;
  readonly type: 'function';
  /** `arguments` is JSON text. */
  readonly function: { readonly name: string; readonly arguments: string };
};

export type ChatCompletionMessage =
  | { readonly role: 'system' | 'developer' | 'user'; readonly content: ChatContent }
  | {
      readonly role: 'assistant';
      readonly content?: Maybe<ChatContent>;
      readonly reasoning_content?: Maybe<string>;
      readonly reasoning?: Maybe<string>;
      /** OpenRouter's; what is no text in it cannot be read here. */
      readonly reasoning_details?: Maybe<readonly ReasoningDetail[]>;
      /** DeepSeek's: the model goes on behind this last message. */
      readonly prefix?: Maybe<boolean>;
      readonly tool_calls?: Maybe<readonly ChatToolCall[]>;
    }
  | { readonly role: 'tool'; readonly content: ChatContent; readonly tool_call_id: string };

export type ChatTool = {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: Maybe<string>;
    readonly parameters?: Maybe<JsonObject>;
  };
};

export type ResponseFormat =
  | { readonly type: 'text' | 'json_object' }
  | { readonly type: 'json_schema'; readonly json_schema: { readonly schema?: JsonObject | undefined } }
  | { readonly type: 'grammar'; readonly grammar: string };

/** The fields that are read; others of the schema are checked and have no effect. */
export type ChatCompletionRequest = SamplingFields &
  StrategyFields & {
    readonly model: string;
    readonly messages: readonly ChatCompletionMessage[];
    readonly stream?: Maybe<boolean>;
    readonly stream_options?: Maybe<{ readonly include_usage?: Maybe<boolean> }>;
    readonly max_tokens?: Maybe<number>;
    readonly max_completion_tokens?: Maybe<number>;
    readonly stop?: Maybe<string | readonly string[]>;
    readonly n?: Maybe<number>;
    readonly logprobs?: Maybe<boolean>;
    readonly top_logprobs?: Maybe<number>;
    readonly tools?: Maybe<readonly ChatTool[]>;
    readonly tool_choice?: Maybe<
      | 'auto'
      | 'none'
      | 'required'
      | { readonly type: 'function'; readonly function: { readonly name: string } }
    >;
    readonly response_format?: Maybe<ResponseFormat>;
    readonly reasoning_effort?: Maybe<EffortName>;
    readonly reasoning?: Maybe<{
      readonly effort?: Maybe<EffortName>;
      readonly max_tokens?: Maybe<number>;
      readonly exclude?: Maybe<boolean>;
      readonly enabled?: Maybe<boolean>;
    }>;
    readonly parallel_tool_calls?: Maybe<boolean>;
    /** OpenRouter's older word for `reasoning.exclude`. */
    readonly include_reasoning?: Maybe<boolean>;
    readonly thinking_token_budget?: Maybe<number>;
    readonly think?: Maybe<boolean | EffortName>;
    /** DeepSeek's, GLM's and Kimi's. */
    readonly thinking?: Maybe<
      boolean | { readonly type: string; readonly budget_tokens?: Maybe<number> | undefined }
    >;
    /** Qwen's. */
    readonly enable_thinking?: Maybe<boolean>;
    readonly thinking_budget?: Maybe<number>;
    /** vLLM's, SGLang's and llama-server's way to the variables of a template; those about thinking are read here. */
    readonly chat_template_kwargs?: Maybe<
      JsonObject & {
        readonly enable_thinking?: Maybe<boolean>;
        readonly thinking?: Maybe<boolean>;
        readonly thinking_budget?: Maybe<number>;
        readonly reasoning_effort?: Maybe<EffortName>;
      }
    >;
  };

const textPart = z.strictObject(
  { type: z.literal('text'), text: text(), ...cacheHint },
  { error: 'an object {"type": "text", "text": string}' },
);

const part = z.discriminatedUnion('type', [textPart, mediaPart], {
  error: '"text"; this model reads text only',
});

const messageContent: z.ZodType<ChatContent> = z.union(
  [text(), boundedList(part, [1, requestLimits.parts], 'fewer text parts')],
  {
    error: `a string of well-formed Unicode or a list of 1 to ${requestLimits.parts} objects {"type": "text", "text": string}`,
  },
);

const name = withoutEffect(z.string({ error: 'a string' }), 'templates know no names');

const instruction = { content: messageContent, name };

const toolCall = z.strictObject(
  {
    id: shortString(256),
    type: z.literal('function', { error: '"function"' }),
    function: z.strictObject(
      { name: functionName, arguments: text('JSON text') },
      { error: 'an object {"name": string, "arguments": string}' },
    ),
    // Sent back by clients that number the calls of a stream.
    index: optional(integerIn(0, requestLimits.tools)),
  },
  { error: 'a call of a function' },
);

/** Kinds other than text and summary hold what only their maker can read. */
const reasoningDetail = z.looseObject(
  { text: optional(text()), summary: optional(text()) },
  { error: 'an object' },
);

const message = z.discriminatedUnion(
  'role',
  [
    z.strictObject({ role: z.literal('system'), ...instruction }),
    z.strictObject({ role: z.literal('developer'), ...instruction }),
    z.strictObject({ role: z.literal('user'), ...instruction }),
    z.strictObject({
      role: z.literal('assistant'),
      name,
      content: optional(messageContent),
      // Clients send back what they were given; the thinking of earlier turns is dropped where the family wants that.
      reasoning_content: optional(text()),
      reasoning: optional(text()),
      reasoning_details: optional(
        boundedList(reasoningDetail, [0, requestLimits.parts], 'a list of objects'),
      ),
      prefix: optional(flag),
      refusal: z.null({ error: 'null' }).optional(),
      audio: z.null({ error: 'null; audio is not supported' }).optional(),
      function_call: z.null({ error: 'null; expected tool_calls instead' }).optional(),
      annotations: echoed.list,
      tool_calls: optional(boundedList(toolCall, [0, requestLimits.tools], 'a list of calls')),
    }),
    z.strictObject({
      role: z.literal('tool'),
      content: messageContent,
      tool_call_id: shortString(256),
      name,
    }),
  ],
  { error: 'one of "system", "developer", "user", "assistant" and "tool"' },
);

const tool = z.strictObject(
  {
    type: z.literal('function', { error: '"function"' }),
    function: z.strictObject(
      {
        name: functionName,
        description: optional(text()),
        parameters: optional(jsonObject),
        strict: withoutEffect(flag, 'arguments are held to the schema where a call is required'),
      },
      { error: 'an object with the name of a function' },
    ),
    ...cacheHint,
  },
  { error: 'an object {"type": "function", "function": {…}}' },
);

const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('text') }),
    z.strictObject({ type: z.literal('json_object') }),
    z.strictObject({
      type: z.literal('json_schema'),
      json_schema: z.strictObject(
        {
          name: shortString(requestLimits.nameLength),
          description: withoutEffect(text(), 'the schema is kept, not told'),
          schema: jsonObject.optional(),
          strict: withoutEffect(flag, 'a schema is always kept'),
        },
        { error: 'an object {"name": string, "schema": object}' },
      ),
    }),
    // Not OpenAI's; in GBNF, as llama-server has it.
    z.strictObject({ type: z.literal('grammar'), grammar: text('a grammar in GBNF') }),
  ],
  { error: 'one of "text", "json_object", "json_schema" and "grammar"' },
);

const thinkingSwitch = z.strictObject(
  {
    type: z.enum(['enabled', 'disabled', 'adaptive', 'auto'], {
      error: 'one of "enabled", "disabled", "adaptive" and "auto"',
    }),
    budget_tokens: optional(thinkingLimit),
    clear_thinking: withoutEffect(flag, 'the template says which earlier thinking is shown'),
  },
  { error: 'an object {"type": string}' },
);

export const chatCompletionRequest: z.ZodType<ChatCompletionRequest> = z.strictObject(
  {
    model: modelName,
    messages: boundedList(
      message,
      [1, requestLimits.messages],
      `a list of 1 to ${requestLimits.messages} messages`,
    ),
    stream: optional(flag),
    stream_options: optional(
      z.strictObject(
        { include_usage: optional(flag), include_obfuscation: withoutEffect(flag, 'nothing is padded') },
        { error: 'an object {"include_usage": boolean}' },
      ),
    ),
    max_tokens: optional(tokenLimit),
    max_completion_tokens: optional(tokenLimit),
    ...samplingShape,
    ...strategyShape,
    stop: optional(stop),
    n: optional(integerIn(1, requestLimits.choices)),
    logprobs: optional(flag),
    top_logprobs: optional(integerIn(0, requestLimits.alternatives)),
    tools: optional(
      boundedList(tool, [0, requestLimits.tools], `a list of at most ${requestLimits.tools} tools`),
    ),
    tool_choice: optional(
      z.union(
        [
          z.enum(['auto', 'none', 'required']),
          z.strictObject({
            type: z.literal('function'),
            function: z.strictObject({ name: functionName }),
          }),
        ],
        { error: '"auto", "none", "required" or {"type": "function", "function": {"name": string}}' },
      ),
    ),
    parallel_tool_calls: optional(flag),
    response_format: optional(responseFormat),
    reasoning_effort: optional(effort),
    reasoning: optional(
      z.strictObject(
        {
          effort: optional(effort),
          max_tokens: optional(thinkingLimit),
          exclude: optional(flag),
          enabled: optional(flag),
        },
        { error: 'an object with effort, max_tokens, enabled or exclude' },
      ),
    ),
    thinking_token_budget: optional(thinkingLimit),
    think: optional(z.union([flag, effort], { error: 'true, false or a level of effort' })),
    include_reasoning: optional(flag),
    thinking: optional(
      z.union([flag, thinkingSwitch], { error: 'true, false or an object {"type": string}' }),
    ),
    enable_thinking: optional(flag),
    thinking_budget: optional(thinkingLimit),
    chat_template_kwargs: optional(
      z.looseObject(
        {
          enable_thinking: optional(flag),
          thinking: optional(flag),
          thinking_budget: optional(thinkingLimit),
          reasoning_effort: optional(effort),
        },
        { error: 'an object of variables' },
      ),
    ),
    modalities: withoutEffect(
      boundedList(z.literal('text', { error: '"text"' }), [0, 1], '["text"]; nothing else is made'),
      'replies are text',
    ),
    verbosity: withoutEffect(z.string({ error: 'a string' }), 'no model here was taught levels of it'),
    ...annotations,
  },
  { error: 'a JSON object' },
);
