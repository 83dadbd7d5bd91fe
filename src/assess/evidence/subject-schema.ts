// The subject of an assessment as its first line states it: the served tuple of a file or of a model on a server.
import { z } from 'zod';
import { attentions } from '../../base/index.ts';
import type { Subject } from '../../catalog/index.ts';
import { count, digest } from './parts.ts';

const place = z.strictObject({
  region: z.string().exactOptional(),
  operator: z.strictObject({ name: z.string(), country: z.string() }).exactOptional(),
  ownHardware: z.literal(true).exactOptional(),
});

const serving = {
  runtimeBuild: z.string(),
  sampling: z.strictObject({ temperature: z.number(), topP: z.number(), maxTokens: count }),
  thinkingBudget: count.nullable(),
  systemPrompt: z.string().nullable(),
  filters: z.array(digest),
  place: place.exactOptional(),
  watermark: z.strictObject({ window: count, share: z.number() }).exactOptional(),
  coins: z.array(z.string()).exactOptional(),
  attention: z.enum(attentions).exactOptional(),
} as const;

const ofFile = z.strictObject({
  weights: digest,
  tensors: digest,
  tokenizer: digest,
  chatTemplate: digest,
  templateRenderer: z.string().exactOptional(),
  adapters: z.array(digest),
  draft: digest.exactOptional(),
  quantisation: z.string(),
  ...serving,
});

const ofServer = z.strictObject({
  remote: z.strictObject({
    server: z.string(),
    endpoints: z.array(z.string()),
    model: z.string(),
    contextLength: count,
    opensThinking: z.boolean(),
    template: digest.exactOptional(),
    places: z.array(place).exactOptional(),
  }),
  fingerprint: z.array(digest.nullable()),
  ...serving,
});

export const subject: z.ZodType<Subject> = z.union([ofFile, ofServer]);
