// The schema on both databases: made once by many, refused by older programs, and append-only where it says so.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemEntropy } from '../base/index.ts';
import { openStore, type Store } from './open-store.ts';
import { versionOf } from './schema/migrate.ts';
import { type Migration, migrations } from './schema/migrations.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from './testing.ts';

const directory = mkdtempSync(join(tmpdir(), 'tiegel-store-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const options = { clock: systemClock, entropy: systemEntropy };
let files = 0;
const newFile = async (): Promise<string> => join(directory, String(++files), 'store.db');

let server: PostgresServer | undefined;
beforeAll(async () => {
  if (postgresPrograms !== undefined) server = await startPostgres();
});
afterAll(() => server?.[Symbol.asyncDispose]());

const more: Migration = ({ integer }) => [`create table later (id ${integer})`];
const wrong: Migration = () => ['create table half (id integer)', 'create tabel other (id integer)'];

async function tablesOf({ database }: Store): Promise<readonly string[]> {
  return (await database.query.introspection.getTables()).map(({ name }) => name).sort();
}

const kinds = [
  { name: 'SQLite', newLocation: newFile, skipped: false },
  {
    name: `PostgreSQL (${needsPostgres})`,
    newLocation: () => server!.newDatabase(),
    skipped: postgresPrograms === undefined,
  },
];

describe.each(kinds)('the schema in $name', ({ newLocation, skipped }) => {
  test.skipIf(skipped)('is made once by processes that start at once, and kept', async () => {
    const location = await newLocation();
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(location, options)));
    const tables = await tablesOf(stores[0]!);
    expect(tables).toContain('ledger');
    for (const store of stores) {
      expect(await versionOf(store.database.query)).toBe(migrations.length);
      await store[Symbol.asyncDispose]();
    }
    await using again = await openStore(location, options);
    expect(await tablesOf(again)).toEqual(tables);
  });

  test.skipIf(skipped)(
    'goes forward over rows that are there, and is refused by an older program',
    async () => {
      const location = await newLocation();
      await (await openStore(location, options))[Symbol.asyncDispose]();
      await using newer = await openStore(location, { ...options, migrations: [...migrations, more] });
      expect(await tablesOf(newer)).toContain('later');
      await expect(openStore(location, options)).rejects.toMatchObject({
        code: 'TGL_STORE_NEWER',
        details: { found: migrations.length + 1, known: migrations.length },
      });
    },
  );

  test.skipIf(skipped)('is as it was after a step that failed', async () => {
    const location = await newLocation();
    await (await openStore(location, options))[Symbol.asyncDispose]();
    await expect(
      openStore(location, { ...options, migrations: [...migrations, more, wrong] }),
    ).rejects.toMatchObject({ code: 'TGL_STORE_MIGRATION', details: { version: migrations.length + 2 } });
    // Tried on a copy, SQLite keeps even the step before.
    await using store = await openStore(location, { ...options, migrations: [...migrations, more] });
    expect(await tablesOf(store)).not.toContain('half');
  });

  test.skipIf(skipped)('lets rows of the records be added, and neither changed nor removed', async () => {
    await using store = await openStore(await newLocation(), options);
    const { query } = store.database;
    const audit = { chain: 'system', seq: 1, id: 'a', at: 1, actor: 'a', action: 'a', target: 'a' };
    await query
      .insertInto('audit')
      .values({ ...audit, entry: '{}', hash: 'h' })
      .execute();
    await expect(query.updateTable('audit').set({ hash: 'x' }).execute()).rejects.toThrow('append-only');
    await expect(query.deleteFrom('audit').execute()).rejects.toThrow('append-only');
    expect(await query.selectFrom('audit').select('hash').execute()).toEqual([{ hash: 'h' }]);
    for (const table of ['ledger', 'usage_limit', 'price', 'policy'])
      expect(await guards(store, table), table).toBe(2);
  });

  test.skipIf(skipped)('refuses values of another type', async () => {
    await using store = await openStore(await newLocation(), options);
    const row = { version: 'two' as never, applied_at: 1 };
    await expect(store.database.query.insertInto('schema_version').values(row).execute()).rejects.toThrow();
  });
});

/** Triggers that refuse changes of a table. */
async function guards({ database }: Store, table: string): Promise<number> {
  const triggers =
    database.dialect.name === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_master where type = 'trigger' and tbl_name = ${table}`
      : sql<{
          name: string;
        }>`select tgname as name from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal`;
  return (await triggers.execute(database.query)).rows.length;
}

describe('a store in a file', () => {
  test('is for its user alone, durable, and leaves no copy of its trial', async () => {
    const path = await newFile();
    await (await openStore(path, options))[Symbol.asyncDispose]();
    await using store = await openStore(path, { ...options, migrations: [...migrations, more] });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const pragma = (name: string): unknown =>
      Object.values(store.database.sqlite!.prepare(`pragma ${name}`).get() as object)[0];
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
    expect(readdirSync(join(path, '..')).filter((name) => name.includes('trial'))).toEqual([]);
  });

  test('that is none, or lies where nothing can lie, is a typed error', async () => {
    const path = join(directory, 'text.db');
    writeFileSync(path, 'this is a text that is no database, and long enough to be read as one'.repeat(50));
    await expect(openStore(path, options)).rejects.toMatchObject({ code: 'TGL_STORE_DAMAGED' });
    await expect(openStore(join(path, 'below', 'x.db'), options)).rejects.toMatchObject({
      code: 'TGL_FILE_NOT_WRITABLE',
    });
  });

  test('waits for another process that writes without stopping this one', async () => {
    const path = await newFile();
    await using store = await openStore(path, options);
    await using other = await openStore(path, options);
    other.database.sqlite!.exec('begin immediate');
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const waiting = store.database.change((transaction) =>
      transaction.updateTable('change_feed').set({ version: 7 }).execute(),
    );
    while (turns < 20) await new Promise((resolve) => setTimeout(resolve, 1));
    clearInterval(timer);
    other.database.sqlite!.exec('commit');
    await waiting;
    expect(await other.database.query.selectFrom('change_feed').select('version').execute()).toEqual([
      { version: 7 },
    ]);
  });
});

test.each(['mysql://localhost/x', 'postgres://localhost', 'postgres://user:secret@host', 'https://x/y'])(
  'the location %s is refused, and its password not told',
  async (location) => {
    const error: unknown = await openStore(location, options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TGL_STORE_LOCATION' });
    expect(String(error)).not.toContain('secret');
  },
);

test('a server that cannot be reached is a typed error without the password', async () => {
  const error: unknown = await openStore('postgres://user:secret@127.0.0.1:1/x', options).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'TGL_STORE_UNAVAILABLE',
    details: { location: 'postgres://127.0.0.1:1/x' },
  });
  expect(JSON.stringify(error)).not.toContain('secret');
});
