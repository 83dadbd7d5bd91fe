// The rows of the store as Kysely sees them. `schema/tables-1.ts` says what each column means.
import type { GeneratedAlways } from 'kysely';
import type { AccountId, KeyId, OrganisationId, PrincipalId, SessionId } from '../../traffic/index.ts';

export type Tables = {
  readonly schema_version: SchemaVersionRow;
  readonly organisation: OrganisationRow;
  readonly account: AccountRow;
  readonly principal: PrincipalRow;
  readonly membership: MembershipRow;
  readonly api_key: KeyRow;
  readonly change_feed: { readonly id: number; readonly version: number };
  readonly usage_limit: UsageLimitRow;
  readonly price: PriceRow;
  readonly budget: BudgetRow;
  readonly lessee: LesseeRow;
  readonly lease: LeaseRow;
  readonly ledger: LedgerRow;
  readonly rollup: RollupRow;
  readonly rollup_checkpoint: { readonly writer: string; readonly up_to_seq: number };
  readonly pruned_range: PrunedRangeRow;
  readonly pruned_use: PrunedUseRow;
  readonly idempotency: IdempotencyRow;
  readonly audit: AuditRow;
  readonly audit_head: AuditHeadRow;
  readonly policy: PolicyRow;
  readonly session: SessionRow;
  readonly sign_in_link: SignInLinkRow;
  readonly store_setting: { readonly name: string; readonly value: string };
  readonly guard_week: GuardWeekRow;
  readonly guard_node: { readonly node: string; readonly batch: number; readonly at: number };
  readonly guard_use: GuardUseRow;
  readonly guard_calibration: {
    readonly version: number;
    readonly envelope: string;
    readonly made_at: number;
  };
  readonly guard_case: GuardCaseRow;
  readonly job: JobRow;
  readonly erasure: { readonly principal_hash: string; readonly at: number };
};

export type SchemaVersionRow = { readonly version: number; readonly applied_at: number };

export type OrganisationRow = {
  readonly id: OrganisationId;
  readonly name: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly state: 'active' | 'archived';
  readonly created_at: number;
};

export type AccountRow = {
  readonly organisation: OrganisationId;
  readonly id: AccountId;
  readonly name: string;
  readonly region: string | null;
  readonly state: 'active' | 'archived';
  readonly created_at: number;
};

export type PrincipalRow = {
  readonly organisation: OrganisationId;
  readonly id: PrincipalId;
  readonly kind: 'person' | 'service';
  readonly name: string | null;
  readonly email: string | null;
  readonly subject: string | null;
  readonly state: 'active' | 'removed';
  readonly created_at: number;
};

export type MembershipRow = {
  readonly organisation: OrganisationId;
  readonly principal: PrincipalId;
  readonly account: AccountId | null;
  readonly role: string;
  readonly created_at: number;
};

export type KeyRow = {
  readonly organisation: OrganisationId;
  readonly id: KeyId;
  readonly account: AccountId | null;
  readonly principal: PrincipalId;
  readonly name: string;
  readonly hint: string;
  readonly secret_hash: Uint8Array;
  readonly previous_hash: Uint8Array | null;
  readonly previous_until: number | null;
  readonly scopes: string;
  readonly models: string | null;
  readonly networks: string | null;
  readonly expires_at: number | null;
  readonly last_used: string | null;
  readonly state: 'active' | 'revoked';
  readonly created_at: number;
  readonly version: number;
};

export type SessionRow = {
  readonly organisation: OrganisationId;
  readonly id: SessionId;
  readonly principal: PrincipalId;
  readonly secret_hash: Uint8Array;
  readonly signed_in_by: 'link' | 'oidc';
  readonly created_at: number;
  readonly seen_at: number;
  readonly expires_at: number;
  readonly state: 'open' | 'ended';
};

export type SignInLinkRow = {
  readonly organisation: OrganisationId;
  readonly id: string;
  readonly principal: PrincipalId;
  readonly token_hash: Uint8Array;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
};

export type UsageLimitRow = {
  readonly organisation: OrganisationId;
  readonly id: string;
  readonly scope: 'organisation' | 'account' | 'principal' | 'key';
  readonly subject: string;
  readonly model: string | null;
  readonly unit: 'requests' | 'tokens' | 'reasoning-tokens' | 'money' | 'concurrency';
  readonly period: 'minute' | 'hour' | 'day' | 'month' | 'total';
  readonly amount: number | null;
  readonly enforcement: 'hard' | 'soft';
  readonly valid_from: number;
  readonly created_at: number;
};

export type PriceRow = {
  readonly id: string;
  readonly organisation: OrganisationId | null;
  readonly model: string | null;
  readonly engine: string | null;
  readonly unit: string;
  readonly amount: number;
  readonly currency: string;
  readonly valid_from: number;
  readonly source: string;
  readonly verified: number;
  readonly digest: string;
  readonly created_at: number;
};

export type BudgetRow = {
  readonly id: string;
  readonly organisation: OrganisationId;
  readonly counted_by: string;
  readonly window_start: number;
  readonly window_end: number | null;
  readonly granted: number;
};

export type LesseeRow = {
  readonly id: string;
  readonly expires_at: number;
  readonly state: 'open' | 'closed';
};

export type LeaseRow = {
  readonly budget: string;
  readonly lessee: string;
  readonly organisation: OrganisationId;
  readonly amount: number;
  readonly settled: number;
  readonly state: 'open' | 'closed';
};

