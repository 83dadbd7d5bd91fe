// Who asks. A principal can be had only from what checks keys, so that serving somebody whose key nobody looked at is a
// type error before it is a refusal.
import type { AccountId, KeyId, OrganisationId, PrincipalId, SessionId } from './identifiers.ts';
import type { Scope } from './scope.ts';

declare const isPrincipal: unique symbol;

type Facts = {
  /** What the key may be used for. */
  readonly scopes: ReadonlySet<Scope>;
  /** The models that it may be used for; null for all. */
  readonly models: readonly string[] | null;
  /** Where the account belongs to; null where that was never said. */
  readonly region: string | null;
  /** Opaque. What is computed for it may be used again for it alone; the only part of this that an engine gets. */
  readonly cacheScope: string;
  /** Aborts when the key is revoked or the session ended, with what its running requests are told. */
  readonly revoked: AbortSignal;
};

/** What a principal is made of, its identifiers as plain texts. */
export type PrincipalFacts = Facts & {
  readonly organisation: string;
  readonly account: string | null;
  readonly principalId: string;
  readonly keyId: string;
  /** @default null */
  readonly session?: string | null;
  /** @default null */
  readonly signedInAt?: number | null;
};

export type Principal = Facts & {
  readonly organisation: OrganisationId;
  /** Null for whoever acts for the whole organisation and can ask no model, as a key of administration does. */
  readonly account: AccountId | null;
  /** The person or the service that the key belongs to. */
  readonly principalId: PrincipalId;
  /** Names the key without being one; of somebody who is signed in, the session that stands in its place. */
  readonly keyId: KeyId;
  /** Null for whoever shows a key. */
  readonly session: SessionId | null;
  /** When that session began, in milliseconds since the Unix epoch. */
  readonly signedInAt: number | null;
  readonly [isPrincipal]: true;
};

export function createPrincipal(facts: PrincipalFacts): Principal {
  return { session: null, signedInAt: null, ...facts } as unknown as Principal;
}

export type Authenticator = {
  /**
   * Whose key it is; undefined for one that is nobody's, has expired, was revoked or may not be used from that address.
   * Synchronous, because it stands before the first byte of a body is read; in time that does not depend on the keys that are
   * known.
   *
   * @throws TGL_STORE_UNAVAILABLE where nobody can tell at the moment
   */
  readonly authenticate: (presentedKey: string, address: string) => Principal | undefined;
};

/** As whom somebody who is signed in asks. */
export type AskedAs = {
  /** The account that is named; without one, the first of theirs where a model is asked, else the whole organisation. */
  readonly account: string | undefined;
  readonly asksModel: boolean;
};

export type SessionAuthenticator = {
  /**
   * Who is signed in by the secret of a cookie; undefined for one that is nobody's, has ended or was idle for too long. Synchronous
   * for the same reasons.
   *
   * @throws TGL_ID_UNKNOWN for an account that is not theirs; TGL_STORE_UNAVAILABLE
   */
  readonly authenticateSession: (presented: string, asked: AskedAs) => Principal | undefined;
};
