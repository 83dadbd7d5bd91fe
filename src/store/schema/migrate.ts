// Brings a database to the schema of this program: each migration in a transaction of its own, on a copy first where it is a file
// that holds something. Of several processes that start at once one migrates, and the others find it done.
import { rmSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { sql, type Transaction } from 'kysely';
import { type Clock, reasonOf, TiegelError } from '../../base/index.ts';
import { type Database, openDatabase, type Query } from '../connection/database.ts';
import { type Migration, migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

/** Taken by nobody else in the same database: the first letters of the project's name. */
const advisoryLock = 0x7469_6567;

/**
 * @throws TGL_STORE_NEWER where a later version of the program has been there; TGL_STORE_MIGRATION where a step fails, which
 *   leaves the database as it was; TGL_STORE_UNAVAILABLE
 */
export async function migrate(
  database: Database,
  clock: Clock,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  await makeVersionTable(database);
  const found = await versionOf(database.query);
  if (found > steps.length) {
    const details = { location: database.shown, found, known: steps.length };
    throw new TiegelError('TGL_STORE_NEWER', details);
  }
  if (found === steps.length) return;
  if (found > 0) await tryOnCopy(database, clock, steps);
  await migrateInPlace(database, clock, steps);
}

async function makeVersionTable(database: Database): Promise<void> {
  const { integer, name } = database.dialect;
  const make = (query: Query): Promise<void> =>
    query.schema
      .createTable('schema_version')
      .ifNotExists()
      .addColumn('version', sql.raw(integer), (column) => column.primaryKey())
      .addColumn('applied_at', sql.raw(integer), (column) => column.notNull())
      .execute();
  if (name === 'sqlite') return await make(database.query);
  // PostgreSQL lets two sessions make one table at once and then fails in the second, `if not exists` or not.
  await database.change(async (transaction) => {
    await waitForOthers(transaction);
    await make(transaction);
  });
}

/** Of those that migrate one database of PostgreSQL, each in turn until its transaction ends. */
async function waitForOthers(transaction: Transaction<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(transaction);
}

/** 0 for a database without tables. */
export async function versionOf(query: Query): Promise<number> {
  const { version } = await query
    .selectFrom('schema_version')
    .select((row) => row.fn.max('version').as('version'))
    .executeTakeFirstOrThrow();
  return Number(version ?? 0);
}

async function migrateInPlace(database: Database, clock: Clock, steps: readonly Migration[]): Promise<void> {
  for (const [index, statements] of steps.entries())
    await database.change(async (transaction) => {
      if (database.dialect.name === 'postgres') await waitForOthers(transaction);
      const version = index + 1;
      if ((await versionOf(transaction)) >= version) return;
      for (const statement of statements(database.dialect)) await run(transaction, version, statement);
      await transaction.insertInto('schema_version').values({ version, applied_at: clock.now() }).execute();
    });
}

async function run(transaction: Transaction<Tables>, version: number, statement: string): Promise<void> {
  try {
    await sql.raw(statement).execute(transaction);
  } catch (cause) {
    if (TiegelError.isInstance(cause) && cause.code === 'TGL_STORE_UNAVAILABLE') throw cause;
    const reason = reasonOf(cause);
    throw new TiegelError('TGL_STORE_MIGRATION', { version, reason }, { cause });
  }
}

/** What fails on the copy has touched nothing else. */
async function tryOnCopy(database: Database, clock: Clock, steps: readonly Migration[]): Promise<void> {
  const { sqlite, location } = database;
  if (sqlite === null || location.type !== 'sqlite') return;
  const path = `${location.path}.${process.pid}.trial`;
  try {
    await backup(sqlite, path);
    await using copy = openDatabase({ type: 'sqlite', path });
    await migrateInPlace(copy, clock, steps);
    requireSound(copy);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  }
}

/** @throws TGL_STORE_DAMAGED */
function requireSound(database: Database): void {
  const found = soundnessProblems(database);
  if (found.length > 0)
    throw new TiegelError('TGL_STORE_DAMAGED', { location: database.shown, problem: found.join('; ') });
}

/** What a file of SQLite says is wrong with itself; nothing for PostgreSQL, which looks after its own. */
export function soundnessProblems({ sqlite }: Database): readonly string[] {
  if (sqlite === null) return [];
  const problems = sqlite.prepare('pragma integrity_check(10)').all() as { integrity_check: string }[];
  const references = sqlite.prepare('pragma foreign_key_check').all() as { table: string }[];
  return [
    ...problems.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
    ...references.slice(0, 10).map(({ table }) => `a row of ${table} refers to one that is not there`),
  ];
}
