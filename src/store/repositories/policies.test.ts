// Policies are never overwritten, and an erasure leaves nothing that names somebody, in either database.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { systemEntropy } from '../../base/index.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import { author, forEachDatabase, makeTenant, openForTest } from '../contract.ts';
import { newIdentifier } from '../terms/identifiers.ts';

forEachDatabase('data policies', ({ test, newLocation }) => {
  test('a policy follows another one, of the organisation and of each account, with versions that only grow', async () => {
    await using opened = await openForTest(await newLocation());
    const { policies } = opened.store;
    const { organisation, account } = await makeTenant(opened, 'one');
    const other = await makeTenant(opened, 'two');
    expect(await policies.current(organisation)).toEqual([]);
    await policies.set(organisation, null, author, { schema: 1 });
    await policies.set(organisation, account, author, { schema: 1, egress: 'any' });
    const second = await policies.set(organisation, null, author, { schema: 1, egress: 'own-hardware' });
    expect(second).toEqual({
      ...{ organisation, account: null, version: 3, setAt: opened.clock.now() },
      document: { schema: 1, egress: 'own-hardware' },
    });
    const current = await policies.current(organisation);
    expect(current.map(({ account: of, version }) => [of, version])).toEqual([
      [null, 3],
      [account, 2],
    ]);
    expect((await policies.history(organisation)).map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(await policies.current(other.organisation)).toEqual([]);
    const first = await policies.set(other.organisation, null, author, { schema: 1 });
    expect(first.version).toBe(1);
    const all = await policies.allCurrent();
    expect(all).toHaveLength(3);
    expect(all).toEqual(expect.arrayContaining([...current, first]));
    await expect(policies.set(organisation, other.account, author, { schema: 1 })).rejects.toMatchObject({
      code: 'TGL_ID_UNKNOWN',
    });
  });

  test('every entry of the audit log behind a policy names its version', async () => {
    await using opened = await openForTest(await newLocation());
    const { store } = opened;
    const { organisation } = await makeTenant(opened, 'one');
    await store.policies.set(organisation, null, author, { schema: 1 });
    await store.accounts.create(organisation, author, { name: 'next' });
    const entries = await store.audit.list(organisation);
    expect(entries.map(({ action, policyVersion }) => [action, policyVersion]).slice(0, 2)).toEqual([
      ['project.created', 1],
      ['policy.updated', 1],
    ]);
    expect(entries.at(-1)?.policyVersion).toBe(null);
  });
});

forEachDatabase('erasures', ({ name, test, newLocation }) => {
  describe('of a principal', () => {
    test('take what names somebody and leave what others rely on', async () => {
      const location = await newLocation();
      await using opened = await openForTest(location);
      const { store, keys } = opened;
      const { organisation, account } = await makeTenant(opened, 'one');
      const facts = {
        kind: 'person',
        name: 'Canaria Gelb',
        email: 'canaria@near.example',
        subject: 'sub-canaria',
      };
      const person = await store.principals.create(
        organisation,
        author,
        { ...facts, kind: 'person' },
        { account, role: 'member' },
      );
      const made = await keys.create(organisation, author, {
        ...{
          account,
          principal: person.id,
          name: "Canaria's laptop",
          scopes: ['inference'],
          expiresAt: null,
        },
      });
      const before = {
        personal: ['name', 'email', 'subject'],
        memberships: 1,
        keys: 1,
        answers: 0,
        sessions: 0,
        usageRows: 0,
      };
      expect(await store.erasures.preview(organisation, person.id)).toEqual(before);
      expect(await store.erasures.findUnerased(person.id)).toBe(organisation);
      await using authenticator = await keys.authenticator();
      const held = authenticator.authenticate(made.secret, '127.0.0.1');
      expect(held?.principalId).toBe(person.id);

      const receipt = await store.erasures.erase(organisation, person.id, author);
      expect(receipt).toEqual({ ...before, overwritten: name === 'SQLite' ? true : null });
      await authenticator.refresh();
      expect(authenticator.authenticate(made.secret, '127.0.0.1')).toBeUndefined();
      expect(held?.revoked.aborted).toBe(true);
      expect(await store.erasures.wasErased(person.id)).toBe(true);
      expect(await store.erasures.findUnerased(person.id)).toBeUndefined();
      expect(await store.erasures.erase(organisation, person.id, author)).toMatchObject({
        personal: [],
        memberships: 0,
        keys: 1,
      });

      const exported = await Array.fromAsync(store.audit.export());
      expect(
        await verifyAudit(
          exported.map((row) => JSON.stringify(row)),
          () => true,
        ),
      ).toMatchObject({ problems: [] });
      expect(exported.filter(({ entry }) => entry.action === 'principal.erased')).toHaveLength(2);
      if (name === 'SQLite') {
        const directory = dirname(location);
        const hits = readdirSync(directory).filter((file) =>
          /canaria|gelb/i.test(readFileSync(join(directory, file), 'latin1')),
        );
        expect(hits).toEqual([]);
      }
    });

    test('of nobody, or of somebody of another organisation, change nothing', async () => {
      await using opened = await openForTest(await newLocation());
      const { erasures } = opened.store;
      const one = await makeTenant(opened, 'one');
      const two = await makeTenant(opened, 'two');
      for (const principal of [two.principal, newIdentifier('principal', systemEntropy)]) {
        await expect(erasures.preview(one.organisation, principal)).rejects.toMatchObject({
          code: 'TGL_ID_UNKNOWN',
        });
        await expect(erasures.erase(one.organisation, principal, author)).rejects.toMatchObject({
          code: 'TGL_ID_UNKNOWN',
        });
      }
      expect(await erasures.findUnerased(two.principal)).toBe(two.organisation);
      expect(await erasures.wasErased(two.principal)).toBe(false);
    });
  });
});

forEachDatabase('an erasure of the only owner', ({ test, newLocation }) => {
  test('makes no other organisation and no key for whoever starts a server next', async () => {
    await using opened = await openForTest(await newLocation());
    const { store, keys } = opened;
    const start = { timeZone: 'Europe/Rome', hasGivenKey: false };
    const { organisation } = await keys.firstStart(start);
    const [owner] = await store.principals.list(organisation);
    await store.erasures.erase(organisation, owner?.id as NonNullable<typeof owner>['id'], author);
    expect(await keys.firstStart(start)).toEqual({ organisation, freshKey: undefined });
    expect(await store.organisations.list()).toHaveLength(1);
    // The operator of the machine can still give the server a key.
    const given = await keys.ensureGivenKey();
    expect(await keys.get(organisation, given)).toMatchObject({ state: 'active' });
    expect(await store.principals.list(organisation)).toHaveLength(1);
  });
});
