// The store: organisations, accounts, keys, limits, the ledger and the audit log, in a file of SQLite or in PostgreSQL.
import type { Clock, Entropy } from '../base/index.ts';
import { type AuditLog, createAuditLog } from './audit/audit-log.ts';
import type { StoreContext } from './audit/change-audited.ts';
import type { Around } from './connection/around-dialect.ts';
import { type Database, openDatabase } from './connection/database.ts';
import { parseLocation } from './connection/location.ts';
import { createGuardRows, type GuardRows } from './guard/guard-rows.ts';
import { createIdempotency, type IdempotencyRows } from './idempotency/idempotency-rows.ts';
import { createJobRows, type JobRows } from './jobs/job-rows.ts';
import { type OpenKeys, openKeys } from './keys/open-keys.ts';
import type { Pepper } from './keys/pepper.ts';
import { type Accounts, createAccounts } from './repositories/accounts.ts';
import { createErasures, type Erasures } from './repositories/erasures.ts';
import { createOrganisations, type Organisations } from './repositories/organisations.ts';
import { createPolicies, type Policies } from './repositories/policies.ts';
import { createPrincipals, type Principals } from './repositories/principals.ts';
import { migrate } from './schema/migrate.ts';
import type { Migration } from './schema/migrations.ts';

export type StoreOptions = {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** What every call into the database passes, for tests. */
  readonly around?: Around;
  /** @default those of this version of the program */
  readonly migrations?: readonly Migration[];
};

export type Store = AsyncDisposable & {
  readonly database: Database;
  readonly context: StoreContext;
  readonly organisations: Organisations;
  readonly accounts: Accounts;
  readonly principals: Principals;
  readonly policies: Policies;
  readonly erasures: Erasures;
  readonly idempotency: IdempotencyRows;
  readonly guard: GuardRows;
  readonly jobs: JobRows;
  readonly audit: AuditLog;
  /** Called after every change that was made through this store; other processes are not heard. */
  readonly onChange: (listener: () => void) => Disposable;
  /** @throws TGL_PEPPER_MISMATCH, TGL_STORE_UNAVAILABLE */
  readonly openKeys: (pepper: Pepper) => Promise<OpenKeys>;
};

/**
 * Opens the store at a path or a `postgres://` URL, and makes it where there is none.
 *
 * @throws TGL_STORE_LOCATION, TGL_STORE_UNAVAILABLE, TGL_STORE_DAMAGED, TGL_STORE_NEWER, TGL_STORE_MIGRATION
 */
export async function openStore(location: string, options: StoreOptions): Promise<Store> {
  const { clock, entropy } = options;
  await using opened = new AsyncDisposableStack();
  const database = opened.use(openDatabase(parseLocation(location), options.around));
  await migrate(database, clock, options.migrations);
  const owned = opened.move();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const context: StoreContext = { database, clock, entropy, changed };
  const onChange = (listener: () => void): Disposable => {
    listeners.add(listener);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  };
  return {
    ...{ database, context, onChange },
    organisations: createOrganisations(context),
    accounts: createAccounts(context),
    principals: createPrincipals(context),
    policies: createPolicies(context),
    erasures: createErasures(context),
    idempotency: createIdempotency(context),
    guard: createGuardRows(context),
    jobs: createJobRows(context),
    audit: createAuditLog(context),
    openKeys: (pepper) => openKeys({ ...context, onChange }, pepper),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
