// Holds that are in the ledger before their requests leave: those whose process is gone are lost, once, whatever fails meanwhile.
import { describe, expect } from 'vitest';
import { systemEntropy } from '../../base/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import type { DatabaseCall } from '../connection/around-dialect.ts';
import {
  author,
  type ContractDatabase,
  forEachDatabase,
  makeTenant,
  type OpenedStore,
  openForTest,
} from '../contract.ts';
import { joinFile, reapFile } from '../limits/file-lessee.ts';
import { createPostgresLender } from '../limits/postgres-lender.ts';
import { ledgerEntry } from './entry-fixture.ts';
import type { EntryKind, LedgerEntry } from './ledger-entry.ts';
import { openLedger } from './open-ledger.ts';
import { correctRequest } from './rows-by-hand.ts';
import { settledSums } from './settled-sums.ts';
import { checkLedger } from './verify-ledger.ts';

/** Somebody who holds, and the end of whoever held and is gone. */
type Holder = {
  readonly lessee: string;
  readonly die: () => Promise<void>;
  readonly reap: () => Promise<unknown>;
};

async function holderOf({ store, clock }: OpenedStore, name: ContractDatabase['name']): Promise<Holder> {
  const { database } = store;
  if (name === 'SQLite') {
    const joined = await joinFile({ database, clock, entropy: systemEntropy });
    return {
      lessee: joined.id,
      die: async () => joined[Symbol.asyncDispose](),
      reap: () => reapFile(database),
    };
  }
  const lender = createPostgresLender({
    ...{ database, entropy: systemEntropy },
    terms: { leaseMs: 60_000, longestRequestMs: 60_000 },
  });
  const lessee = await lender.join();
  return {
    lessee,
    die: async () => {
      await lender.leave(lessee);
      await database.query.updateTable('lessee').set({ expires_at: 0 }).where('id', '=', lessee).execute();
    },
    reap: lender.reap,
  };
}

forEachDatabase('holds whose process is gone', ({ test, newLocation, name }) => {
  async function start(around?: Parameters<typeof openForTest>[1]) {
    const opened = await openForTest(await newLocation(), around);
    const { organisation, account } = await makeTenant(opened, 'one');
    const holder = await holderOf(opened, name);
    const ledger = openLedger(opened.store.database, { writer: 'w' });
    const row = (request: string, kind: EntryKind, more: Partial<LedgerEntry> = {}): Promise<void> => {
      const lease = name === 'SQLite' && kind === 'settle' ? null : holder.lessee;
      const facts = { organisation, account, model: 'r1', lease, kind, at: opened.clock.now(), ...more };
      return ledger.append(ledgerEntry(request, facts));
    };
    const { query } = opened.store.database;
    const kinds = async (): Promise<readonly string[]> => {
      const rows = await query
        .selectFrom('ledger')
        .select(['request', 'kind', 'amount'])
        .orderBy('seq')
        .execute();
      return rows.map(({ request, kind, amount }) => `${request} ${kind} ${amount}`);
    };
    const used = async () => {
      await ledger.rollUp();
      const settled = { organisation, scope: 'account', subject: account, model: null, start: 0 } as const;
      return settledSums(opened.store.database, settled);
    };
    return { opened, organisation, account, holder, ledger, row, kinds, used };
  }

  test('are lost at what was held, and those that were resolved are not', async () => {
    const { opened, holder, ledger, row, kinds, used } = await start();
    await using _ = opened;
    for (const request of ['a', 'b', 'c', 'd']) await row(request, 'hold', { amount: 50 });
    await row('a', 'settle', { amount: 7 });
    await row('b', 'release', { amount: 0, prompt: 0, cached: 0, reasoning: 0, answer: 0 });
    await holder.reap();
    expect((await kinds()).filter((text) => text.includes('lost'))).toEqual([]);
    await holder.die();
    await holder.reap();
    await holder.reap();
    expect((await kinds()).filter((text) => text.includes('lost'))).toEqual(['c lost 50', 'd lost 50']);
    expect(await used()).toEqual({ requests: 3, tokens: 3 * 19, reasoning: 18, amount: 107 });
    expect(await checkLedger(opened.store.database)).toMatchObject({ problems: [] });
    await ledger[Symbol.asyncDispose]();
  });

  test('count what a correction says in place of what was held, and are billed only then', async () => {
    const { opened, organisation, holder, ledger, row, used } = await start();
    await using _ = opened;
    await row('req_1', 'hold', { amount: 50 });
    await holder.die();
    await holder.reap();
    await correctRequest(opened.store.context, author, organisation as OrganisationId, {
      ...{ request: 'req_1', amount: 20 },
    });
    expect((await used()).amount).toBe(20);
    await ledger[Symbol.asyncDispose]();
  });

  test('are lost once, whichever call to the database fails', async () => {
    let left = Number.POSITIVE_INFINITY;
    const error =
      name === 'SQLite'
        ? { code: 'ERR_SQLITE_ERROR', errcode: 13 }
        : { code: 'ECONNRESET', message: 'read ECONNRESET' };
    const { opened, holder, ledger, row, kinds } = await start(async ({ type }: DatabaseCall, run) => {
      const fails = type !== 'rollback' && --left === 0;
      if (fails && type === 'connect') throw Object.assign(new Error(), error);
      // In turns before it was done and after.
      if (fails && name === 'SQLite') throw Object.assign(new Error(), error);
      const value = await run();
      if (fails) throw Object.assign(new Error(), error);
      return value;
    });
    await using _ = opened;
    for (const request of ['a', 'b', 'c']) await row(request, 'hold', { amount: 50 });
    await row('b', 'settle', { amount: 7 });
    await holder.die();
    for (let at = 1; ; at++) {
      left = at;
      const failed = await holder.reap().then(
        () => false,
        (thrown: unknown) => {
          expect(thrown).toMatchObject({ code: 'TGL_STORE_UNAVAILABLE' });
          return true;
        },
      );
      left = Number.POSITIVE_INFINITY;
      const lost = (await kinds()).filter((text) => text.includes('lost'));
      expect([[], ['a lost 50', 'c lost 50']]).toContainEqual(lost);
      if (!failed) break;
    }
    await holder.reap();
    expect((await kinds()).filter((text) => text.includes('lost'))).toEqual(['a lost 50', 'c lost 50']);
    expect(await checkLedger(opened.store.database)).toMatchObject({ problems: [] });
    await ledger[Symbol.asyncDispose]();
  });

  if (name === 'PostgreSQL')
    describe('of which one comes back', () => {
      test('settles late, once, and holds and releases nothing any more', async () => {
        const { opened, holder, ledger, row, kinds, used } = await start();
        await using _ = opened;
        for (const request of ['a', 'b']) await row(request, 'hold', { amount: 50 });
        await holder.die();
        await holder.reap();
        await row('a', 'settle', { amount: 9 });
        await row('a', 'settle', { amount: 9 });
        await row('b', 'release', { amount: 0 });
        await row('c', 'hold', { amount: 50 });
        expect((await kinds()).slice(2)).toEqual(['a lost 50', 'b lost 50', 'a late 9']);
        expect((await used()).amount).toBe(59);
        await ledger[Symbol.asyncDispose]();
      });
    });
});
