// What the gateway needs of the host for the administration of an organisation: whoever asks is named, and sees and changes
// what belongs to its organisation alone. What belongs to another one is unknown, as what never was.
import type { Scope } from '../../traffic/index.ts';
import type { AuditAttempt } from './attempt.ts';

/** Who asks, and in which request. */
export type Asker = {
  readonly organisation: string;
  /** Null for somebody who is signed in. */
  readonly key: string | null;
  readonly principal: string;
  readonly request: string;
  /** What it may do; nobody gives to others what they do not have themselves. */
  readonly scopes: ReadonlySet<Scope>;
};

export type ProjectFacts = {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'archived';
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};

/** A person or a service, with the role that counts where it was asked about. */
export type HolderFacts = {
  readonly id: string;
  readonly kind: 'person' | 'service';
  readonly name: string | null;
  readonly email: string | null;
  readonly createdAt: number;
  /** Null for none. */
  readonly role: string | null;
};

export type KeyFacts = {
  readonly id: string;
  readonly name: string;
  /** Its prefix and its last characters. */
  readonly hint: string;
  /** Times in milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** The beginning of the day. */
  readonly lastUsedAt: number | null;
  readonly holder: HolderFacts;
};

/** A key of whoever asks. */
export type OwnKeyFacts = Omit<KeyFacts, 'holder'> & {
  /** Null for one of administration. */
  readonly account: string | null;
  /** Within two weeks. */
  readonly expiresSoon: boolean;
  readonly scopes: readonly string[];
  /** Null for every model. */
  readonly models: readonly string[] | null;
};

export type NewKey = {
  readonly name: string;
  /** Milliseconds since the Unix epoch. @default in 90 days */
  readonly expiresAt?: number | undefined;
};

/** The only answer that has the secret. */
export type FreshKeyFacts = { readonly key: KeyFacts; readonly secret: string };

/** Null for no limit. */
export type RateLimitFacts = {
  readonly model: string;
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly requestsPerDay: number | null;
};

/** What may be spent in a month. */
export type SpendLimitFacts = {
  /** That of the organisation. */
  readonly currency: string;
  /** Hundredths of the currency. */
  readonly hundredths: number;
};

export type AuditQuestion = {
  /** Milliseconds since the Unix epoch; the end is no part of it. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly actors?: readonly string[] | undefined;
  readonly actorEmails?: readonly string[] | undefined;
  readonly targets?: readonly string[] | undefined;
  readonly projects?: readonly string[] | undefined;
  /** Identifiers of entries. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

export type AuditFacts = {
  readonly id: string;
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly action: string;
  /** The key and who holds it; null for a command and for the server itself. */
  readonly actor: {
    readonly type: string;
    readonly key: string | null;
    readonly holder: Pick<HolderFacts, 'id' | 'kind'> | null;
  };
  readonly target: { readonly type: string; readonly id: string };
  /** The code of the error; null for what was done. */
  readonly refused: string | null;
  readonly changed: readonly string[];
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly request: string | null;
  /** Of the data policy that held; null where none was ever set. */
  readonly policyVersion: number | null;
};

/**
 * Lists are in the order of their making and begin behind `after`, which may be gone since.
 *
 * Everything throws TGL_ID_UNKNOWN, TGL_STORE_UNAVAILABLE; changes also TGL_REQUEST_INVALID and TGL_STORE_CONFLICT. A change that
 * is refused here is in the audit log, as is one that is made.
 */
