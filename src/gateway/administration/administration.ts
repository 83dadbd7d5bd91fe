// What the gateway needs of the host for the administration of an organisation: whoever asks is named, and sees and changes
// what belongs to its organisation alone. What belongs to another one is unknown, as what never was.
import type { AuditAttempt } from './attempt.ts';

/** Whose key asks, and in which request. */
export type Asker = {
  readonly organisation: string;
  readonly key: string;
  readonly principal: string;
  readonly request: string;
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
    readonly revoke: (asker: Asker, project: string, key: string) => Promise<void>;
  };
};
