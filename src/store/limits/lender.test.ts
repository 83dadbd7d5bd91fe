// What every lender keeps to: the one over PostgreSQL, and the one in memory by which nodes are tested.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock, systemClock, systemEntropy } from '../../base/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import { nothingSpread } from '../ledger/ledger-entry.ts';
import { openStore } from '../open-store.ts';
import { needsPostgres, type PostgresServer, postgresPrograms, startPostgres } from '../testing.ts';
import type { Budget, Lender } from './lender.ts';
import { memoryLender } from './memory-lender.ts';
import { createPostgresLender } from './postgres-lender.ts';

const terms = { leaseMs: 30_000, longestRequestMs: 60_000 };

function budget(amount: number, more: Partial<Budget['window']> = {}): Budget {
  return {
    limit: {
      ...{ id: 'limit', organisation: 'org', scope: 'account', subject: 'acc', model: null, unit: 'tokens' },
      ...{ period: 'total', amount, enforcement: 'hard' },
    },
    window: { start: 0, end: Number.POSITIVE_INFINITY, before: 0, ...more },
  };
}

type Opened = AsyncDisposable & {
  readonly lender: Lender;
  readonly advance: (milliseconds: number) => Promise<void>;
  /** A row of the ledger. */
  readonly settle: (lessee: string, tokens: number) => Promise<void>;
};

async function inMemory(): Promise<Opened> {
  const clock = manualClock(1e12);
  const rows: { readonly lessee: string; readonly tokens: number }[] = [];
  return {
    lender: memoryLender({
      ...{ clock, terms },
      settledOf: (lessee) =>
        rows.filter((row) => row.lessee === lessee).reduce((sum, { tokens }) => sum + tokens, 0),
    }),
    advance: async (milliseconds) => clock.advance(milliseconds),
    settle: async (lessee, tokens) => void rows.push({ lessee, tokens }),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function inPostgres(server: PostgresServer): Promise<Opened> {
  const url = await server.newDatabase();
  const store = await openStore(url, { clock: systemClock, entropy: systemEntropy });
  const { database } = store;
  const row = { id: 'org' as OrganisationId, name: 'org', time_zone: 'UTC', currency: 'EUR' };
  await database.query
    .insertInto('organisation')
    .values({ ...row, state: 'active', created_at: 0 })
    .execute();
  let rows = 0;
  return {
    lender: createPostgresLender({ database, entropy: systemEntropy, terms }),
    // The clock of the database cannot be set, so that ends are brought nearer.
    advance: async (milliseconds) =>
      void (await server.run(url, `update lessee set expires_at = expires_at - ${milliseconds}`)),
    settle: async (lessee, tokens) => {
      await database.query
        .insertInto('ledger')
        .values({
          ...{ writer: 'w', writer_seq: ++rows, request: `r${rows}`, kind: 'settle', organisation: 'org' },
          ...{ account: 'acc', key: 'key', principal: 'prn', model: 'r1', engine: 'local', at: 5 },
          ...{ operation: 'completions', prompt: tokens, cached: 0, reasoning: 0, answer: 0, amount: 0 },
          ...{ currency: 'EUR', price: null, lease: lessee, outcome: 'finished', estimated: 0 },
          ...{ policy_version: null, ...nothingSpread, hash_version: 2, chain_hash: '' },
        })
        .execute();
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

const kinds = [
  { name: 'in memory', skipped: false },
  { name: `over PostgreSQL (${needsPostgres})`, skipped: postgresPrograms === undefined },
];

describe.each(kinds)('a lender $name', ({ name, skipped }) => {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    if (!skipped && name !== 'in memory') server = await startPostgres();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  const open = (): Promise<Opened> => (server === undefined ? inMemory() : inPostgres(server));

  test.skipIf(skipped)('grants an amount or nothing, up to the limit, to whoever asks first', async () => {
    await using opened = await open();
    const { lender } = opened;
    const [one, two] = [await lender.join(), await lender.join()];
    expect(await lender.grant(one, budget(100), 70)).toEqual({ isGranted: true, all: 70 });
    expect(await lender.grant(two, budget(100), 31)).toEqual({ isGranted: false, all: 70 });
    expect(await lender.grant(two, budget(100), 30)).toEqual({ isGranted: true, all: 100 });
    const asked = Array.from({ length: 20 }, () => lender.grant(one, budget(200), 9));
    const grants = await Promise.all(asked);
    expect(grants.filter(({ isGranted }) => isGranted)).toHaveLength(11);
    expect(await lender.renew(one)).toBe(2);
  });

  test.skipIf(skipped)('keeps to a lowered limit, though more was granted', async () => {
    await using opened = await open();
    const { lender } = opened;
    const one = await lender.join();
    await lender.grant(one, budget(100), 90);
    expect(await lender.grant(one, budget(50), 1)).toEqual({ isGranted: false, all: 90 });
    await lender.giveBack(one, budget(50), 60);
    expect(await lender.grant(one, budget(50), 20)).toEqual({ isGranted: true, all: 50 });
  });

  test.skipIf(skipped)('takes back what is not needed or was not used, once', async () => {
    await using opened = await open();
    const { lender } = opened;
    const [one, two] = [await lender.join(), await lender.join()];
    await lender.grant(one, budget(100), 100);
    await lender.giveBack(one, budget(100), 40);
    expect(await lender.grant(two, budget(100), 41)).toEqual({ isGranted: false, all: 60 });
    await lender.close(one, budget(100), 25);
    await lender.close(one, budget(100), 0);
    await lender.giveBack(one, budget(100), 10);
    expect(await lender.grant(two, budget(100), 75)).toEqual({ isGranted: true, all: 100 });
    // A lease that was ended is not opened again.
    expect((await lender.grant(one, budget(1000), 1)).isGranted).toBe(false);
    await lender.leave(one);
    expect(await lender.renew(one)).toBeNull();
  });

  test.skipIf(skipped)('begins with what was used before, once', async () => {
    await using opened = await open();
    const { lender } = opened;
    const [one, two] = [await lender.join(), await lender.join()];
    expect(await lender.grant(one, budget(100, { before: 30 }), 71)).toEqual({ isGranted: false, all: 30 });
    expect(await lender.grant(two, budget(100, { before: 55 }), 70)).toEqual({ isGranted: true, all: 100 });
  });

  test.skipIf(skipped)(
    'gives a lapsed lessee nothing, and ends its leases once nothing of it runs',
    async () => {
      await using opened = await open();
      const { lender, advance, settle } = opened;
      const one = await lender.join();
      await lender.grant(one, budget(100), 80);
      await settle(one, 13);
      await settle('another', 50);
      await advance(terms.leaseMs + 1);
      expect(await lender.renew(one)).toBeNull();
      expect((await lender.grant(one, budget(100), 1)).isGranted).toBe(false);
      expect(await lender.reap()).toEqual([]);
      await settle(one, 4);
      await advance(terms.longestRequestMs);
      expect(await lender.reap()).toEqual([one]);
      expect(await lender.reap()).toEqual([]);
      const two = await lender.join();
      expect(await lender.grant(two, budget(100), 84)).toEqual({ isGranted: false, all: 17 });
      expect(await lender.grant(two, budget(100), 83)).toEqual({ isGranted: true, all: 100 });
    },
  );
});
