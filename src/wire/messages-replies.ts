// What Anthropic's routes answer, as schemas for the document of the API. A test holds real replies to them.
import { z } from 'zod';
import { count, thinkingExtension } from './reply-parts.ts';
import { strategyExtension } from './strategy-fields.ts';

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
  }),
]);

export const messageReply: z.ZodType = z.strictObject({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: z.array(block),
  stop_reason: z.enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal']),
  stop_sequence: z.string().nullable(),
  usage: z.strictObject({
    input_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    output_tokens: count,
  }),
  x_tiegel: z.strictObject({ thinking: thinkingExtension, strategy: strategyExtension.optional() }),
});

export const tokenCountReply: z.ZodType = z.strictObject({ input_tokens: count });