/** Identifiers are those of the time of the row: what they name may be gone. */
export type LedgerRow = {
  readonly seq: GeneratedAlways<number>;
  /** Whose chain it stands in, and where. */
  readonly writer: string;
  readonly writer_seq: number;
  readonly request: string;
  /**
   * `settle` ends a request; `hold` and its end by `release` or `lost` are of requests that cost somebody else's money; `late`
   * came when the lease was closed; `correct` and `credit` are by hand.
   */
  readonly kind: 'hold' | 'settle' | 'release' | 'lost' | 'late' | 'correct' | 'credit';
  readonly organisation: string;
  readonly account: string;
  readonly key: string;
  readonly principal: string;
  readonly model: string;
  readonly engine: string;
  /** What was asked for, such as `completions` or `embeddings`. */
  readonly operation: string;
  /** When the request was admitted, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Tokens. The prompt has the cached ones in it; reasoning and answer together are the completion. */
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly answer: number;
  /** Nano-units of the currency. */
  readonly amount: number;
  readonly currency: string;
  /** The digest of the price; null where there is none. */
  readonly price: string | null;
  readonly lease: string | null;
  /** How the request ended. */
  readonly outcome: string;
  /** 1: counted here, because nobody else has. */
  readonly estimated: number;
  readonly policy_version: number | null;
  /** The request whose amount the row corrects; null for all others. */
  readonly corrects: string | null;
  /** The request that it was a tier of, and which one, from 0 on; null for all others. */
  readonly parent: string | null;
  readonly tier: number | null;
  /** Replies that were begun for it, and probes of their thinking; 0 in rows from before they were counted. */
  readonly samples: number;
  readonly probes: number;
  /** Tokens of the completion, those of replies that were not given and those of probes. */
  readonly discarded: number;
  readonly probed: number;
  /** Its share of the machine's energy, and how that is known; null where nobody knows. */
  readonly millijoules: number | null;
  readonly energy: 'measured' | 'modelled' | null;
  /** In which version the row was hashed (`ledger/ledger-entry.ts`). */
  readonly hash_version: number;
  readonly chain_hash: string;
};

export type RollupRow = {
  readonly organisation: OrganisationId;
  readonly width: 'minute' | 'hour' | 'day';
  readonly account: AccountId;
  readonly key: KeyId;
  readonly principal: PrincipalId;
  readonly model: string;
  readonly operation: string;
  readonly currency: string;
  readonly bucket_start: number;
  readonly requests: number;
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly answer: number;
  readonly amount: number;
};

/** Rows of the chain of a writer that were removed, and the hash of the last one. */
export type PrunedRangeRow = {
  readonly writer: string;
  readonly from_seq: number;
  readonly to_seq: number;
  readonly hash: string;
  readonly public_key: string;
  readonly signature: string;
};

/** What removed rows of an account came to; without an account, those of an organisation that had none. */
export type PrunedUseRow = {
  readonly organisation: string;
  readonly account: string;
  readonly currency: string;
  /** All of them are from before. */
  readonly before_at: number;
  /** JSON of decimal texts by the names of sums, and of the number of rows. */
  readonly sums: string;
  readonly public_key: string;
  readonly signature: string;
};

export type IdempotencyRow = {
  readonly organisation: OrganisationId;
  readonly key: KeyId;
  readonly route: string;
  readonly idempotency_key: string;
  readonly digest: string;
  readonly state: 'running' | 'done';
  readonly outcome: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly answer: Uint8Array | null;
  readonly answer_expires_at: number | null;
};

export type AuditRow = {
  readonly chain: string;
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly entry: string;
  readonly hash: string;
};

export type AuditHeadRow = {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly signed_day: string | null;
  readonly signed_seq: number | null;
  /** Up to which its rows were removed. */
  readonly pruned_seq: number;
};

export type PolicyRow = {
  readonly organisation: OrganisationId;
  readonly account: AccountId | null;
  readonly version: number;
  readonly document: string;
  readonly valid_from: number;
  readonly created_at: number;
};

export type GuardWeekRow = {
  readonly organisation: string;
  readonly account: string;
  readonly week: number;
  readonly requests: number;
  readonly state: Uint8Array;
  readonly updated_at: number;
};

export type GuardUseRow = {
  readonly organisation: string;
  readonly account: string;
  readonly use_class: string;
  readonly declared_at: number;
};

export type JobRow = {
  readonly id: string;
  readonly organisation: OrganisationId;
  /** The server that does it, since models lie on its disk. */
  readonly server: string;
  /** JSON, as is the report; the host alone reads both. */
  readonly request: string;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'broken-off';
  readonly started_by: PrincipalId;
  readonly created_at: number;
  readonly began_at: number | null;
  readonly ended_at: number | null;
  /** When its server last gave a sign of life. */
  readonly beat_at: number;
  /** 1 once somebody has asked for its end. */
  readonly ending: number;
  readonly report: string;
};

export type GuardCaseRow = {
  readonly id: string;
  readonly organisation: string;
  readonly account: string;
  readonly week: number;
  /** Of accounts that belong together; null for a case of one account. */
  readonly cluster: string | null;
  /** What the account had declared when it was judged. */
  readonly use_class: string;
  readonly level: 'ask' | 'measure';
  /** In thousandths, rounded up. */
  readonly statistic: number;
  readonly state: 'open' | 'cleared';
  readonly opened_at: number;
  readonly closed_at: number | null;
  /** JSON, which the guard alone reads. */
  readonly evidence: string;
};
