// What goes is what the data policies in force say, account by account, and what cannot be read keeps everything.
import { expect } from 'vitest';
import type { Json } from '../../src/base/index.ts';
import { previewPruning, pruneStore } from '../../src/governance/prune.ts';
import { isSigned, signer } from '../../src/store/audit/signer-fixture.ts';
import {
  author,
  contractStart,
  forEachDatabase,
  makeTenant,
  type OpenedStore,
  openForTest,
} from '../../src/store/contract.ts';
import { checkStore, openLedger } from '../../src/store/index.ts';
import { ledgerEntry } from '../../src/store/testing.ts';

const day = 86_400_000;

const retention = (days: object): Json => ({ schema: 1, retention: days }) as unknown as Json;

/** A request of each account on each of ten days, and one change. */
async function fill(opened: OpenedStore) {
  const { store, clock } = opened;
  const one = await makeTenant(opened, 'one');
  const other = await makeTenant(opened, 'other');
  clock.advance(1);
  const { id: second } = await store.accounts.create(one.organisation, author, { name: 'second' });
  const ledger = openLedger(store.database, { writer: 'node_a' });
  const whose = [one, { ...one, account: second }, other];
  for (let past = 0; past < 10; past++) {
    for (const [index, { organisation, account }] of whose.entries())
      await ledger.append(
        ledgerEntry(`req_${past}_${index}`, { organisation, account, at: clock.now() + 3 }),
      );
    await store.accounts.update(one.organisation, second, author, { name: `second ${past}` });
    clock.advance(day);
  }
  await ledger.rollUp();
  await ledger[Symbol.asyncDispose]();
  return { one, second, other };
}

forEachDatabase('what data policies no longer keep', ({ test, newLocation }) => {
  test('is removed for each account by its own policy, and for whoever set none stays for ten years', async () => {
    await using opened = await openForTest(await newLocation());
    const { store } = opened;
    const { one, second, other } = await fill(opened);
    await store.policies.set(one.organisation, null, author, retention({ ledgerDays: 7, auditDays: 5 }));
    await store.policies.set(one.organisation, second, author, retention({ ledgerDays: 2, auditDays: 1 }));
    const { organisation } = one;
    const end = contractStart + 10 * day;
    // The account of an organisation has no audit log of its own.
    const expected = [
      { what: 'ledger', organisation, account: one.account, before: end - 7 * day, rows: 3 },
      { what: 'ledger', organisation, account: second, before: end - 2 * day, rows: 8 },
      { what: 'audit log', organisation, account: null, before: end - 5 * day, rows: 9 },
    ];
    expect(await previewPruning(store)).toEqual(expected);
    const before = await store.audit.list(organisation, { limit: 100 });
    expect(await previewPruning(store)).toEqual(expected);
    expect(await store.audit.list(organisation, { limit: 100 })).toEqual(before);
    expect(await pruneStore(store, signer, author)).toEqual(expected);
    expect(await previewPruning(store)).toEqual([]);
    const kept = await store.database.query.selectFrom('ledger').select('organisation').execute();
    expect(kept.filter((row) => row.organisation === other.organisation)).toHaveLength(10);
    expect(kept).toHaveLength(19);
    const { problems } = await checkStore(store, isSigned);
    expect(problems).toEqual([]);
  });

  test('never has anything of today or yesterday, whatever a policy says', async () => {
    await using opened = await openForTest(await newLocation());
    const { store, clock } = opened;
    const { one } = await fill(opened);
    await store.policies.set(one.organisation, null, author, retention({ ledgerDays: 0, auditDays: 0 }));
    clock.advance(day - 2);
    await pruneStore(store, signer, author);
    const kept = await store.database.query
      .selectFrom('ledger')
      .select('at')
      .where('organisation', '=', one.organisation)
      .execute();
    expect(kept.map(({ at }) => at)).toEqual([contractStart + 9 * day + 4, contractStart + 9 * day + 4]);
  });

  test('is nothing where a policy cannot be read', async () => {
    await using opened = await openForTest(await newLocation());
    const { store } = opened;
    const { one, other } = await fill(opened);
    await store.policies.set(one.organisation, null, author, { schema: 2, retention: { ledgerDays: 1 } });
    await store.policies.set(other.organisation, null, author, retention({ ledgerDays: 9 }));
    const { organisation, account } = other;
    expect(await pruneStore(store, signer, author)).toEqual([
      { what: 'ledger', organisation, account, before: contractStart + day, rows: 1 },
    ]);
  });
});
