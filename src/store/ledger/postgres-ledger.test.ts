import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemEntropy } from '../../base/index.ts';
import { openStore } from '../open-store.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from '../testing.ts';
import { ledgerEntry as entry } from './entry-fixture.ts';
import { openLedger } from './open-ledger.ts';
import { checkLedger, type LedgerCheck, storedEntries } from './verify-ledger.ts';
import type { Ledger } from './writer-thread.ts';

describe.skipIf(postgresPrograms === undefined)(`the ledger over PostgreSQL, which ${needsPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function openAt(
    writer: string,
    given?: string,
  ): Promise<{ readonly ledger: Ledger; readonly url: string }> {
    const url = given ?? (await server.newDatabase());
    await using store = await openStore(url, { clock: systemClock, entropy: systemEntropy });
    return { ledger: openLedger(store.database, { writer }), url };
  }

  const check = async (url: string): Promise<LedgerCheck & { readonly requests: readonly unknown[] }> => {
    await using store = await openStore(url, { clock: systemClock, entropy: systemEntropy });
    const rows = await Array.fromAsync(storedEntries(store.database.query));
    return { ...(await checkLedger(store.database)), requests: rows.map(({ values }) => values[0]) };
  };

  test('keeps each row once, in a chain for each writer', async () => {
    const { ledger, url } = await openAt('one');
    const other = await openAt('two', url);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => entry(`req_${index}`)).flatMap((row, index) => [
        (index % 2 === 0 ? ledger : other.ledger).append(row),
        (index % 2 === 0 ? ledger : other.ledger).append(row),
      ]),
    );
    await ledger.append(entry('req_0'));
    await ledger[Symbol.asyncDispose]();
    await other.ledger[Symbol.asyncDispose]();
    expect(await check(url)).toMatchObject({ rows: 200, problems: [] });
    expect(await server.run(url, 'select distinct writer from ledger')).toHaveLength(2);
    expect(await server.run(url, 'select width, requests, amount from rollup order by width')).toEqual(
      ['day', 'hour', 'minute'].map((width) => ({ width, requests: '200', amount: String(200 * 1234) })),
    );
  });

  test('loses and doubles nothing where its connection is cut again and again', async () => {
    const { ledger, url } = await openAt('cut');
    const acknowledged: string[] = [];
    let running = true;
    const client = async (number: number): Promise<void> => {
      for (let count = 0; running; count++) {
        const row = entry(`req_${number}_${count}`);
        // As a settlement does: until it is there.
        for (let written = false; !written; ) {
          written = await ledger.append(row).then(
            () => true,
            (error: { code?: string }) => {
              expect(error.code).toBe('TGL_LEDGER_UNAVAILABLE');
              return false;
            },
          );
        }
        acknowledged.push(row.request);
      }
    };
    const clients = Array.from({ length: 8 }, (_, number) => client(number));
    for (let cut = 0; cut < 10; cut++) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 8);
      await server.disconnectAll(url);
    }
    running = false;
    await Promise.all(clients);
    await ledger[Symbol.asyncDispose]();
    const { rows, problems, requests } = await check(url);
    expect([rows, problems]).toEqual([acknowledged.length, []]);
    expect(new Set(requests)).toEqual(new Set(acknowledged));
  });
});
