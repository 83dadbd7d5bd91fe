// What the schemas of replies share: counts, the report on thinking, and log-probabilities as OpenAI lists them.
import { z } from 'zod';
import type { BillExtension } from './chat-completion-response.ts';

export const count: z.ZodInt = z.int().min(0);

/** @see ThinkingExtension */
export const thinkingExtension: z.ZodType = z.strictObject({
  outcome: z.enum(['closed', 'unclosed', 'empty', 'none']),
  tokens: count,
  forced_tokens: count,
  budget: count.nullable(),
  stopped_by: z.enum(['model', 'budget', 'request', 'length', 'content-filter']).nullable(),
});

/** @see BillExtension */
export const billMembers: Readonly<Record<keyof BillExtension, z.ZodType>> = {
  amount: z.string(),
  currency: z.string(),
  remaining: z.string().nullable(),
  price: z.string(),
};

const tokenEntry = { token: z.string(), logprob: z.number(), bytes: z.array(count) };

/** The tokens of an answer, each with the likeliest alternatives. */
export const tokenEntries: z.ZodType = z.array(
  z.strictObject({ ...tokenEntry, top_logprobs: z.array(z.strictObject(tokenEntry)) }),
);
