// What becomes of changes when the database fails, or the process is killed: each is there whole, with its entry in the log, or
// not at all; what was acknowledged is there; and the store goes on by itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { expect, test as plainTest } from 'vitest';
import { systemEntropy, TiegelError } from '../base/index.ts';
import { verifyAudit } from './audit/verify-audit.ts';
import type { Around, DatabaseCall } from './connection/around-dialect.ts';
import type { Query } from './connection/database.ts';
import { author, forEachDatabase, makeTenant, type OpenedStore, openForTest } from './contract.ts';
import { newIdentifier, parseIdentifier } from './terms/identifiers.ts';

const script = fileURLToPath(new URL('./change-fixture.ts', import.meta.url));

type Fault = { readonly name: string; readonly error: object; readonly after?: boolean };

const sqliteFault = (name: string, errcode: number): Fault => ({
  name,
  error: { code: 'ERR_SQLITE_ERROR', errcode, message: name },
});
const faults = {
  SQLite: [
    sqliteFault('SQLITE_FULL', 13),
    sqliteFault('SQLITE_IOERR_WRITE', 778),
    sqliteFault('SQLITE_IOERR_FSYNC', 1034),
    sqliteFault('SQLITE_BUSY', 5),
  ],
  PostgreSQL: [
    { name: 'a reset before the call', error: { code: 'ECONNRESET', message: 'read ECONNRESET' } },
    {
      name: 'a reset after the call',
      error: { code: 'ECONNRESET', message: 'read ECONNRESET' },
      after: true,
    },
    { name: 'a full disk', error: { code: '53100', message: 'could not extend file' } },
    { name: 'a shutdown', error: { code: '57P01', message: 'terminating connection' } },
  ],
} as const satisfies Readonly<Record<string, readonly Fault[]>>;

/** Fails the call of that number, counted from when it is armed. */
function failing(fault: Fault): {
  readonly around: Around;
  readonly arm: (at: number) => void;
  readonly hit: () => boolean;
} {
  let left = Number.POSITIVE_INFINITY;
  const isMeant = ({ type }: DatabaseCall): boolean => type !== 'rollback' && --left === 0;
  return {
    arm: (at) => {
      left = at;
    },
    hit: () => left <= 0,
    around: async (call, run) => {
      const fails = isMeant(call);
      // A connection that was made and is not handed over would be lost to the pool, which no database does.
      if (fails && (!fault.after || call.type === 'connect')) throw Object.assign(new Error(), fault.error);
      const value = await run();
      if (fails) throw Object.assign(new Error(), fault.error);
      return value;
    },
  };
}

/** What is in the store has its entry in the log, and the other way round. */
async function requireConsistent({ store }: Pick<OpenedStore, 'store'>): Promise<readonly string[]> {
  const lines = (await Array.fromAsync(store.audit.export())).map((row) => JSON.stringify(row));
  expect((await verifyAudit(lines, () => true)).problems).toEqual([]);
  const made = lines
    .map((line) => JSON.parse(line).entry)
    .filter(({ action, refused }) => action === 'project.created' && refused === null)
    .map(({ target }) => target.id as string);
  const accounts = await store.database.query.selectFrom('account').select('id').execute();
  expect(accounts.map(({ id }) => id).sort()).toEqual(made.toSorted());
  const keys = await store.database.query.selectFrom('api_key').select('id').execute();
  const log = lines.filter((line) => line.includes('"api_key.created"') && line.includes('"refused":null'));
  expect(keys).toHaveLength(log.length);
  return made;
}

