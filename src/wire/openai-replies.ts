// What OpenAI's routes answer, as schemas for the document of the API. A test holds real replies to them.
import { z } from 'zod';
import { billMembers, count, thinkingExtension, tokenEntries } from './reply-parts.ts';
import { strategyExtension } from './strategy-fields.ts';

const usage = z.strictObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.strictObject({ cached_tokens: count }),
  completion_tokens_details: z.strictObject({ reasoning_tokens: count }),
});

const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

/** @see ChatCompletion */
export const chatCompletionReply: z.ZodType = z.strictObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: count,
  model: z.string(),
  choices: z.array(
    z.strictObject({
      index: count,
      message: z.strictObject({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        reasoning_content: z.string().optional(),
        reasoning: z.string().optional(),
        refusal: z.null(),
        tool_calls: z.array(toolCall).optional(),
      }),
      finish_reason: z.enum(['stop', 'length', 'tool_calls', 'content_filter']),
      logprobs: z.strictObject({ content: tokenEntries, refusal: z.null() }).nullable(),
    }),
  ),
  usage,
  x_tiegel: z.strictObject({
    thinking: thinkingExtension,
    strategy: strategyExtension.optional(),
    log_probabilities: z.enum(['raw', 'post-sampling']).optional(),
    ...z.strictObject(billMembers).partial().shape,
  }),
});

export const completionReply: z.ZodType = z.strictObject({
  id: z.string(),
  object: z.literal('text_completion'),
  created: count,
  model: z.string(),
  choices: z.array(
    z.strictObject({
      index: count,
      text: z.string(),
      reasoning: z.string().optional(),
      finish_reason: z.enum(['stop', 'length', 'content_filter']),
      logprobs: z.null(),
    }),
  ),
  usage,
  x_tiegel: z.strictObject(billMembers).optional(),
});

const item = { id: z.string(), status: z.enum(['in_progress', 'completed', 'incomplete']) };

const outputItem = z.discriminatedUnion('type', [
  z.strictObject({
    ...item,
    type: z.literal('reasoning'),
    summary: z.array(z.never()),
    content: z.array(z.strictObject({ type: z.literal('reasoning_text'), text: z.string() })),
  }),
  z.strictObject({
    ...item,
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(
      z.strictObject({
        type: z.literal('output_text'),
        text: z.string(),
        annotations: z.array(z.never()),
        logprobs: z.array(z.never()),
      }),
    ),
  }),
  z.strictObject({
    ...item,
    type: z.literal('function_call'),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
]);

/** Settings of the request come back as they were sent. */
export const responseReply: z.ZodType = z.strictObject({
  id: z.string(),
  object: z.literal('response'),
  created_at: count,
  status: z.enum(['completed', 'incomplete']),
  error: z.null(),
  incomplete_details: z.strictObject({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: count.nullable(),
  model: z.string(),
  output: z.array(outputItem),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.null(),
  reasoning: z.strictObject({ effort: z.string().nullable(), summary: z.null() }),
  store: z.literal(false),
  temperature: z.number().nullable(),
  text: z.strictObject({ format: z.unknown() }),
  tool_choice: z.unknown(),
  tools: z.array(z.unknown()),
  top_p: z.number().nullable(),
  truncation: z.string(),
  usage: z.strictObject({
    input_tokens: count,
    input_tokens_details: z.strictObject({ cached_tokens: count }),
    output_tokens: count,
    output_tokens_details: z.strictObject({ reasoning_tokens: count }),
    total_tokens: count,
  }),
  metadata: z.strictObject({}),
  x_tiegel: z.strictObject({ thinking: thinkingExtension, strategy: strategyExtension.optional() }),
});

export const embeddingsReply: z.ZodType = z.strictObject({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.strictObject({
      object: z.literal('embedding'),
      index: count,
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: z.strictObject({ prompt_tokens: count, total_tokens: count }),
});

/** @see ModelListEntry */
export const modelReply: z.ZodType = z.strictObject({
  id: z.string(),
  object: z.literal('model'),
  created: count,
  owned_by: z.string(),
});

/** @see ModelList */
export const modelListReply: z.ZodType = z.strictObject({
  object: z.literal('list'),
  data: z.array(modelReply),
  x_tiegel: z.strictObject({ max_samples: z.int(), checkers: z.array(z.string()) }),
});
