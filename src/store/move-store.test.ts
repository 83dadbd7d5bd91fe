// A store that moves to PostgreSQL takes everything with it, and keys go on working.
import type { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { author, forEachDatabase, makeTenant, openForTest } from './contract.ts';
import { ledgerEntry } from './ledger/entry-fixture.ts';
import { valuesOf } from './ledger/ledger-entry.ts';
import { openSqliteLedger } from './ledger/sqlite-ledger.ts';
import { checkLedger } from './ledger/verify-ledger.ts';
import { moveStore } from './move-store.ts';

forEachDatabase('a store that moves', ({ test, newLocation, name }) => {
  test('arrives whole in an empty database of PostgreSQL, and nowhere else', async () => {
    await using source = await openForTest(':memory:');
    await using target = await openForTest(await newLocation());
    const tenant = await makeTenant(source, 'one');
    const { secret, key } = await source.keys.create(tenant.organisation, author, { ...tenant, name: 'k' });
    const database = source.store.database.sqlite as DatabaseSync;
    const written = openSqliteLedger(database);
    written.write(['a', 'b', 'c'].map((request) => valuesOf(ledgerEntry(request, tenant))));
    while (written.rollUp());
    const move = () => moveStore(source.store, target.store, () => true);
    if (name === 'SQLite') {
      await expect(move()).rejects.toMatchObject({ code: 'TGL_STORE_NO_FILE' });
      return;
    }
    expect(await move()).toMatchObject({ organisation: 1, account: 1, api_key: 1, audit: 4, ledger: 3 });
    expect(await checkLedger(target.store.database)).toEqual({ rows: 3, problems: [] });
    await using authenticator = await target.keys.authenticator({ pollMs: 3_600_000 });
    expect(authenticator.authenticate(secret, '127.0.0.1')?.keyId).toBe(key.id);
    expect(await target.keys.get(tenant.organisation, key.id)).toEqual(key);
    const rows = async (store: typeof source) => Array.fromAsync(store.store.audit.export());
    expect(await rows(target)).toEqual(await rows(source));
    await target.keys.revoke(tenant.organisation, key.id, author);
    await expect(move()).rejects.toMatchObject({ code: 'TGL_STORE_NOT_EMPTY' });
  });

  test('does not arrive where a row of its ledger is not what was written', async () => {
    if (name === 'SQLite') return;
    await using source = await openForTest(':memory:');
    await using target = await openForTest(await newLocation());
    const database = source.store.database.sqlite as DatabaseSync;
    openSqliteLedger(database).write([valuesOf(ledgerEntry('a'))]);
    database.exec('drop trigger ledger_no_update; update ledger set amount = 1');
    await expect(moveStore(source.store, target.store, () => true)).rejects.toMatchObject({
      code: 'TGL_STORE_DAMAGED',
      message: expect.stringContaining('row 1 of the writer local was changed'),
    });
    expect(await target.store.database.query.selectFrom('ledger').select('seq').execute()).toEqual([]);
  });
});
