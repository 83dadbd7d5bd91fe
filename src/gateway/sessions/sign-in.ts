// What the gateway needs of the host for people who sign in: sessions are opened by the token of a link, described and ended.
import type { Principal } from '../../traffic/index.ts';

export type NamedFacts = { readonly id: string; readonly name: string };

export type SessionFacts = {
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly organisation: NamedFacts;
  /** Those that the person may ask models for, or look at. */
  readonly accounts: readonly NamedFacts[];
  /** In the organisation, and in any of its accounts. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Milliseconds since the Unix epoch; sooner where it is not used. */
  readonly expiresAt: number;
};

export type OpenedSession = {
  readonly facts: SessionFacts;
  /** What the cookie has. */
  readonly secret: string;
};

/** All throw TGL_STORE_UNAVAILABLE. */
export type SignIn = {
  /** Whether a provider of sign-ins is configured. */
  readonly oidc: boolean;
  /** Undefined for a token that is none, is too old or was used. Every node knows the session within two seconds, this one at once. */
  readonly redeem: (token: string, request: string) => Promise<OpenedSession | undefined>;
  /** Of somebody who is signed in. */
  readonly describe: (principal: Principal) => Promise<SessionFacts>;
  readonly end: (principal: Principal, request: string) => Promise<void>;
};
