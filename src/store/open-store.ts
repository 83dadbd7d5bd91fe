// The store: organisations, accounts, keys, limits, the ledger and the audit log, in a file of SQLite or in PostgreSQL.
import type { Clock, Entropy } from '../base/index.ts';
import type { Around } from './connection/around-dialect.ts';
import { type Database, openDatabase } from './connection/database.ts';
import { parseLocation } from './connection/location.ts';
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
};

/**
 * Opens the store at a path or a `postgres://` URL, and makes it where there is none.
 *
 * @throws TGL_STORE_LOCATION, TGL_STORE_UNAVAILABLE, TGL_STORE_DAMAGED, TGL_STORE_NEWER, TGL_STORE_MIGRATION
 */
export async function openStore(location: string, options: StoreOptions): Promise<Store> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(openDatabase(parseLocation(location), options.around));
  await migrate(database, options.clock, options.migrations);
  const owned = opened.move();
  return { database, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