forEachDatabase('a store whose database fails', ({ test, newLocation, name, server }) => {
  test.each(faults[name])('by $name at any call keeps changes whole and goes on', async (fault) => {
    const { around, arm, hit } = failing(fault);
    await using opened = await openForTest(await newLocation(), around);
    const { organisation, account, principal } = await makeTenant(opened, 'one');
    const facts = { account, principal, name: 'k' };
    for (let at = 1; ; at++) {
      arm(at);
      const attempts = [
        () => opened.store.accounts.create(organisation, author, { name: `a${at}` }),
        () => opened.keys.create(organisation, author, facts),
        () => opened.store.accounts.update(organisation, account, author, { name: `b${at}` }),
      ];
      for (const attempt of attempts) {
        const error: unknown = await attempt().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) continue;
        expect(error).toMatchObject({ code: 'TGL_STORE_UNAVAILABLE', retryable: true });
        expect((error as TiegelError).message).not.toContain('undefined');
      }
      const met = hit();
      arm(Number.POSITIVE_INFINITY);
      await requireConsistent(opened);
      await opened.store.accounts.update(organisation, account, author, { name: 'again' });
      if (!met) break;
    }
  });

  test('goes on after every connection was cut', async () => {
    const location = await newLocation();
    await using opened = await openForTest(location);
    const { organisation } = await makeTenant(opened, 'one');
    await server()?.disconnectAll(location);
    let made = 0;
    while (made < 3)
      await opened.store.accounts.create(organisation, author, { name: 'a' }).then(
        () => made++,
        (error: unknown) => expect(error).toMatchObject({ code: 'TGL_STORE_UNAVAILABLE' }),
      );
    await requireConsistent(opened);
  });

  test('loses nothing that was acknowledged when the process is killed, twenty times', {
    timeout: 180_000,
  }, async () => {
    const location = await newLocation();
    await using opened = await openForTest(location);
    const { organisation } = await makeTenant(opened, 'one');
    const acknowledged: string[] = [];
    for (let round = 0; round < 20; round++) {
      const child = spawn(process.execPath, [script, location, organisation]);
      let left = 1 + Math.floor((systemEntropy(1)[0] as number) / 16);
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.push(line);
        if (--left === 0) child.kill('SIGKILL');
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
    }
    const made = await requireConsistent(opened);
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(new Set(made).size).toBe(made.length);
    expect(acknowledged.filter((id) => !made.includes(id))).toEqual([]);
  });
});

forEachDatabase('the queries of a store', ({ test, newLocation, name }) => {
  test('find rows by an index where there may be many', async () => {
    const seen = new Set<string>();
    await using opened = await openForTest(await newLocation(), (call, run) => {
      if (call.type === 'query') seen.add(call.sql);
      return run();
    });
    const { store, keys } = opened;
    const { organisation, account, principal } = await makeTenant(opened, 'one');
    await using authenticator = await keys.authenticator({ pollMs: 3_600_000 });
    const { key, secret } = await keys.create(organisation, author, { account, principal, name: 'k' });
    await authenticator.refresh();
    authenticator.authenticate(secret, '127.0.0.1');
    await keys.list(organisation, account);
    await keys.rotate(organisation, key.id, author);
    await store.principals.memberships(organisation, principal);
    await store.audit.list(organisation, { from: 1, actions: ['project.created'] });
    await Array.fromAsync(store.audit.export());
    await store.accounts
      .get(organisation, parseIdentifier('account', newIdentifier('account', systemEntropy)))
      .catch(() => {});
    await keys.revoke(organisation, key.id, author);
    const explained = [...seen].filter(
      (text) => /^(select|update|delete)/.test(text) && !text.includes('pg_'),
    );
    expect(explained.length).toBeGreaterThan(15);
    const explain = name === 'SQLite' ? explainSqlite : explainPostgres;
    for (const text of explained) {
      const plan = JSON.stringify(await explain(store.database.query, text));
      expect(plan.length, text).toBeGreaterThan(20);
      expect(plan.match(/(?:SCAN|Seq Scan on) (ledger|audit|api_key|rollup)\b(?! USING)/g), text).toBeNull();
    }
  });
});

async function explainSqlite(query: Query, text: string): Promise<readonly unknown[]> {
  return (await sql.raw(`explain query plan ${text.replaceAll('?', 'null')}`).execute(query)).rows;
}

/** The plan for whatever values, on one connection. So few rows would be read from end to end unless that is said to be dear. */
function explainPostgres(query: Query, text: string): Promise<readonly unknown[]> {
  const values = Array(new Set(text.match(/\$\d+/g)).size).fill('null');
  return query.connection().execute(async (connection) => {
    await sql`set enable_seqscan = off`.execute(connection);
    await sql`set plan_cache_mode = force_generic_plan`.execute(connection);
    await sql.raw(`prepare explained as ${text}`).execute(connection);
    const execute = values.length === 0 ? 'explained' : `explained(${values.join(', ')})`;
    const plan = await sql.raw(`explain execute ${execute}`).execute(connection);
    await sql`deallocate explained`.execute(connection);
    return plan.rows;
  });
}

plainTest('a fault of our own statements is no fault of the database', async () => {
  await using opened = await openForTest(':memory:');
  await expect(sql`selct 1`.execute(opened.store.database.query)).rejects.not.toBeInstanceOf(TiegelError);
});
