// Kysely over node:sqlite. One connection; changes begin with the write lock, and where another process holds it, the wait is
// a timer's and not SQLite's own, which would stop every stream of this process.
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { makeDirectory, onDisk, systemDisk } from '../../base/index.ts';

/** What is deleted is overwritten, so that what was erased is in no free page. */
const settings = ['journal_mode = wal', 'synchronous = full', 'trusted_schema = off', 'secure_delete = on'];

const openTimeoutMs = 5000;
/** The waits between attempts add up to about five seconds. */
const pausesMs: readonly number[] = [1, 2, 5, 10, 20, 40, ...Array<number>(50).fill(100)];
const busy = 5;
const maxStatements = 200;

/** Opens the file, which is made where it is missing, for this user alone. What was committed survives a loss of power. */
export function openSqlite(path: string): DatabaseSync {
  if (path !== ':memory:') {
    makeDirectory(dirname(path), 0o700);
    systemDisk.closeSync(onDisk(path, () => systemDisk.openSync(path, 'a', 0o600)));
  }
  const database = new DatabaseSync(path, { timeout: openTimeoutMs });
  try {
    for (const setting of settings) database.exec(`pragma ${setting}`);
    database.exec('pragma busy_timeout = 0');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The dialect owns the database and closes it. */
export function sqliteOver(database: DatabaseSync): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createDriver: () => createDriver(database),
  };
}

function createDriver(database: DatabaseSync): Driver {
  let inTransaction = false;
  const statements = new Map<string, StatementSync>();

  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= maxStatements) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const execute = <Row>({ sql, parameters }: CompiledQuery): QueryResult<Row> => {
    const statement = prepare(sql);
    const values = parameters as readonly SQLInputValue[];
    if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  };
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery) =>
      inTransaction ? execute<Row>(query) : whenFree(() => execute<Row>(query)),
    streamQuery: async function* <Row>({ sql, parameters }: CompiledQuery) {
      // A statement of its own, since others may run before this one has ended.
      for (const row of database.prepare(sql).iterate(...(parameters as readonly SQLInputValue[])))
        yield { rows: [row as Row] };
    },
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: async () => {
      await whenFree(() => database.exec('begin immediate'));
      inTransaction = true;
    },
    commitTransaction: async () => {
      database.exec('commit');
      inTransaction = false;
    },
    rollbackTransaction: async () => {
      inTransaction = false;
      // A full disk, for one, has ended the transaction already.
      if (database.isTransaction) database.exec('rollback');
    },
    releaseConnection: async () => {},
    destroy: async () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Runs it again for as long as another process holds the lock that it needs. @throws SQLITE_BUSY in the end */
async function whenFree<Value>(run: () => Value): Promise<Value> {
  for (const milliseconds of pausesMs) {
    try {
      return run();
    } catch (error) {
      if (((error as { errcode?: number }).errcode ?? 0) !== busy) throw error;
      await pause(milliseconds);
    }
  }
  return run();
}
