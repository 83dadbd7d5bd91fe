// Whose key it is: known at once, and for as long as it holds.
import { expect, vi } from 'vitest';
import {
  author,
  forEachDatabase,
  makeTenant,
  type OpenedStore,
  openForTest,
  testPepper,
} from '../contract.ts';
import { makeKey } from '../terms/key-format.ts';
import type { AuthenticatorOptions, StoreAuthenticator } from './authenticator.ts';

const local = '127.0.0.1';
/** Followed by hand. */
const byHand: AuthenticatorOptions = { pollMs: 3_600_000 };

async function withKey(opened: OpenedStore, more: object = {}) {
  const tenant = await makeTenant(opened, 'one');
  const made = await opened.keys.create(tenant.organisation, author, {
    ...{ account: tenant.account, principal: tenant.principal, name: 'k', ...more },
  });
  return { ...tenant, ...made };
}

forEachDatabase('the authenticator', ({ test, newLocation, name, server }) => {
  test('knows whose key it is, with what both the key and a role of its holder allow', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account, principal, key, secret } = await withKey(opened, {
      scopes: ['inference', 'metrics:read'],
    });
    await using authenticator = await opened.keys.authenticator(byHand);
    const known = authenticator.authenticate(secret, local);
    expect(known).toMatchObject({ organisation, account, principalId: principal, keyId: key.id });
    expect([...known!.scopes]).toEqual(['inference', 'metrics:read']);
    await opened.store.principals.grant(organisation, principal, author, { account: null, role: 'viewer' });
    await authenticator.refresh();
    expect([...authenticator.authenticate(secret, local)!.scopes]).toEqual([]);
    await opened.store.principals.grant(organisation, principal, author, { account, role: 'member' });
    await authenticator.refresh();
    expect([...authenticator.authenticate(secret, local)!.scopes]).toEqual(['inference']);
  });

  test('a role in one account gives nothing in another', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account } = await makeTenant(opened, 'one');
    const other = await opened.store.accounts.create(organisation, author, { name: 'other' });
    const { id: principal } = await opened.store.principals.create(
      organisation,
      author,
      { kind: 'service', name: 's' },
      { account, role: 'member' },
    );
    const inOther = { account: other.id, principal, name: 'k' };
    const { secret } = await opened.keys.create(organisation, author, inOther);
    const administering = { account: null, principal, name: 'a' };
    const { secret: administration } = await opened.keys.create(organisation, author, administering);
    await using authenticator = await opened.keys.authenticator(byHand);
    expect(authenticator.authenticate(secret, local)!.scopes.size).toBe(0);
    expect(authenticator.authenticate(administration, local)!.scopes.size).toBe(0);
  });

  test('what concerns the whole server is for keys of its first organisation, whatever others were given', async () => {
    await using opened = await openForTest(await newLocation());
    const scopes = ['inference', 'metrics:read', 'catalog:write'] as const;
    const first = await withKey(opened, { scopes });
    opened.clock.advance(1);
    const second = await withKey(opened, { scopes });
    await using authenticator = await opened.keys.authenticator(byHand);
    const scopesOf = ({ secret }: Made) => [...authenticator.authenticate(secret, local)!.scopes];
    expect([first, second].map(scopesOf)).toEqual([scopes, ['inference']]);
    await opened.store.organisations.archive(first.organisation, author);
    await authenticator.refresh();
    expect(scopesOf(second)).toEqual(['inference']);
  });

  test.each([
    ['revoked', (o: OpenedStore, k: Made) => o.keys.revoke(k.organisation, k.key.id, author)],
    [
      'of an archived account',
      (o: OpenedStore, k: Made) => o.store.accounts.archive(k.organisation, k.account, author),
    ],
    [
      'of an archived organisation',
      (o: OpenedStore, k: Made) => o.store.organisations.archive(k.organisation, author),
    ],
    [
      'of a holder who was removed',
      (o: OpenedStore, k: Made) => o.store.principals.remove(k.organisation, k.principal, author),
    ],
  ])('a key %s is nobody’s, and its running requests are told so', async (_, end) => {
    await using opened = await openForTest(await newLocation());
    const made = await withKey(opened);
    await using authenticator = await opened.keys.authenticator(byHand);
    const { revoked } = authenticator.authenticate(made.secret, local)!;
    expect(revoked.aborted).toBe(false);
    await end(opened, made);
    await authenticator.refresh();
    expect(authenticator.authenticate(made.secret, local)).toBeUndefined();
    expect(revoked.reason).toMatchObject({ code: 'TGL_KEY_REVOKED' });
  });

  test('a key that expires, or is used from elsewhere, is nobody’s', async () => {
    await using opened = await openForTest(await newLocation());
    const { secret } = await withKey(opened, {
      expiresAt: opened.clock.now() + 1000,
      networks: ['10.1.0.0/16', '::1', '192.0.2.7'],
    });
    await using authenticator = await opened.keys.authenticator({ ...byHand, graceMs: 1e9 });
    const from = (address: string): boolean => authenticator.authenticate(secret, address) !== undefined;
    expect(['10.1.255.3', '::ffff:10.1.0.1', '::1', '192.0.2.7'].map(from)).toEqual([true, true, true, true]);
    expect(['10.2.0.1', local, '', '::2', '::ffff:10.2.0.1'].map(from)).toEqual(Array(5).fill(false));
    opened.clock.advance(999);
    expect(from('::1')).toBe(true);
    opened.clock.advance(1);
    expect(from('::1')).toBe(false);
  });

  test('while a key is rotated both secrets work, afterwards the new one', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, key, secret: first } = await withKey(opened);
    await using authenticator = await opened.keys.authenticator({ ...byHand, graceMs: 1e9 });
    const { revoked } = authenticator.authenticate(first, local)!;
    const rotated = await opened.keys.rotate(organisation, key.id, author, { overlapMs: 1000 });
    expect(rotated.key.id).toBe(key.id);
    await expect(opened.keys.rotate(organisation, key.id, author)).rejects.toMatchObject({
      code: 'TGL_KEY_ROTATING',
    });
    // The answer was lost: the secret that nobody has is replaced, and the old one ends when it would have ended.
    const again = await opened.keys.rotate(organisation, key.id, author, { again: true, overlapMs: 9e6 });
    await authenticator.refresh();
    const works = (secret: string) => authenticator.authenticate(secret, local)?.keyId;
    expect([first, rotated.secret, again.secret].map(works)).toEqual([key.id, undefined, key.id]);
    opened.clock.advance(1000);
    await authenticator.refresh();
    expect([first, again.secret].map(works)).toEqual([undefined, key.id]);
    expect(revoked.aborted).toBe(false);
  });

  test('hears of changes by another process, by itself', async () => {
    const location = await newLocation();
    await using opened = await openForTest(location);
    await using elsewhere = await openForTest(location);
    const { organisation, account, principal, key, secret } = await withKey(opened);
    await using authenticator = await elsewhere.keys.authenticator({ pollMs: name === 'SQLite' ? 20 : 1000 });
    const { revoked } = authenticator.authenticate(secret, local)!;
    const late = await opened.keys.create(organisation, author, { account, principal, name: 'late' });
    expect(authenticator.authenticate(late.secret, local)).toBeUndefined();
    await until(() => authenticator.authenticate(late.secret, local) !== undefined);
    await opened.keys.revoke(organisation, key.id, author);
    await until(() => revoked.aborted);
    expect(authenticator.authenticate(secret, local)).toBeUndefined();
  });

  const deadlineMs = name === 'SQLite' ? 1000 : 2000;
  test(`a revocation by another process is noticed within ${deadlineMs} ms of the clock`, async () => {
    const location = await newLocation();
    await using opened = await openForTest(location);
    await using elsewhere = await openForTest(location);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { organisation, key, secret } = await withKey(opened);
      await using authenticator = await elsewhere.keys.authenticator();
      const { revoked } = authenticator.authenticate(secret, local)!;
      await opened.keys.revoke(organisation, key.id, author);
      if (name === 'SQLite') {
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(revoked.aborted).toBe(false);
      }
      // The clock stands still afterwards: what has not begun by now never will.
      vi.advanceTimersByTime(deadlineMs - 1);
      await until(() => revoked.aborted);
      expect(authenticator.authenticate(secret, local)).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  test('goes on for a while without the store, then says that it is away, and recovers alone', async () => {
    const location = await newLocation();
    let isAway = false;
    await using opened = await openForTest(location, async (_, run) => {
      if (isAway) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
      return run();
    });
    const { secret, ...holder } = await withKey(opened);
    const expired = await opened.keys.create(holder.organisation, author, {
      ...{
        account: holder.account,
        principal: holder.principal,
        name: 'e',
        expiresAt: opened.clock.now() + 1,
      },
    });
    await using authenticator = await opened.keys.authenticator({ ...byHand, pollMs: 1000 });
    isAway = true;
    await expect(authenticator.refresh()).rejects.toMatchObject({ code: 'TGL_STORE_UNAVAILABLE' });
    const unknown = makeKey('inference', (length) => new Uint8Array(length).fill(7));
    expect(authenticator.authenticate(unknown, local)).toBeUndefined();
    opened.clock.advance(7000);
    expect(authenticator.authenticate(secret, local)).toBeDefined();
    const unavailable = expect.objectContaining({ code: 'TGL_STORE_UNAVAILABLE' });
    for (const nobodys of [unknown, expired.secret])
      expect(() => authenticator.authenticate(nobodys, local)).toThrow(unavailable);
    opened.clock.advance(600_000);
    expect(() => authenticator.authenticate(secret, local)).toThrow(unavailable);
    isAway = false;
    await authenticator.refresh();
    expect(authenticator.authenticate(secret, local)).toBeDefined();
    expect(authenticator.authenticate(unknown, local)).toBeUndefined();
  });

  test('notes the day on which a key was last used', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, key, secret } = await withKey(opened);
    const use = async (): Promise<void> => {
      const authenticator: StoreAuthenticator = await opened.keys.authenticator(byHand);
      authenticator.authenticate(secret, local);
      await authenticator[Symbol.asyncDispose]();
    };
    await use();
    expect((await opened.keys.get(organisation, key.id)).lastUsed).toBe('2026-11-30');
    opened.clock.advance(2 * 86_400_000);
    await use();
    expect((await opened.keys.get(organisation, key.id)).lastUsed).toBe('2026-12-02');
    opened.clock.advance(-86_400_000);
    await use();
    expect((await opened.keys.get(organisation, key.id)).lastUsed).toBe('2026-12-02');
  });

  test('a key given outside the store has the rights of its record, until that is revoked', async () => {
    await using opened = await openForTest(await newLocation());
    const secret = 'an-operator-chose-this';
    const { organisation, freshKey } = await opened.keys.firstStart({ timeZone: 'UTC', hasGivenKey: true });
    expect(freshKey).toBeUndefined();
    const record = await opened.keys.ensureGivenKey();
    expect(await opened.keys.ensureGivenKey()).toBe(record);
    await using authenticator = await opened.keys.authenticator({
      ...byHand,
      alias: { secret, key: record },
    });
    expect(authenticator.authenticate(secret, local)).toMatchObject({ keyId: record, organisation });
    await using without = await opened.keys.authenticator(byHand);
    expect(without.authenticate(secret, local)).toBeUndefined();
    await opened.keys.revoke(organisation, record, author);
    await authenticator.refresh();
    expect(authenticator.authenticate(secret, local)).toBeUndefined();
    expect(await opened.keys.ensureGivenKey()).not.toBe(record);
  });

  test('the first start makes one key, of several at once too, and takes over those of an older version', async () => {
    const location = await newLocation();
    const opened = await Promise.all([1, 2, 3].map(() => openForTest(location)));
    const options = { timeZone: 'Europe/Rome', hasGivenKey: false };
    const starts = await Promise.all(opened.map(({ keys }) => keys.firstStart(options)));
    const fresh = starts.flatMap(({ freshKey }) => freshKey ?? []);
    expect(fresh).toHaveLength(1);
    await using authenticator = await opened[0]!.keys.authenticator(byHand);
    const principal = authenticator.authenticate(fresh[0]!, local);
    expect([...principal!.scopes]).toEqual(
      expect.arrayContaining(['inference', 'models:read', 'metrics:read', 'catalog:write']),
    );
    expect(await opened[1]!.store.organisations.list()).toMatchObject([{ timeZone: 'Europe/Rome' }]);

    await using later = await openForTest(await newLocation());
    const older = { ...testPepper, olderKeys: [testPepper.hash('tgl_older')] };
    const keys = await later.store.openKeys(older);
    expect((await keys.firstStart(options)).freshKey).toBeUndefined();
    await using knowing = await keys.authenticator(byHand);
    expect(knowing.authenticate('tgl_older', local)).toBeDefined();
    for (const { store } of opened) await store[Symbol.asyncDispose]();
  });

  test('takes as long for a wrong key as the store has few or many, and remembers no more than it should', async () => {
    await using opened = await openForTest(await newLocation());
    await withKey(opened);
    await using authenticator = await opened.keys.authenticator(byHand);
    for (let attempt = 0; attempt < 25_000; attempt++)
      if (authenticator.authenticate(`wrong-${attempt}`, local) !== undefined) throw new Error('let in');
    for (const odd of ['', 'x'.repeat(2_000_000), '\u0000', 'ключ'])
      expect(authenticator.authenticate(odd, local)).toBeUndefined();
  });

  test('another pepper than that of the store is refused', async () => {
    await using opened = await openForTest(await newLocation());
    const other = { ...testPepper, hash: (key: string) => testPepper.hash(`x${key}`) };
    await expect(opened.store.openKeys(other)).rejects.toMatchObject({ code: 'TGL_PEPPER_MISMATCH' });
  });

  if (name === 'PostgreSQL')
    test('listens again after its connections were cut', async () => {
      const location = await newLocation();
      await using opened = await openForTest(location);
      const { organisation, key, secret } = await withKey(opened);
      await using authenticator = await opened.keys.authenticator({ pollMs: 100 });
      const { revoked } = authenticator.authenticate(secret, local)!;
      await server()!.disconnectAll(location);
      await until(async () => {
        try {
          await opened.keys.revoke(organisation, key.id, author);
          return true;
        } catch {
          return false;
        }
      });
      await until(() => revoked.aborted);
    });
});

type Made = Awaited<ReturnType<typeof withKey>>;

/** However slow the machine is; the test's own deadline ends it. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
