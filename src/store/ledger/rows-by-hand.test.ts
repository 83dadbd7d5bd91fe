// Corrections and credits, and the export that has them.
import { expect } from 'vitest';
import type { OrganisationId } from '../../traffic/index.ts';
import { author, forEachDatabase, makeTenant, type OpenedStore, openForTest } from '../contract.ts';
import { ledgerEntry } from './entry-fixture.ts';
import { exportLedger } from './export-ledger.ts';
import { openLedger } from './open-ledger.ts';
import { correctRequest, creditUse, newestByHand } from './rows-by-hand.ts';
import { usageOf } from './usage.ts';
import { checkLedger } from './verify-ledger.ts';

forEachDatabase('a ledger with rows by hand', ({ test, newLocation }) => {
  const day = 86_400_000;

  async function costOf(
    { store }: OpenedStore,
    organisation: OrganisationId,
    groupBy: readonly 'account'[] = [],
  ): Promise<unknown> {
    await using ledger = openLedger(store.database, { writer: 'reader' });
    await ledger.rollUp();
    const question = {
      organisation,
      account: null,
      start: 0,
      end: 1e15,
      width: 'day',
      groupBy,
      only: {},
    } as const;
    const rows = await usageOf(store.database, question);
    return rows.map(({ bucket, requests, amount, account }) => ({
      ...{ day: bucket / day, requests, amount },
      ...(account !== undefined && { account }),
    }));
  }

  test('costs what it was corrected to, however often, on the day of the request, and the chains hold', async () => {
    await using opened = await openForTest(await newLocation());
    const { context, database } = opened.store;
    const tenant = await makeTenant(opened, 'one');
    {
      await using ledger = openLedger(database, { writer: 'node' });
      await ledger.append(ledgerEntry('req_a', { ...tenant, amount: 1000 }));
      await ledger.append(ledgerEntry('req_b', { ...tenant, amount: 5, at: 31 * day }));
    }
    const { organisation } = tenant;
    const before = await newestByHand(database);
    const correct = (request: string, amount: number) =>
      correctRequest(context, { ...author, reason: 'why' }, organisation, { request, amount });
    expect(await correct('chatcmpl_a', 400)).toEqual({
      ...{ request: 'req_a', before: 1000, amount: 400, currency: 'EUR' },
    });
    expect(await correct('req_a', 700)).toMatchObject({ before: 400 });
    expect(await costOf(opened, organisation)).toEqual([
      { day: 30, requests: 1, amount: 700n },
      { day: 31, requests: 1, amount: 5n },
    ]);
    expect(await newestByHand(database)).toBeGreaterThan(before);
    expect(await checkLedger(database)).toEqual({ rows: 4, problems: [] });
    expect(await opened.store.audit.list(organisation, { actions: ['ledger.corrected'] })).toMatchObject([
      { target: { type: 'request', id: 'req_a' }, reason: 'why', changed: ['amount'] },
      { target: { type: 'request', id: 'req_a' } },
    ]);
  });

  test('bills a request that was lost once somebody says what it cost', async () => {
    await using opened = await openForTest(await newLocation());
    const tenant = await makeTenant(opened, 'one');
    const { context, database } = opened.store;
    {
      await using ledger = openLedger(database, { writer: 'node' });
      await ledger.append(ledgerEntry('req_a', { ...tenant, kind: 'lost', amount: 1000 }));
    }
    expect(await costOf(opened, tenant.organisation)).toEqual([]);
    const correction = { request: 'req_a', amount: 300 };
    expect(await correctRequest(context, author, tenant.organisation, correction)).toMatchObject({
      before: 0,
    });
    expect(await costOf(opened, tenant.organisation)).toEqual([{ day: 30, requests: 0, amount: 300n }]);
  });

  test('corrects nothing of another organisation, and says the same as of what is not there', async () => {
    await using opened = await openForTest(await newLocation());
    const mine = await makeTenant(opened, 'mine');
    const theirs = await makeTenant(opened, 'theirs');
    {
      await using ledger = openLedger(opened.store.database, { writer: 'node' });
      await ledger.append(ledgerEntry('req_theirs', theirs));
    }
    for (const request of ['req_theirs', 'req_nobodys'])
      await expect(
        correctRequest(opened.store.context, author, mine.organisation, { request, amount: 0 }),
      ).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN', details: { kind: 'request', received: request } });
    expect((await checkLedger(opened.store.database)).rows).toBe(1);
  });

  test('has credits of those who are named', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account } = await makeTenant(opened, 'one');
    const { context } = opened.store;
    await creditUse(context, author, organisation, { amount: 250, currency: 'EUR', account });
    await creditUse(context, author, organisation, { amount: 50, currency: 'EUR' });
    const today = Math.floor(opened.clock.now() / day);
    expect(await costOf(opened, organisation, ['account'])).toEqual([
      { day: today, requests: 0, amount: -50n, account: '' },
      { day: today, requests: 0, amount: -250n, account },
    ]);
  });

  test('is exported row by row, and goes on behind any row', async () => {
    await using opened = await openForTest(await newLocation());
    const mine = await makeTenant(opened, 'mine');
    const theirs = await makeTenant(opened, 'theirs');
    const { database, context } = opened.store;
    const writers = ['one', 'two'].map((writer) => openLedger(database, { writer }));
    const exported = (after: number) =>
      Array.fromAsync(exportLedger(database, mine.organisation, after), ({ seq, request }) => ({
        seq,
        request,
      }));
    const parts: { readonly seq: number; readonly request: string }[] = [];
    const writing = Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index % 30));
        await writers[index % 2]!.append(ledgerEntry(`req_${index}`, index % 3 === 0 ? theirs : mine));
      }),
    );
    let isWriting = true;
    void writing.then(() => {
      isWriting = false;
    });
    while (isWriting) {
      parts.push(...(await exported(parts.at(-1)?.seq ?? 0)));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await correctRequest(context, author, mine.organisation, { request: 'req_1', amount: 1 });
    parts.push(...(await exported(parts.at(-1)?.seq ?? 0)));
    expect(parts).toEqual(await exported(0));
    expect(parts).toHaveLength(201);
    expect(parts.at(-1)?.request).toMatch(/^adj_/);
    for (const writer of writers) await writer[Symbol.asyncDispose]();
  });
});
