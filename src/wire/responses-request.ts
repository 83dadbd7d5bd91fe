// The body of POST /v1/responses, a strict subset of OpenAI's: stateless (nothing is stored, so there is no previous
// response to go on from), text and functions only.
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
  text,
  thinkingLimit,
  tokenLimit,
  withoutEffect,
} from './schema-parts.ts';
import { type StrategyFields, strategyShape } from './strategy-fields.ts';

type ResponseInputText = { readonly type: 'input_text' | 'output_text' | 'text'; readonly text: string };

type ReasoningText = { readonly text: string };

export type ResponseInputItem =
  | {
      readonly type?: 'message' | undefined;
      readonly role: 'system' | 'developer' | 'user' | 'assistant';
      readonly content: string | readonly ResponseInputText[];
    }
  | {
      readonly type: 'reasoning';
      readonly summary?: Maybe<readonly ReasoningText[]>;
      readonly content?: Maybe<readonly ReasoningText[]>;
    }
  | {
      readonly type: 'function_call';
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'function_call_output';
      readonly call_id: string;
      readonly output: string | readonly ResponseInputText[];
    };

export type ResponsesRequest = Pick<SamplingFields, 'temperature' | 'top_p'> &
  StrategyFields & {
    readonly model: string;
    readonly input: string | readonly ResponseInputItem[];
    readonly instructions?: Maybe<string>;
    readonly stream?: Maybe<boolean>;
    readonly max_output_tokens?: Maybe<number>;
    readonly parallel_tool_calls?: Maybe<boolean>;
    /** `auto`: the oldest items are dropped where all of them are more than the context holds. */
    readonly truncation?: Maybe<'auto' | 'disabled'>;
    readonly reasoning?: Maybe<{
      readonly effort?: Maybe<EffortName>;
      readonly max_tokens?: Maybe<number>;
    }>;
    readonly text?: Maybe<{
      readonly format?: Maybe<
        | { readonly type: 'text' | 'json_object' }
        | { readonly type: 'json_schema'; readonly schema: JsonObject }
      >;
    }>;
    readonly tools?: Maybe<
      readonly {
        readonly type: 'function';
        readonly name: string;
        readonly description?: Maybe<string>;
        readonly parameters?: Maybe<JsonObject>;
      }[]
    >;
    readonly tool_choice?: Maybe<
      'auto' | 'none' | 'required' | { readonly type: 'function'; readonly name: string }
    >;
  };

const inputText = z.strictObject(
  {
    type: z.enum(['input_text', 'output_text', 'text'], { error: '"input_text" or "output_text"' }),
    text: text(),
    annotations: echoed.list,
    logprobs: echoed.list,
    ...cacheHint,
  },
  { error: 'an object {"type": "input_text", "text": string}' },
);

const inputTexts: z.ZodType<string | readonly ResponseInputText[]> = z.union(
  [
    text(),
    boundedList(
      z.discriminatedUnion('type', [inputText, mediaPart], {
        error: '"input_text"; this model reads text only',
      }),
      [0, requestLimits.parts],
      'a list of texts',
    ),
  ],
  { error: 'a string or a list of objects {"type": "input_text", "text": string}' },
);

const reasoningTexts = boundedList(
  z.strictObject(
    { type: z.enum(['reasoning_text', 'summary_text', 'text']), text: text() },
    { error: 'an object {"type": "reasoning_text", "text": string}' },
  ),
  [0, requestLimits.parts],
  'a list of texts',
);

/** What clients send back from an earlier answer. */
const identity = { id: echoed.text, status: echoed.text };

const inputItem = z.union(
  [
    z.strictObject({
      type: z.literal('message').optional(),
      role: z.enum(['system', 'developer', 'user', 'assistant']),
      content: inputTexts,
      phase: echoed.text,
      ...identity,
    }),
    z.strictObject({
      type: z.literal('reasoning'),
      summary: optional(reasoningTexts),
      content: optional(reasoningTexts),
      encrypted_content: withoutEffect(z.string({ error: 'a string' }), 'only who encrypted it can read it'),
      ...identity,
    }),
    z.strictObject({
      type: z.literal('function_call'),
      call_id: shortString(256),
      name: functionName,
      arguments: text('JSON text'),
      caller: withoutEffect(jsonObject, 'the model is the only one who calls'),
      ...identity,
    }),
    z.strictObject({
      type: z.literal('function_call_output'),
      call_id: shortString(256),
      output: inputTexts,
      ...identity,
    }),
  ],
  { error: 'a message, a reasoning item, a function call or its output' },
);

