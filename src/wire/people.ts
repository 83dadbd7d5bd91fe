// Bodies and answers of /v1/x/people and /v1/x/keys: people who are added, and the keys of whoever is signed in.
import { z } from 'zod';
import { integerIn, type Maybe, optional, shortString } from './schema-parts.ts';

const name = shortString(200);
const tenYears = 315_360_000;
const thirtyDays = 2_592_000;

export type PersonBody = { readonly name: string; readonly email?: Maybe<string>; readonly role: string };

export const personRequest: z.ZodType<PersonBody> = z.strictObject({
  name,
  email: optional(shortString(200)),
  role: shortString(64),
});

const listError = 'a list of 1 to 100 names';
const names = optional(
  z.array(shortString(256), { error: listError }).min(1, { error: listError }).max(100, { error: listError }),
);

export type OwnKeyBody = {
  readonly name: string;
  readonly scopes?: Maybe<readonly string[]>;
  readonly models?: Maybe<readonly string[]>;
  readonly expires_in_seconds?: Maybe<number>;
};

export const ownKeyRequest: z.ZodType<OwnKeyBody> = z.strictObject({
  ...{ name, scopes: names, models: names },
  expires_in_seconds: optional(integerIn(1, tenYears)),
});

export type RotationBody = { readonly overlap_seconds?: Maybe<number>; readonly again?: Maybe<boolean> };

export const rotationRequest: z.ZodType<RotationBody> = z.strictObject({
  overlap_seconds: optional(integerIn(0, thirtyDays)),
  again: optional(z.boolean({ error: 'true or false' })),
});

const seconds = z.int().min(0);

/** A key of whoever asks. Times are seconds since the Unix epoch. */
export type OwnKey = {
  readonly id: string;
  readonly object: 'key';
  readonly name: string;
  /** Its prefix and its last characters. */
  readonly redacted_value: string;
  readonly account: string | null;
  readonly scopes: readonly string[];
  /** Null for every model. */
  readonly models: readonly string[] | null;
  readonly created_at: number;
  readonly expires_at: number | null;
  /** Within two weeks. */
  readonly expires_soon: boolean;
  readonly last_used_at: number | null;
};

/** The only answer that has the secret. */
export type FreshOwnKey = OwnKey & { readonly value: string };

export type SignInLink = {
  readonly object: 'sign_in_link';
  readonly url: string;
  readonly expires_at: number;
};

const key = {
  id: z.string(),
  object: z.literal('key'),
  name: z.string(),
  redacted_value: z.string(),
  account: z.string().nullable(),
  scopes: z.array(z.string()),
  models: z.array(z.string()).nullable(),
  created_at: seconds,
  expires_at: seconds.nullable(),
  expires_soon: z.boolean(),
  last_used_at: seconds.nullable(),
};

export const ownKeyReply: z.ZodType<OwnKey> = z.strictObject(key);

export const freshOwnKeyReply: z.ZodType<FreshOwnKey> = z.strictObject({ ...key, value: z.string() });

export const signInLinkReply: z.ZodType<SignInLink> = z.strictObject({
  object: z.literal('sign_in_link'),
  url: z.string(),
  expires_at: seconds,
});
