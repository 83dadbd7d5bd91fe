// The body and the answer of /v1/x/session: a person who is signed in.
import { z } from 'zod';
import { shortString } from './schema-parts.ts';

export type SessionBody = { readonly token: string };

export const sessionRequest: z.ZodType<SessionBody> = z.strictObject({
  token: shortString(256, 'the token of a link that signs in'),
});

const named = z.strictObject({ id: z.string(), name: z.string() });

export const sessionReply: z.ZodType = z.strictObject({
  object: z.literal('session'),
  person: z.strictObject({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
  organisation: named,
  accounts: z.array(named),
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
  expires_at: z.int(),
  expiring_keys: z.array(named.extend({ expires_at: z.int() })),
  sign_in: z.strictObject({ oidc: z.boolean() }),
});
