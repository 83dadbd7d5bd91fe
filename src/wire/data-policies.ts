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

/** What holds for the organisation, or for an account that has a policy of its own. */
export type DataPolicy = {
  readonly object: 'data_policy';
  /** Null for the whole organisation. */
  readonly account: string | null;
  /** 0 where none was set. */
  readonly version: number;
  readonly policy: Readonly<Record<string, unknown>>;
  /** What was set; null where nothing was. */
  readonly document: Readonly<Record<string, unknown>> | null;
  /** Seconds since the Unix epoch. */
  readonly set_at: number | null;
  readonly models: readonly {
    readonly name: string;
    readonly allowed: boolean;
    /** The rules that forbid it, each with the place of an engine. */
    readonly forbidden: readonly string[];
  }[];
};

export const policyReply: z.ZodType<DataPolicy> = z.strictObject({
  object: z.literal('data_policy'),
  account: z.string().nullable(),
  version: z.int().min(0),
  policy: z.looseObject({}),
  document: z.looseObject({}).nullable(),
  set_at: z.int().min(0).nullable(),
  models: z.array(z.strictObject({ name: z.string(), allowed: z.boolean(), forbidden: z.array(z.string()) })),
});

export type DataPolicyList = {
  readonly object: 'list';
  readonly data: readonly DataPolicy[];
  readonly presets: readonly { readonly name: string; readonly text: string }[];
};

export const policyListReply: z.ZodType<DataPolicyList> = z.strictObject({
  object: z.literal('list'),
  data: z.array(policyReply),
  presets: z.array(z.strictObject({ name: z.string(), text: z.string() })),
});

export type ErasureBody = { readonly confirm: string };

export const erasureRequest: z.ZodType<ErasureBody> = z.strictObject({
  confirm: shortString(100, 'the identifier of whom is to be erased, once more'),
});

export type ErasureReceipt = {
  readonly object: 'erasure';
  readonly principal: string;
  /** False for a preview. */
  readonly erased: boolean;
  readonly gone: readonly { readonly what: string; readonly count: number }[];
  readonly remains: readonly { readonly what: string; readonly why: string }[];
};

export const erasureReply: z.ZodType<ErasureReceipt> = z.strictObject({
  object: z.literal('erasure'),
  principal: z.string(),
  erased: z.boolean(),
  gone: z.array(z.strictObject({ what: z.string(), count: z.int().min(0) })),
  remains: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});
