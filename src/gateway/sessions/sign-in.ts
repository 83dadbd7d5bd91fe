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
  /** Keys that end within two weeks: the person's own, or those of the organisation for whoever manages keys. */
  readonly expiringKeys: readonly (NamedFacts & { readonly expiresAt: number })[];
};

export type OpenedSession = {
  readonly facts: SessionFacts;
  /** What the cookie has. */
  readonly secret: string;
};

/** A provider of sign-ins that the operator configured. */
export type Provider = {
  /** Where a browser goes, and what it has to show when it comes back. @throws TGL_SIGN_IN_UNAVAILABLE */
  readonly begin: (redirectUri: string) => Promise<{ readonly url: string; readonly attempt: string }>;
  /** @param url to which the browser came back @throws TGL_SIGN_IN_REFUSED, TGL_SIGN_IN_UNAVAILABLE */
  readonly finish: (url: string, attempt: string, request: string) => Promise<OpenedSession>;
};

/** All throw TGL_STORE_UNAVAILABLE. */
export type SignIn = {
  /** The origin by which browsers reach the server, where the operator says so. @default the Host of a request, without TLS */
  readonly origin?: string | undefined;
  /** @default one signs in by a link */
  readonly provider?: Provider | undefined;
  /** Undefined for a token that is none, is too old or was used. Every node knows the session within two seconds, this one at once. */
  readonly redeem: (token: string, request: string) => Promise<OpenedSession | undefined>;
  /** Of somebody who is signed in. */
  readonly describe: (principal: Principal) => Promise<SessionFacts>;
  readonly end: (principal: Principal, request: string) => Promise<void>;
};
