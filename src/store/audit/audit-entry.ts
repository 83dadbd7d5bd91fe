// What the audit log says of one change or one refused attempt: who, what, of what, when and why. Never a secret, never a text
// that somebody sent to a model; what something was before and after stands there by its digest.
import type { Digest } from '../../base/index.ts';
import type { KeyId, OrganisationId, PrincipalId } from '../../traffic/index.ts';

/** The chain of an organisation, or the one of the whole system. */
export type ChainName = OrganisationId | 'system';

export type Actor =
  | { readonly type: 'key'; readonly key: KeyId; readonly principal: PrincipalId }
  | { readonly type: 'principal'; readonly principal: PrincipalId }
  /** Whoever can run the program on the data of this machine. */
  | { readonly type: 'command-line' }
  | { readonly type: 'server' };

/** Who makes a change, and in which request. */
export type Author = {
  readonly actor: Actor;
  readonly request: string | null;
  readonly reason: string | null;
};

/** Named as OpenAI's audit log names them, where it has a name. */
export type AuditAction =
  | 'organization.created'
  | 'organization.updated'
  | 'project.created'
  | 'project.updated'
  | 'project.archived'
  | 'user.added'
  | 'user.updated'
  | 'user.deleted'
  | 'service_account.created'
  | 'service_account.updated'
  | 'service_account.deleted'
  | 'role.assignment.created'
  | 'role.assignment.deleted'
  | 'api_key.created'
  | 'api_key.updated'
  | 'api_key.rotated'
  | 'api_key.deleted'
  | 'login.succeeded'
  | 'login.failed'
  | 'login.link.created'
  | 'logout.succeeded'
  | 'rate_limit.updated'
  | 'rate_limit.deleted'
  | 'price.created'
  | 'ledger.corrected'
  | 'ledger.credited'
  | 'ledger.pruned'
  | 'policy.updated'
  | 'content.read'
  | 'guard.use.declared'
  | 'guard.calibrated'
  | 'guard.case.opened'
  | 'guard.case.cleared'
  | 'guard.case.reopened'
  | 'model.withdrawn'
  | 'job.started'
  | 'job.cancelled'
  | 'principal.erased'
  | 'store.restored'
  | 'store.moved'
  | 'audit.head.signed'
  | 'audit.pruned';

export type AuditTarget = { readonly type: string; readonly id: string };

export type AuditEntry = {
  readonly chain: ChainName;
  readonly seq: number;
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly target: AuditTarget;
  /** Null for what was done; the code of the error for what was refused. */
  readonly refused: string | null;
  readonly before: Digest | null;
  readonly after: Digest | null;
  /** The members that differ between before and after. */
  readonly changed: readonly string[];
  readonly reason: string | null;
  readonly request: string | null;
  readonly policyVersion: number | null;
  /** Of the signature of a head, or of where a chain was pruned; null in every other entry. */
  readonly signature: HeadSignature | null;
};

/** A signed head says how long a chain was on a day, so that a later copy that lacks its end is found out. */
export type HeadSignature = {
  readonly chain: ChainName;
  readonly seq: number;
  readonly hash: string;
  readonly day: string;
  /** In an entry that says that the rows up to this one were removed: how many at once, all from before a moment. */
  readonly pruned?: { readonly rows: number; readonly before: number };
  readonly publicKey: string;
  readonly signature: string;
};
