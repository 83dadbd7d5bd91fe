// Bodies and answers of /v1/x/policies and of erasures. What a policy may say is checked by what knows policies.
import { z } from 'zod';
import { type Maybe, optional, shortString } from './schema-parts.ts';

export type PolicyBody = {
  readonly account?: Maybe<string>;
  readonly presets?: Maybe<readonly string[]>;
  readonly document?: Maybe<Readonly<Record<string, unknown>>>;
};

export const policyRequest: z.ZodType<PolicyBody> = z.strictObject({
  account: optional(shortString(100, 'the identifier of an account')),
  presets: optional(z.array(shortString(64)).max(10, { error: 'a list of up to 10 names of presets' })),
  document: optional(z.record(z.string(), z.unknown(), { error: 'a policy as docs/accounts.md has it' })),
});

export const policyReply: z.ZodType = z.strictObject({
  object: z.literal('data_policy'),
  account: z.string().nullable(),
  version: z.int().min(0),
  policy: z.looseObject({}),
  document: z.looseObject({}).nullable(),
  set_at: z.int().min(0).nullable(),
  models: z.array(z.strictObject({ name: z.string(), allowed: z.boolean(), forbidden: z.array(z.string()) })),
});

export const policyListReply: z.ZodType = z.strictObject({
  object: z.literal('list'),
  data: z.array(policyReply),
  presets: z.array(z.strictObject({ name: z.string(), text: z.string() })),
});

export type ErasureBody = { readonly confirm: string };

export const erasureRequest: z.ZodType<ErasureBody> = z.strictObject({
  confirm: shortString(100, 'the identifier of whom is to be erased, once more'),
});

export const erasureReply: z.ZodType = z.strictObject({
  object: z.literal('erasure'),
  principal: z.string(),
  erased: z.boolean(),
  gone: z.array(z.strictObject({ what: z.string(), count: z.int().min(0) })),
  remains: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});
