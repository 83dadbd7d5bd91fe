import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemEntropy } from '../../base/index.ts';
import { openStore } from '../open-store.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from '../testing.ts';
import { entryColumns, type LedgerEntry, type StoredEntry, verifyChains } from './ledger-entry.ts';
import { openLedger } from './open-ledger.ts';
import type { Ledger } from './writer-thread.ts';

const entry = (request: string): LedgerEntry => ({
  ...{ request, kind: 'settle', organisation: 'org_1', account: 'acc_1', key: 'key_1', principal: 'prn_1' },
  ...{ model: 'r1', engine: 'llama', operation: 'completions', at: 86_400_000 },
  ...{ prompt: 10, cached: 4, reasoning: 6, answer: 3, amount: 1234, currency: 'EUR', price: null },
  ...{ lease: null, outcome: 'finished', estimated: false, policyVersion: null },
});

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

  const stored = async (url: string): Promise<readonly StoredEntry[]> => {
    const rows = await server.run(url, 'select * from ledger order by writer, writer_seq');
    const numbers = ['at', 'prompt', 'cached', 'reasoning', 'answer', 'amount', 'estimated'];
    return rows.map((row) => ({
      ...{ writer: row.writer as string, sequence: Number(row.writer_seq), hash: row.chain_hash as string },
      values: entryColumns.map((name) =>
        numbers.includes(name) ? Number(row[name]) : (row[name] as string | null),
      ),
    }));
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
    const verified = verifyChains(await stored(url));
    expect([verified.rows, verified.heads.size]).toEqual([200, 2]);
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
    const rows = await stored(url);
    expect(verifyChains(rows).rows).toBe(acknowledged.length);
    expect(new Set(rows.map(({ values }) => values[0]))).toEqual(new Set(acknowledged));
  });
});
