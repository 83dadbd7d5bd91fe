// One database of either kind: queries by Kysely, changes in transactions, failures as typed errors.
import type { DatabaseSync } from 'node:sqlite';
import { type Dialect, Kysely, type Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import { type Around, aroundDialect } from './around-dialect.ts';
import { type StoreLocation, shownLocation } from './location.ts';
import { postgresAt } from './postgres.ts';
import { postgresDialect, type SqlDialect, sqliteDialect } from './sql-dialect.ts';
import { openSqlite, sqliteOver } from './sqlite.ts';
import { storeError } from './store-error.ts';

export type Query = Kysely<Tables>;

export type Database = AsyncDisposable & {
  readonly location: StoreLocation;
  /** The location without secrets. */
  readonly shown: string;
  readonly dialect: SqlDialect;
  /** Null where it is not a file of SQLite. */
  readonly sqlite: DatabaseSync | null;
  /** Reads. @throws TGL_STORE_UNAVAILABLE, TGL_STORE_DAMAGED */
  readonly query: Query;
  /** All of the changes or, where the work throws, none. @throws the same; TGL_STORE_CONFLICT; what the work throws */
  readonly change: <Value>(work: (transaction: Transaction<Tables>) => Promise<Value>) => Promise<Value>;
};

/** @param around what every call into the database passes, for tests that make some fail */
export function openDatabase(location: StoreLocation, around?: Around): Database {
  const shown = shownLocation(location);
  const opened = open(location, shown);
  const faulty = around === undefined ? opened.driver : aroundDialect(opened.driver, around);
  const typed = aroundDialect(faulty, async (_, run) => {
    try {
      return await run();
    } catch (cause) {
      throw storeError(shown, cause);
    }
  });
  const query = new Kysely<Tables>({ dialect: typed });
  return {
    location,
    shown,
    dialect: opened.dialect,
    sqlite: opened.sqlite,
    query,
    change: (work) => query.transaction().execute(work),
    [Symbol.asyncDispose]: () => query.destroy(),
  };
}

type Opened = {
  readonly driver: Dialect;
  readonly dialect: SqlDialect;
  readonly sqlite: DatabaseSync | null;
};

function open(location: StoreLocation, shown: string): Opened {
  if (location.type === 'postgres')
    return { driver: postgresAt(location.url), dialect: postgresDialect, sqlite: null };
  try {
    const sqlite = openSqlite(location.path);
    return { driver: sqliteOver(sqlite), dialect: sqliteDialect, sqlite };
  } catch (cause) {
    throw storeError(shown, cause);
  }
}
