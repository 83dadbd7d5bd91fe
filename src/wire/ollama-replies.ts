// What Ollama's routes answer, as schemas for the document of the API; of a stream, what one line of it is. A test holds real
// replies to them.
import { z } from 'zod';
import { count, thinkingExtension, tokenEntries } from './reply-parts.ts';
import { strategyExtension } from './strategy-fields.ts';

const toolCall = z.strictObject({
  function: z.strictObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
});

/** Durations in nanoseconds. */
const ending = {
  done_reason: z.enum(['stop', 'length']),
  total_duration: count,
  load_duration: count,
  prompt_eval_count: count,
  eval_count: count,
  eval_duration: count,
  x_tiegel: z.strictObject({ thinking: thinkingExtension, strategy: strategyExtension.optional() }),
};

/** The last line, or the only one; the lines before it have nothing of the ending. */
function replyWith(said: z.core.$ZodLooseShape): z.ZodType {
  const line = { model: z.string(), created_at: z.string(), ...said, logprobs: tokenEntries.optional() };
  return z.union([
    z.strictObject({ ...line, done: z.literal(true), ...ending }),
    z.strictObject({ ...line, done: z.literal(false) }),
  ]);
}

export const ollamaChatReply: z.ZodType = replyWith({
  message: z.strictObject({
    role: z.literal('assistant'),
    content: z.string(),
    thinking: z.string().optional(),
    tool_calls: z.array(toolCall).optional(),
  }),
});

export const ollamaGenerateReply: z.ZodType = replyWith({
  response: z.string(),
  thinking: z.string().optional(),
});

const vector = z.array(z.number());

export const ollamaEmbedReply: z.ZodType = z.strictObject({
  model: z.string(),
  embeddings: z.array(vector),
  total_duration: count,
  load_duration: count,
  prompt_eval_count: count,
});

export const ollamaEmbeddingsReply: z.ZodType = z.strictObject({ embedding: vector });

export const ollamaVersionReply: z.ZodType = z.strictObject({ version: z.string() });

const details = z.strictObject({
  parent_model: z.string(),
  format: z.string(),
  family: z.string(),
  families: z.array(z.string()),
  parameter_size: z.string(),
  quantization_level: z.string(),
});

const entry = { name: z.string(), model: z.string(), size: count, digest: z.string(), details };

export const ollamaTagsReply: z.ZodType = z.strictObject({
  models: z.array(z.strictObject({ ...entry, modified_at: z.string() })),
});

export const ollamaLoadedReply: z.ZodType = z.strictObject({
  models: z.array(z.strictObject({ ...entry, expires_at: z.string(), context_length: count })),
});

export const ollamaShowReply: z.ZodType = z.strictObject({
  modelfile: z.string(),
  parameters: z.string(),
  template: z.string(),
  system: z.string(),
  license: z.string(),
  details,
  model_info: z.record(z.string(), z.unknown()),
  capabilities: z.array(z.enum(['completion', 'thinking', 'tools', 'embedding'])),
  modified_at: z.string(),
});

export const ollamaPullReply: z.ZodType = z.union([
  z.strictObject({
    status: z.string(),
    digest: z.string().optional(),
    total: count.optional(),
    completed: count.optional(),
  }),
  z.strictObject({ error: z.string() }),
]);
