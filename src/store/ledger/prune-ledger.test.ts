// Rows of the ledger go when their time has come, and what is left still verifies: chains, sums and roll-ups, in both databases.
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { OrganisationId } from '../../traffic/index.ts';
import { isSigned, signer } from '../audit/signer-fixture.ts';
import {
  author,
  forEachDatabase,
  makeTenant,
  type OpenedStore,
  openForTest,
  type Tenant,
} from '../contract.ts';
import { ledgerEntry } from './entry-fixture.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { openLedger } from './open-ledger.ts';
import { countPrunableLedger, pruneLedger } from './prune-ledger.ts';
import { correctRequest, creditUse } from './rows-by-hand.ts';
import { usageOf } from './usage.ts';
import { checkLedger } from './verify-ledger.ts';

const day = 86_400_000;

let requests = 0;

async function append(
  { store }: OpenedStore,
  { organisation, account }: Tenant,
  entries: readonly Partial<LedgerEntry>[],
  writer = 'node_a',
): Promise<readonly string[]> {
  const ledger = openLedger(store.database, { writer });
  const rows = entries.map((more) => ledgerEntry(`req_${++requests}`, { organisation, account, ...more }));
  for (const row of rows) await ledger.append(row);
  await ledger.rollUp();
  await ledger[Symbol.asyncDispose]();
  return rows.map(({ request }) => request);
}

/** By day, whatever is left of the rows. */
async function usage({ store: { database } }: OpenedStore, organisation: OrganisationId) {
  const question = { organisation, account: null, start: 0, end: 1e15, width: 'day' } as const;
  return usageOf(database, { ...question, groupBy: ['account', 'model'], only: {} });
}

async function rowsOf({ store }: OpenedStore): Promise<readonly string[]> {
  const rows = await store.database.query.selectFrom('ledger').select('request').orderBy('seq').execute();
  return rows.map(({ request }) => request);
}

const prune = ({ store }: OpenedStore, { organisation, account }: Tenant, before: number): Promise<number> =>
  pruneLedger(store.context, signer, author, { organisation, account, before });

const check = ({ store }: OpenedStore) => checkLedger(store.database, isSigned);

forEachDatabase('rows of the ledger that are removed', ({ test, newLocation }) => {
  test('are those of one account before a day, though rows of others stand between them', async () => {
    await using opened = await openForTest(await newLocation());
    const [one, other] = [await makeTenant(opened, 'one'), await makeTenant(opened, 'other')];
    const kept: string[] = [];
    for (const at of [1, 1, 2, 3, 3]) {
      const [own = ''] = await append(opened, one, [{ at: at * day }]);
      kept.push(...(await append(opened, other, [{ at: at * day }])), ...(at > 2 ? [own] : []));
    }
    const before = await usage(opened, one.organisation);
    const { store } = opened;
    expect(await countPrunableLedger(store.context, { ...one, before: 3 * day })).toBe(3);
    expect(await prune(opened, one, 3 * day)).toBe(3);
    expect(await prune(opened, one, 3 * day)).toBe(0);
    expect((await rowsOf(opened)).toSorted()).toEqual(kept.toSorted());
    expect(await usage(opened, one.organisation)).toEqual(before);
    expect(await check(opened)).toEqual({ rows: 7, problems: [] });
    const [entry] = await store.audit.list(one.organisation, { actions: ['ledger.pruned'] });
    expect(entry?.target).toEqual({ type: 'account', id: one.account });
    // What follows later stands behind what is gone, and may be of a day from before.
    await append(opened, one, [{ at: 2 * day, kind: 'late' }, { at: 4 * day }]);
    expect(await check(opened)).toEqual({ rows: 9, problems: [] });
    expect(await prune(opened, one, 5 * day)).toBe(4);
    expect(await check(opened)).toEqual({ rows: 5, problems: [] });
  });

  test('are also all of a chain, which goes on where it ended', async () => {
    await using opened = await openForTest(await newLocation());
    const one = await makeTenant(opened, 'one');
    await append(
      opened,
      one,
      Array.from({ length: 1200 }, (_, index) => ({ at: day + index })),
    );
    expect(await prune(opened, one, 2 * day)).toBe(1200);
    expect(await opened.store.database.query.selectFrom('pruned_range').select('to_seq').execute()).toEqual([
      { to_seq: 1200 },
    ]);
    expect(await check(opened)).toEqual({ rows: 0, problems: [] });
    const [request = ''] = await append(opened, one, [{ at: 2 * day }]);
    const { store } = opened;
    await correctRequest(store.context, author, one.organisation, { request, amount: 5 });
    await creditUse(store.context, author, one.organisation, { amount: 7, currency: 'EUR' });
    await append(opened, one, []);
    expect(await check(opened)).toEqual({ rows: 3, problems: [] });
    expect(
      await store.database.query
        .selectFrom('ledger')
        .select('writer_seq')
        .where('writer', '!=', 'by-hand')
        .orderBy('writer_seq')
        .limit(1)
        .execute(),
    ).toEqual([{ writer_seq: 1201 }]);
  });

  test('cannot be removed, or said to be, by whoever does not have the key', async () => {
    await using opened = await openForTest(await newLocation());
    const one = await makeTenant(opened, 'one');
    await append(
      opened,
      one,
      [1, 1, 2, 2].map((at) => ({ at: at * day })),
    );
    const { query } = opened.store.database;
    const remove = () =>
      query
        .deleteFrom('ledger')
        .where('at', '=', 2 * day)
        .execute();
    await expect(remove()).rejects.toThrow();
    await prune(opened, one, 2 * day);
    await expect(remove()).rejects.toThrow();
    // Whoever may write to the tables can extend the note, whose signature then does not hold.
    await query.updateTable('pruned_range').set({ to_seq: 4 }).execute();
    await remove();
    expect((await check(opened)).problems).not.toEqual([]);
  });

  test.each([
    [
      'the sums of what is gone',
      sql`update pruned_use set sums = replace(sums, '"requests":"2"', '"requests":"1"')`,
    ],
    ['a note of what is gone', sql`delete from pruned_range`],
    [
      'the roll-ups of what is gone',
      sql`update rollup set requests = requests + 1 where bucket_start = ${day}`,
    ],
    [
      'the roll-ups of what is left',
      sql`update rollup set requests = requests + 1 where bucket_start = ${3 * day}`,
    ],
  ])('are found out where somebody changes %s', async (_, change) => {
    await using opened = await openForTest(await newLocation());
    const one = await makeTenant(opened, 'one');
    await append(
      opened,
      one,
      [1, 1, 3].map((at) => ({ at: at * day })),
    );
    await prune(opened, one, 2 * day);
    expect((await check(opened)).problems).toEqual([]);
    await change.execute(opened.store.database.query);
    expect((await check(opened)).problems).not.toEqual([]);
  });

  test('are no longer than a signal lets them', async () => {
    await using opened = await openForTest(await newLocation());
    const one = await makeTenant(opened, 'one');
    await append(opened, one, [{ at: day }]);
    const pruned = { ...one, before: 2 * day };
    expect(await pruneLedger(opened.store.context, signer, author, pruned, AbortSignal.abort())).toBe(0);
    expect(await rowsOf(opened)).toHaveLength(1);
  });
});
