// Organisations, accounts, principals and keys: what is made is found again, by its own organisation alone.
import { describe, expect, test as plainTest } from 'vitest';
import { systemEntropy } from '../../base/index.ts';
import { author, forEachDatabase, makeTenant, openForTest } from '../contract.ts';
import { newIdentifier, parseIdentifier } from '../terms/identifiers.ts';

forEachDatabase('the repositories', ({ test, newLocation }) => {
  test('show each organisation its own, and of another nothing, in the words for what never was', async () => {
    await using opened = await openForTest(await newLocation());
    const { store, keys } = opened;
    const [one, other] = [await makeTenant(opened, 'one'), await makeTenant(opened, 'other')];
    const { key } = await keys.create(one.organisation, author, { ...one, name: 'a key' });
    expect(await store.accounts.list(one.organisation)).toMatchObject([{ id: one.account, name: 'one' }]);
    expect(await keys.list(one.organisation, one.account)).toEqual([key]);
    const foreign = [
      () => store.accounts.get(other.organisation, one.account),
      () => store.accounts.update(other.organisation, one.account, author, { name: 'mine' }),
      () => store.accounts.archive(other.organisation, one.account, author),
      () => store.principals.get(other.organisation, one.principal),
      () => store.principals.remove(other.organisation, one.principal, author),
      () =>
        store.principals.grant(other.organisation, one.principal, author, { account: null, role: 'owner' }),
      () => store.principals.withdraw(other.organisation, one.principal, author, null),
      () => keys.get(other.organisation, key.id),
      () => keys.update(other.organisation, key.id, author, { name: 'mine' }),
      () => keys.rotate(other.organisation, key.id, author),
      () => keys.revoke(other.organisation, key.id, author),
      () => keys.create(other.organisation, author, { ...one, name: 'mine' }),
      () => keys.create(other.organisation, author, { ...other, account: one.account, name: 'mine' }),
    ];
    for (const attempt of foreign) await expect(attempt()).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
    expect(await keys.get(one.organisation, key.id)).toEqual(key);
    expect(await keys.list(other.organisation, other.account)).toEqual([]);
    const never = newIdentifier('account', systemEntropy);
    const told = async (id: typeof never) =>
      String(await store.accounts.get(other.organisation, id).catch((error: unknown) => error));
    expect((await told(one.account)).replace(one.account, '')).toBe((await told(never)).replace(never, ''));
  });

  test('write each change and each refused one into the log of its organisation', async () => {
    await using opened = await openForTest(await newLocation());
    const { store, keys } = opened;
    const { organisation, account, principal } = await makeTenant(opened, 'one');
    await store.organisations.update(organisation, author, { timeZone: 'Asia/Kathmandu' });
    await store.accounts.update(organisation, account, author, { region: 'eu' });
    const { key } = await keys.create(organisation, author, { account, principal, name: 'k' });
    await keys.update(organisation, key.id, author, { models: ['small:latest'] });
    await keys.rotate(organisation, key.id, author);
    await keys.rotate(organisation, key.id, author).catch(() => {});
    await keys.revoke(organisation, key.id, author);
    await store.principals.remove(organisation, principal, author);
    await store.accounts.archive(organisation, account, author);
    const log = (await store.audit.list(organisation, { limit: 100 })).toReversed();
    expect(log.map(({ action, refused, changed }) => [action, refused, changed])).toEqual([
      ['organization.created', null, expect.arrayContaining(['currency', 'name'])],
      ['project.created', null, expect.arrayContaining(['name'])],
      ['service_account.created', null, expect.not.arrayContaining(['name'])],
      ['organization.updated', null, ['timeZone']],
      ['project.updated', null, ['region']],
      ['api_key.created', null, expect.arrayContaining(['scopes'])],
      ['api_key.updated', null, ['models']],
      ['api_key.rotated', null, ['hint', 'rotatingUntil']],
      ['api_key.rotated', 'TGL_KEY_ROTATING', []],
      ['api_key.deleted', null, expect.arrayContaining(['scopes'])],
      ['service_account.deleted', null, ['id', 'kind']],
      ['project.archived', null, ['state']],
    ]);
    expect(await keys.list(organisation, account)).toEqual([]);
  });

  test('refuse what nobody could mean, and leave everything as it was', async () => {
    await using opened = await openForTest(await newLocation());
    const { store, keys } = opened;
    const { organisation, account, principal } = await makeTenant(opened, 'one');
    const person = { kind: 'person', email: 'a@example.org' } as const;
    await store.principals.create(organisation, author, person, { account, role: 'member' });
    const facts = { account, principal, name: 'k' };
    const create = (more: object) => () => keys.create(organisation, author, { ...facts, ...more });
    const wrong = [
      () => store.organisations.create(author, { name: '', timeZone: 'UTC', currency: 'EUR' }),
      () => store.organisations.create(author, { name: 'a', timeZone: 'Mars/Base', currency: 'EUR' }),
      () => store.organisations.create(author, { name: 'a', timeZone: 'UTC', currency: 'euro' }),
      () => store.accounts.create(organisation, author, { name: 'two\nlines' }),
      () => store.accounts.create(organisation, author, { name: 'x'.repeat(201) }),
      () =>
        store.principals.grant(organisation, principal, author, { account, role: 'constructor' as 'owner' }),
      create({ scopes: ['everything'] }),
      create({ scopes: ['keys:write'] }),
      create({ account: null, scopes: ['inference'] }),
      create({ models: [] }),
      create({ networks: ['10.0.0.0/33'] }),
      create({ networks: ['::1/129'] }),
      create({ networks: ['home'] }),
      create({ networks: ['10.0.0.0/8/8'] }),
      create({ expiresAt: Number.NaN }),
      create({ name: '\u0000' }),
    ];
    for (const attempt of wrong)
      await expect(attempt(), String(attempt)).rejects.toMatchObject({ code: 'TGL_REQUEST_INVALID' });
    await expect(
      store.principals.create(organisation, author, person, { account, role: 'member' }),
    ).rejects.toMatchObject({ code: 'TGL_STORE_CONFLICT' });
    expect(await store.organisations.list()).toHaveLength(1);
    expect(await store.accounts.list(organisation)).toHaveLength(1);
    expect(await keys.list(organisation, account)).toEqual([]);
  });

  test('keep nothing personal in the log', async () => {
    await using opened = await openForTest(await newLocation());
    const { organisation, account } = await makeTenant(opened, 'one');
    const person = {
      kind: 'person',
      name: 'Ada Unique',
      email: 'ada@example.org',
      subject: 'sub-77',
    } as const;
    await opened.store.principals.create(organisation, author, person, { account, role: 'member' });
    const rows = await Array.fromAsync(opened.store.audit.export());
    expect(rows.length).toBeGreaterThan(3);
    expect(JSON.stringify(rows)).not.toMatch(/Ada|example\.org|sub-77/);
  });
});

describe('an identifier', () => {
  plainTest.each([
    '',
    'acc_',
    'acc_xyz',
    `org_${'0'.repeat(30)}`,
    `acc_${'0'.repeat(31)}`,
    "acc_' or 1=1 --",
  ])('%j of an account is one that nobody has', (text) => {
    expect(() => parseIdentifier('account', text)).toThrow(
      expect.objectContaining({ code: 'TGL_ID_UNKNOWN' }),
    );
  });
});
