// Who asks. A principal can be had only from what checks keys, so that serving somebody whose key nobody looked at is a
// type error before it is a refusal.

declare const isPrincipal: unique symbol;

export type PrincipalFacts = {
  readonly organisation: string;
  readonly account: string;
  /** Names the key without being one. */
  readonly keyId: string;
  readonly role: 'inference' | 'operator' | 'auditor';
  /** Where the account belongs to; null where that was never said. */
  readonly region: string | null;
  /** Opaque. What is computed for it may be used again for it alone; the only part of this that an engine gets. */
  readonly cacheScope: string;
  /** Aborts when the key is revoked, with what its running requests are told. */
  readonly revoked: AbortSignal;
};

export type Principal = PrincipalFacts & { readonly [isPrincipal]: true };

/** For what checks keys, and for nothing else; a test holds on to that. */
export function createPrincipal(facts: PrincipalFacts): Principal {
  return facts as Principal;
}

export type Authenticator = {
  /**
   * Whose key it is; undefined for a key of nobody. Synchronous, because it stands before the first byte of a body is read;
   * in time that does not depend on the keys that are known.
   */
  readonly authenticate: (presentedKey: string) => Principal | undefined;
};
