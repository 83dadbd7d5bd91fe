// A store that moves to PostgreSQL takes everything with it, and keys go on working.
import { expect } from 'vitest';
import { author, forEachDatabase, makeTenant, openForTest } from './contract.ts';
import { moveStore } from './move-store.ts';

forEachDatabase('a store that moves', ({ test, newLocation, name }) => {
  test('arrives whole in an empty database of PostgreSQL, and nowhere else', async () => {
    await using source = await openForTest(':memory:');
    await using target = await openForTest(await newLocation());
    const tenant = await makeTenant(source, 'one');
    const { secret, key } = await source.keys.create(tenant.organisation, author, { ...tenant, name: 'k' });
    const move = () => moveStore(source.store, target.store, () => true);
    if (name === 'SQLite') {
      await expect(move()).rejects.toMatchObject({ code: 'TGL_STORE_NO_FILE' });
      return;
    }
    expect(await move()).toMatchObject({ organisation: 1, account: 1, api_key: 1, audit: 4, ledger: 0 });
    await using authenticator = await target.keys.authenticator({ pollMs: 3_600_000 });
    expect(authenticator.authenticate(secret, '127.0.0.1')?.keyId).toBe(key.id);
    expect(await target.keys.get(tenant.organisation, key.id)).toEqual(key);
    const rows = async (store: typeof source) => Array.fromAsync(store.store.audit.export());
    expect(await rows(target)).toEqual(await rows(source));
    await target.keys.revoke(tenant.organisation, key.id, author);
    await expect(move()).rejects.toMatchObject({ code: 'TGL_STORE_NOT_EMPTY' });
  });
});
