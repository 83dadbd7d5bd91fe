// The body of POST /v1/messages and of its count_tokens, a strict subset of Anthropic's Messages API: text, thinking and
// tools; no images, no documents, no server-side tools.
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
  type JsonObject,
  jsonObject,
  type Maybe,
  modelName,
  optional,
  requestLimits,
  shortString,
  stopSequences,
  text,
  thinkingLimit,
  tokenLimit,
  withoutEffect,
} from './schema-parts.ts';
import { type StrategyFields, strategyShape } from './strategy-fields.ts';

export type MessagesTextBlock = { readonly type: 'text'; readonly text: string };

export type MessagesBlock =
  | MessagesTextBlock
  | { readonly type: 'thinking'; readonly thinking: string }
  | { readonly type: 'redacted_thinking' }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: JsonObject }
  | {
      readonly type: 'tool_result';
      readonly tool_use_id: string;
      readonly content?: Maybe<string | readonly MessagesTextBlock[]>;
    };

export type MessagesMessage = {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly MessagesBlock[];
};

type Conversation = {
  readonly model: string;
  readonly messages: readonly MessagesMessage[];
  readonly system?: Maybe<string | readonly MessagesTextBlock[]>;
  readonly tools?: Maybe<
    readonly {
      readonly name: string;
      readonly description?: Maybe<string>;
      readonly input_schema: JsonObject;
    }[]
  >;
  readonly tool_choice?: Maybe<
    ({ readonly type: 'auto' | 'none' | 'any' } | { readonly type: 'tool'; readonly name: string }) & {
      readonly disable_parallel_tool_use?: Maybe<boolean>;
    }
  >;
  readonly thinking?: Maybe<
    (
      | { readonly type: 'enabled'; readonly budget_tokens: number }
      | { readonly type: 'disabled' | 'adaptive' }
    ) & { readonly display?: Maybe<string> }
  >;
  readonly output_config?: Maybe<{
    readonly effort?: Maybe<EffortName>;
    readonly format?: Maybe<OutputFormat>;
  }>;
  /** The beta's place for the same. */
  readonly output_format?: Maybe<OutputFormat>;
};

type OutputFormat = { readonly type: 'json_schema'; readonly schema: JsonObject };

export type MessagesRequest = Conversation &
  Pick<SamplingFields, 'temperature' | 'top_p' | 'top_k'> &
  StrategyFields & {
    readonly max_tokens: number;
    readonly stream?: Maybe<boolean>;
    readonly stop_sequences?: Maybe<readonly string[]>;
  };

export type CountTokensRequest = Conversation;

const textBlock = z.strictObject({
  type: z.literal('text', { error: '"text"' }),
  text: text(),
  citations: echoed.list,
  ...cacheHint,
});

const textOnly = '"text"; this model reads text only';

const textBlocks: z.ZodType<readonly MessagesTextBlock[]> = boundedList(
  z.discriminatedUnion('type', [textBlock, mediaPart], { error: textOnly }),
  [0, requestLimits.parts],
  'a list of text blocks',
);

const textOrBlocks = z.union([text(), textBlocks], { error: 'a string or a list of text blocks' });

const block = z.discriminatedUnion(
  'type',
  [
    textBlock,
    mediaPart,
    z.strictObject({ type: z.literal('thinking'), thinking: text(), signature: echoed.text }),
    z.strictObject({
      type: z.literal('redacted_thinking'),
      data: withoutEffect(z.string({ error: 'a string' }), 'only who encrypted it can read it'),
    }),
    z.strictObject({
      type: z.literal('tool_use'),
      id: shortString(256),
      name: functionName,
      input: jsonObject,
      caller: withoutEffect(jsonObject, 'the model is the only one who calls'),
      ...cacheHint,
    }),
    z.strictObject({
      type: z.literal('tool_result'),
      tool_use_id: shortString(256),
      content: optional(textOrBlocks),
      is_error: withoutEffect(flag, 'templates know results, which say themselves that they failed'),
      ...cacheHint,
    }),
  ],
  { error: 'one of "text", "thinking", "redacted_thinking", "tool_use" and "tool_result"' },
);

const message = z.strictObject(
  {
    role: z.enum(['user', 'assistant'], { error: '"user" or "assistant"' }),
    content: z.union([text(), boundedList(block, [1, requestLimits.parts], 'a list of blocks')], {
      error: 'a string or a list of blocks',
    }),
  },
  { error: 'a message with role and content' },
);

const tool = z.strictObject(
  {
    type: optional(z.literal('custom', { error: '"custom"; there are no server-side tools' })),
    name: functionName,
    description: optional(text()),
    input_schema: jsonObject,
    strict: withoutEffect(flag, 'arguments are held to the schema where a call is required'),
    eager_input_streaming: withoutEffect(flag, 'a call is sent when it is complete'),
    defer_loading: withoutEffect(z.literal(false, { error: 'false' }), 'all tools are told'),
    ...cacheHint,
  },
  { error: 'an object with name and input_schema' },
);

const display = optional(z.enum(['summarized', 'omitted'], { error: '"summarized" or "omitted"' }));

const thinking = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('enabled'), budget_tokens: thinkingLimit, display }),
    z.strictObject({ type: z.literal('disabled') }),
    z.strictObject({ type: z.literal('adaptive'), display }),
  ],
  { error: 'one of "enabled", "disabled" and "adaptive"' },
);

const outputFormat = z.strictObject(
  { type: z.literal('json_schema', { error: '"json_schema"' }), schema: jsonObject },
  { error: 'an object {"type": "json_schema", "schema": object}' },
);

const conversation = {
  model: modelName,
  messages: boundedList(
    message,
    [1, requestLimits.messages],
    `a list of 1 to ${requestLimits.messages} messages`,
  ),
  system: optional(textOrBlocks),
  tools: optional(
    boundedList(tool, [0, requestLimits.tools], `a list of at most ${requestLimits.tools} tools`),
  ),
  tool_choice: optional(
    z.discriminatedUnion(
      'type',
      [
        z.strictObject({ type: z.enum(['auto', 'any']), disable_parallel_tool_use: optional(flag) }),
        z.strictObject({ type: z.literal('none') }),
        z.strictObject({
          type: z.literal('tool'),
          name: functionName,
          disable_parallel_tool_use: optional(flag),
        }),
      ],
      { error: 'an object whose type is "auto", "any", "tool" with a name, or "none"' },
    ),
  ),
  thinking: optional(thinking),
  output_config: optional(
    z.strictObject(
      {
        effort: optional(effort),
        format: optional(outputFormat),
      },
      { error: 'an object with effort or format' },
    ),
  ),
  output_format: optional(outputFormat),
  ...cacheHint,
  speed: withoutEffect(z.literal('standard', { error: '"standard"' }), 'there is one speed'),
  user_profile_id: annotations.user,
};

export const messagesRequest: z.ZodType<MessagesRequest> = z.strictObject(
  {
    ...conversation,
    max_tokens: tokenLimit,
    stream: optional(flag),
    temperature: samplingShape.temperature,
    top_p: samplingShape.top_p,
    top_k: samplingShape.top_k,
    ...strategyShape,
    stop_sequences: optional(stopSequences),
    metadata: annotations.metadata,
    service_tier: annotations.service_tier,
  },
  { error: 'a JSON object' },
);

export const countTokensRequest: z.ZodType<CountTokensRequest> = z.strictObject(conversation, {
  error: 'a JSON object',
});