const format = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('text') }),
    z.strictObject({ type: z.literal('json_object') }),
    z.strictObject({
      type: z.literal('json_schema'),
      name: shortString(requestLimits.nameLength),
      description: withoutEffect(text(), 'the schema is kept, not told'),
      schema: jsonObject,
      strict: withoutEffect(flag, 'a schema is always kept'),
    }),
  ],
  { error: 'one of "text", "json_object" and "json_schema"' },
);

const tool = z.strictObject(
  {
    type: z.literal('function', { error: '"function"; there are no server-side tools' }),
    name: functionName,
    description: optional(text()),
    parameters: optional(jsonObject),
    strict: withoutEffect(flag, 'arguments are held to the schema where a call is required'),
  },
  { error: 'an object {"type": "function", "name": string}' },
);

const verbosity = withoutEffect(z.string({ error: 'a string' }), 'no model here was taught levels of it');

/** Parts of a reply that are made by tools of a server, or that are encrypted there. */
const neverThere = [
  'reasoning.encrypted_content',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
] as const;

const includable = z.enum(neverThere, {
  error: `one of ${neverThere.map((name) => `"${name}"`).join(', ')}`,
});

export const responsesRequest: z.ZodType<ResponsesRequest> = z.strictObject(
  {
    model: modelName,
    input: z.union([text(), boundedList(inputItem, [1, requestLimits.messages], 'a list of items')], {
      error: `a string or a list of 1 to ${requestLimits.messages} items: messages, reasoning, function calls and their outputs`,
    }),
    instructions: optional(text()),
    stream: optional(flag),
    stream_options: withoutEffect(
      z.strictObject({ include_obfuscation: optional(flag) }, { error: 'an object' }),
      'nothing is padded',
    ),
    max_output_tokens: optional(tokenLimit),
    temperature: samplingShape.temperature,
    top_p: samplingShape.top_p,
    ...strategyShape,
    reasoning: optional(
      z.strictObject(
        {
          effort: optional(effort),
          max_tokens: optional(thinkingLimit),
          summary: withoutEffect(z.string({ error: 'a string' }), 'the thinking itself is shown'),
          generate_summary: withoutEffect(z.string({ error: 'a string' }), 'the thinking itself is shown'),
          context: withoutEffect(
            z.string({ error: 'a string' }),
            'the template says which earlier thinking is shown',
          ),
        },
        { error: 'an object with effort or max_tokens' },
      ),
    ),
    text: optional(
      z.strictObject({ format: optional(format), verbosity }, { error: 'an object {"format": object}' }),
    ),
    tools: optional(
      boundedList(tool, [0, requestLimits.tools], `a list of at most ${requestLimits.tools} tools`),
    ),
    tool_choice: optional(
      z.union(
        [
          z.enum(['auto', 'none', 'required']),
          z.strictObject({ type: z.literal('function'), name: functionName }),
        ],
        { error: '"auto", "none", "required" or {"type": "function", "name": string}' },
      ),
    ),
    parallel_tool_calls: optional(flag),
    include: withoutEffect(
      boundedList(includable, [0, neverThere.length], 'a list of parts of a reply'),
      'no reply has such parts; the thinking is readable',
    ),
    truncation: optional(z.enum(['auto', 'disabled'], { error: '"auto" or "disabled"' })),
    background: withoutEffect(z.literal(false, { error: 'false; nothing is stored' }), 'it is never done'),
    previous_response_id: z.null({ error: 'null; nothing is stored' }).optional(),
    conversation: z.null({ error: 'null; nothing is stored' }).optional(),
    prompt: z.null({ error: 'null; nothing is stored' }).optional(),
    top_logprobs: withoutEffect(z.literal(0, { error: '0; ask /v1/chat/completions for more' }), 'it is 0'),
    max_tool_calls: withoutEffect(integerIn(0, requestLimits.maxTokens), 'there are no built-in tools'),
    ...annotations,
  },
  { error: 'a JSON object' },
);
