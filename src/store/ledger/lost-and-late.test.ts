// Requests that were lost or came late are told one by one, and sums of use are those of the ledger with them.
import { expect } from 'vitest';
import type { AccountId } from '../../traffic/index.ts';
import { author, forEachDatabase, makeTenant, openForTest } from '../contract.ts';
import { ledgerEntry } from './entry-fixture.ts';
import { exportLedger } from './export-ledger.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { lostAndLate } from './lost-and-late.ts';
import { openLedger } from './open-ledger.ts';
import { billedKinds } from './roll-up.ts';
import { correctRequest } from './rows-by-hand.ts';
import { usageOf } from './usage.ts';

const at = 30 * 86_400_000;
const billed = new Set<string>(billedKinds);

forEachDatabase('requests that were lost or came late', ({ test, newLocation }) => {
  async function start() {
    const opened = await openForTest(await newLocation());
    const { organisation, account } = await makeTenant(opened, 'one');
    const { database } = opened.store;
    const row = (request: string, kind: LedgerEntry['kind'], more: Partial<LedgerEntry> = {}): LedgerEntry =>
      ledgerEntry(request, { organisation, account, kind, at, ...more });
    const write = async (rows: readonly LedgerEntry[]): Promise<void> => {
      await using ledger = openLedger(database, { writer: 'w' });
      for (const one of rows) await ledger.append(one);
      await ledger.rollUp();
    };
    const read = (more: { readonly after?: number; readonly limit?: number; readonly account?: AccountId }) =>
      lostAndLate(database, { organisation, account: null, start: at, end: at + 10, limit: 100, ...more });
    const sums = async () => {
      const whose = { organisation, account: null, start: at, end: at + 10, groupBy: [], only: {} };
      const rows = await Array.fromAsync(exportLedger(database, organisation, 0));
      const ledger = rows.filter(({ kind }) => billed.has(kind)).reduce((all, { amount }) => all + amount, 0);
      const [usage] = await usageOf(database, { ...whose, width: 'day' });
      return { ledger: BigInt(ledger), usage: usage?.amount, requests: usage?.requests };
    };
    return { opened, organisation, account, row, write, read, sums };
  }

  test('are told with what they held, what is billed of them and nothing of others', async () => {
    const { opened, organisation, row, write, read, sums } = await start();
    await using _ = opened;
    await write([
      row('req_settled', 'settle'),
      row('req_held', 'hold'),
      row('req_lost', 'hold', { amount: 900 }),
      row('req_lost', 'lost', { amount: 900 }),
      row('req_late', 'late', { amount: 50 }),
      row('req_elsewhere', 'late', { account: 'acc_other' }),
      row('req_earlier', 'lost', { at: at - 1 }),
      row('req_later', 'late', { at: at + 10 }),
    ]);
    await write([row('req_foreign', 'late', { organisation: 'org_other' })]);
    expect(await read({})).toMatchObject([
      { request: 'req_lost', kind: 'lost', amount: 900, billed: 0, reasoning: 6 },
      { request: 'req_late', kind: 'late', amount: 50, billed: 50 },
      { request: 'req_elsewhere', kind: 'late', account: 'acc_other' },
    ]);
    const before = await sums();
    expect(before).toEqual({ ledger: before.usage, usage: before.ledger, requests: 4 });
    for (const [request, amount] of [
      ['req_lost', 20],
      ['req_late', 7],
    ] as const)
      await correctRequest(opened.store.context, author, organisation, { request, amount });
    await write([]);
    const after = await sums();
    expect(after).toEqual({ ledger: after.usage, usage: before.ledger + 20n + 7n - 50n, requests: 4 });
    expect(await read({ limit: 2 })).toMatchObject([
      { request: 'req_lost', amount: 900, billed: 20 },
      { request: 'req_late', amount: 50, billed: 7 },
    ]);
  });

  test('are told of one account, page by page', async () => {
    const { opened, account, row, write, read } = await start();
    await using _ = opened;
    const kinds = ['late', 'lost', 'late', 'late', 'lost'] as const;
    await write(kinds.map((kind, index) => row(`req_${index}`, kind)));
    await write([row('req_other', 'late', { account: 'acc_other' })]);
    const told: string[] = [];
    for (let after = 0; ; ) {
      const page = await read({ after, limit: 2, account });
      told.push(...page.map(({ request }) => request));
      if (page.length < 2) break;
      after = page.at(-1)?.seq ?? 0;
    }
    expect(told).toEqual(['req_0', 'req_1', 'req_2', 'req_3', 'req_4']);
  });
});
