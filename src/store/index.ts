// store: organisations, accounts, keys, limits, the ledger and the audit log, over SQLite and PostgreSQL.
export type { AuditAction, AuditEntry, AuditTarget, Author, ChainName } from './audit/audit-entry.ts';
export type { AuditFilter, AuditLog, HeadSigner } from './audit/audit-log.ts';
export { changeAudited, type StoreContext } from './audit/change-audited.ts';
export {
  type AuditProblem,
  type AuditVerification,
  type ExportedEntry,
  type VerifySignature,
  verifyAudit,
} from './audit/verify-audit.ts';
export { storeHost } from './connection/location.ts';
export { type Content, type ContentStore, openContentStore } from './content/content-store.ts';
export type { GuardCase, GuardWeek } from './guard/guard-case.ts';
export { claimLeaseMs, type RunningClaim } from './idempotency/idempotency-rows.ts';
export type { Job, JobEnd, JobRows } from './jobs/job-rows.ts';
export type { StoreAuthenticator } from './keys/authenticator.ts';
export { expiryWarningMs, type FreshKey, type KeyFacts, type KeyRecord, type Keys } from './keys/keys.ts';
export type { OpenKeys } from './keys/open-keys.ts';
export { openPepper, type Pepper } from './keys/pepper.ts';
export { type ExportedRow, exportLedger } from './ledger/export-ledger.ts';
export { type EntryKind, type LedgerEntry, nothingSpread } from './ledger/ledger-entry.ts';
export { type LostOrLate, lostAndLate } from './ledger/lost-and-late.ts';
export { openLedger } from './ledger/open-ledger.ts';
export { addPrice, priceRows } from './ledger/price-rows.ts';
export { countPrunableLedger, type PrunedAccount, pruneLedger } from './ledger/prune-ledger.ts';
export { recentRequests } from './ledger/recent-requests.ts';
export { correctRequest, creditUse, newestByHand } from './ledger/rows-by-hand.ts';
export { type SettledSums, settledSums } from './ledger/settled-sums.ts';
export { type UsageGroup, type UsageQuery, type UsageSums, usageOf } from './ledger/usage.ts';
export { type Ledger, openWriterThread } from './ledger/writer-thread.ts';
export { type Budgets, createBudgets } from './limits/budgets.ts';
export { createCalendar } from './limits/calendar.ts';
export { type FileLessee, joinFile, reapFile } from './limits/file-lessee.ts';
export type { Admission, Ask, Caps, FailedLimit, Hold } from './limits/hold.ts';
export { createLeases, type Decided, type Leases } from './limits/leases.ts';
export { type Lender, type LenderTerms, usualTerms } from './limits/lender.ts';
export {
  type Amounts,
  type Limit,
  type LimitPeriod,
  type LimitScope,
  type LimitState,
  type LimitUnit,
  limitScopes,
  limitUnits,
  type Subjects,
} from './limits/limit.ts';
export { addLimit, limitsAt, type NewLimit } from './limits/limit-rows.ts';
export { newestSetting } from './limits/newest-setting.ts';
export { createPostgresLender } from './limits/postgres-lender.ts';
export { moveStore } from './move-store.ts';
export { openStore, type Store, type StoreOptions } from './open-store.ts';
export type { Account } from './repositories/accounts.ts';
export { type Organisation, operatorOf } from './repositories/organisations.ts';
export type { StoredPolicy } from './repositories/policies.ts';
export type { Membership, PrincipalFacts, PrincipalRecord } from './repositories/principals.ts';
export type { FreshLink, FreshSession, SessionRecord, SignIns } from './sessions/sign-ins.ts';
export { backUpStore, checkStore, restoreStore, type StoreCheck } from './store-files.ts';
export { newIdentifier, parseIdentifier, unknownIdentifier } from './terms/identifiers.ts';
export { isWellFormedKey } from './terms/key-format.ts';
export {
  accountScopes,
  type Role,
  roleNames,
  scopesOfPerson,
  scopesOfRole,
  serverScopes,
  usualScopes,
} from './terms/roles.ts';