export type Administration = {
  /** Writes down what was refused before it came here. */
  readonly refused: (asker: Asker, attempt: AuditAttempt, code: string) => Promise<void>;
  readonly projects: {
    /** Archived ones as well. */
    readonly list: (asker: Asker, after: string | undefined) => Promise<readonly ProjectFacts[]>;
    readonly get: (asker: Asker, project: string) => Promise<ProjectFacts>;
    readonly create: (asker: Asker, facts: { readonly name: string }) => Promise<ProjectFacts>;
    readonly update: (
      asker: Asker,
      project: string,
      facts: { readonly name: string },
    ) => Promise<ProjectFacts>;
    readonly archive: (asker: Asker, project: string) => Promise<ProjectFacts>;
  };
  readonly projectKeys: {
    readonly list: (asker: Asker, project: string, after: string | undefined) => Promise<readonly KeyFacts[]>;
    readonly get: (asker: Asker, project: string, key: string) => Promise<KeyFacts>;
    /** Changes what is given; scopes that the asker lacks are not for it to give, except that of asking models. */
    readonly update: (
      asker: Asker,
      project: string,
      key: string,
      change: { readonly scopes?: readonly string[]; readonly expiresAt?: number },
    ) => Promise<KeyFacts>;
    readonly revoke: (asker: Asker, project: string, key: string) => Promise<void>;
  };
  /** Keys that administer the whole organisation. */
  readonly administrationKeys: {
    readonly list: (asker: Asker) => Promise<readonly KeyFacts[]>;
    /** The place in the list of one that may be gone. */
    readonly madeAt: (asker: Asker, key: string) => Promise<Pick<KeyFacts, 'id' | 'createdAt'>>;
    readonly get: (asker: Asker, key: string) => Promise<KeyFacts>;
    /** It can do what the asker can, and has the same holder. */
    readonly create: (asker: Asker, facts: NewKey) => Promise<FreshKeyFacts>;
    readonly revoke: (asker: Asker, key: string) => Promise<void>;
  };
  /** Hard limits of a project on one model each. */
  readonly rateLimits: {
    readonly of: (
      asker: Asker,
      project: string,
      models: readonly string[],
    ) => Promise<readonly RateLimitFacts[]>;
    /** Changes those that are given. */
    readonly update: (
      asker: Asker,
      project: string,
      model: string,
      limits: Partial<Omit<RateLimitFacts, 'model'>>,
    ) => Promise<RateLimitFacts>;
  };
  /** Hard limits on money in a month, of a project or, for null, of the organisation; where there is none, it is unknown. */
  readonly spendLimits: {
    readonly get: (asker: Asker, project: string | null) => Promise<SpendLimitFacts>;
    readonly set: (asker: Asker, project: string | null, limit: SpendLimitFacts) => Promise<SpendLimitFacts>;
    readonly remove: (asker: Asker, project: string | null) => Promise<void>;
  };
  /** People, with their roles in the whole organisation. */
  readonly users: {
    readonly list: (asker: Asker, after: string | undefined) => Promise<readonly HolderFacts[]>;
    readonly get: (asker: Asker, user: string) => Promise<HolderFacts>;
    readonly add: (
      asker: Asker,
      facts: { readonly name: string; readonly email: string | null; readonly role: string },
    ) => Promise<HolderFacts>;
    /** A token that signs a person in, who can do nothing that the asker cannot. */
    readonly createLink: (
      asker: Asker,
      user: string,
    ) => Promise<{ readonly token: string; readonly expiresAt: number }>;
    readonly setRole: (asker: Asker, user: string, role: string) => Promise<HolderFacts>;
    /** Its keys are revoked and its roles end. */
    readonly remove: (asker: Asker, user: string) => Promise<void>;
  };
  /** Keys of somebody who is signed in; those of others are unknown. */
  readonly ownKeys: {
    readonly list: (asker: Asker, after: string | undefined) => Promise<readonly OwnKeyFacts[]>;
    /** Scopes that the asker lacks are not for it to give. */
    readonly create: (
      asker: Asker,
      account: string,
      facts: NewKey & {
        readonly scopes?: readonly string[] | undefined;
        readonly models?: readonly string[] | undefined;
      },
    ) => Promise<{ readonly key: OwnKeyFacts; readonly secret: string }>;
    /** @throws also TGL_KEY_ROTATING */
    readonly rotate: (
      asker: Asker,
      key: string,
      options: { readonly overlapMs?: number; readonly again: boolean },
    ) => Promise<{ readonly key: OwnKeyFacts; readonly secret: string }>;
    readonly revoke: (asker: Asker, key: string) => Promise<void>;
  };
  /** Services that are members of a project, with their roles in it. */
  readonly serviceAccounts: {
    readonly list: (
      asker: Asker,
      project: string,
      after: string | undefined,
    ) => Promise<readonly HolderFacts[]>;
    readonly get: (asker: Asker, project: string, service: string) => Promise<HolderFacts>;
    readonly create: (
      asker: Asker,
      project: string,
      facts: NewKey,
    ) => Promise<{ readonly holder: HolderFacts; readonly fresh: FreshKeyFacts }>;
    readonly createKey: (
      asker: Asker,
      project: string,
      service: string,
      facts: NewKey,
    ) => Promise<FreshKeyFacts>;
    /** Its keys are revoked. */
    readonly remove: (asker: Asker, project: string, service: string) => Promise<void>;
  };
  /** The newest first. @throws TGL_REQUEST_INVALID for a cursor that is no entry */
  readonly auditLog: (asker: Asker, question: AuditQuestion) => Promise<readonly AuditFacts[]>;
};
