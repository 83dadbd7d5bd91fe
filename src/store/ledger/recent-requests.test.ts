// The newest requests come back in the order of time, with nothing of others, whatever else stands in the ledger.
import { expect } from 'vitest';
import { forEachDatabase, makeTenant, openForTest } from '../contract.ts';
import { ledgerEntry } from './entry-fixture.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { openLedger } from './open-ledger.ts';
import { recentRequests } from './recent-requests.ts';

const at = 30 * 86_400_000 + 3_600_000;

forEachDatabase('recent requests', ({ test, newLocation }) => {
  test('are those for replies that were settled, of one account or of all', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account } = await makeTenant(opened, 'one');
    const { database } = opened.store;
    const row = (request: string, more: Partial<LedgerEntry>): LedgerEntry =>
      ledgerEntry(request, { organisation, account, at, ...more });
    {
      await using ledger = openLedger(database, { writer: 'w' });
      for (const one of [
        row('req_3', { at: at + 3, model: 'other' }),
        row('req_1', { at: at + 1, prompt: 70 }),
        row('req_2', { at: at + 2, account: 'acc_second' }),
        row('req_before', { at: at - 1 }),
        row('req_after', { at: at + 100 }),
        row('req_lost', { kind: 'lost' }),
        row('req_embedded', { operation: 'embeddings' }),
        row('req_foreign', { organisation: 'org_other' }),
      ])
        await ledger.append(one);
      await ledger.rollUp();
    }
    const asked = { organisation, account: null, start: at, end: at + 100, limit: 10 };
    const all = await recentRequests(database, asked);
    expect(all.map((each) => each.at - at)).toEqual([1, 2, 3]);
    expect(all[0]).toMatchObject({ account, prompt: 70, reasoning: 6, answer: 3 });
    expect(await recentRequests(database, { ...asked, limit: 2 })).toEqual(all.slice(1));
    expect(await recentRequests(database, { ...asked, account })).toEqual([all[0], all[2]]);
    expect(await recentRequests(database, { ...asked, model: 'other' })).toEqual([all[2]]);
    expect(await recentRequests(database, { ...asked, start: at + 4 })).toEqual([]);
  });
});
