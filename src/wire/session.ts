// The body and the answer of /v1/x/session: a person who is signed in.
import { z } from 'zod';
import { shortString } from './schema-parts.ts';

export type SessionBody = { readonly token: string };

export const sessionRequest: z.ZodType<SessionBody> = z.strictObject({
  token: shortString(256, 'the token of a link that signs in'),
});

type Named = { readonly id: string; readonly name: string };

export type SessionDescription = {
  readonly object: 'session';
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly organisation: Named;
  readonly accounts: readonly Named[];
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly expires_at: number;
  readonly expiring_keys: readonly (Named & { readonly expires_at: number })[];
  readonly sign_in: SignInWays;
};

/** How one can sign in beside the link of the terminal. */
export type SignInWays = { readonly oidc: boolean };

const named = z.strictObject({ id: z.string(), name: z.string() });

export const sessionReply: z.ZodType<SessionDescription> = z.strictObject({
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
