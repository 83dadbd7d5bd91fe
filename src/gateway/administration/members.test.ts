// How people and services are told and changed over HTTP.
import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import type { Administration, HolderFacts } from './administration.ts';
import { administered, idsOf, keyOf, made, person, service } from './administration-fixture.ts';
import { exampleAdministration } from './testing.ts';

const { users: exampleUsers, serviceAccounts: exampleServices } = exampleAdministration;
const usersPath = '/v1/organization/users';
const servicesPath = '/v1/organization/projects/acc_1/service_accounts';
const seconds = Math.floor(made / 1000);

const withUsers = (users: Partial<Administration['users']>) =>
  administered({ users: { ...exampleUsers, ...users } });

const withServices = (services: Partial<Administration['serviceAccounts']>) =>
  administered({ serviceAccounts: { ...exampleServices, ...services } }, { clock: manualClock(made) });

test('people are listed in pages, by their addresses where those are asked for', async () => {
  const nameless: HolderFacts = { ...person, id: 'prn_nameless', email: null };
  const bert: HolderFacts = { ...person, id: 'prn_bert', email: 'bert@example.org' };
  const after: unknown[] = [];
  await using server = await withUsers({
    list: async (_, last) => {
      after.push(last);
      return [person, nameless, bert];
    },
  });
  const listed = async (query: string) => idsOf(await server.ask('GET', `${usersPath}?${query}`));
  expect(await listed('')).toEqual(['prn_anna', 'prn_nameless', 'prn_bert']);
  expect(await listed('emails[]=bert@example.org')).toEqual(['prn_bert']);
  expect(await listed('emails[]=bert@example.org&emails[]=anna@example.org')).toEqual([
    'prn_anna',
    'prn_bert',
  ]);
  expect(await listed('emails[]=null')).toEqual([]);
  expect(await listed('limit=2&after=prn_0')).toEqual(['prn_anna', 'prn_nameless']);
  expect(after).toEqual([undefined, undefined, undefined, undefined, 'prn_0']);
});

test.each([
  ['owner', 'owner'],
  ['viewer', 'reader'],
  [null, null],
])('a person whose role is %s is told as one with the role %s', async (role, told) => {
  await using server = await withUsers({ get: async () => ({ ...person, role, name: null, email: null }) });
  expect((await server.ask('GET', `${usersPath}/prn_anna`)).body).toEqual({
    ...{ id: 'prn_anna', object: 'organization.user', name: null, email: null, role: told },
    ...{ added_at: seconds, is_service_account: false },
  });
});

test('a change of a person gives the role that it names, and none where it names none', async () => {
  const changes: unknown[] = [];
  await using server = await withUsers({
    get: async (_, user) => ({ ...person, id: user }),
    setRole: async (asker, user, role) => {
      changes.push([asker.key, user, role]);
      return { ...person, id: user, role };
    },
  });
  const changed = await server.ask('POST', `${usersPath}/prn_7`, { role: 'viewer' });
  expect(changed.body).toMatchObject({ id: 'prn_7', role: 'reader' });
  const same = await server.ask('POST', `${usersPath}/prn_7`, { role: null });
  expect(same.body).toMatchObject({ id: 'prn_7', role: 'owner' });
  expect(changes).toEqual([['key_operator', 'prn_7', 'viewer']]);
});

test('whoever is removed is named, in the path and in the answer', async () => {
  const gone: unknown[] = [];
  await using server = await administered({
    users: { ...exampleUsers, remove: async (_, user) => void gone.push(user) },
    serviceAccounts: {
      ...exampleServices,
      remove: async (_, project, one) => void gone.push(project, one),
    },
  });
  expect((await server.ask('DELETE', `${usersPath}/prn_7`)).body).toEqual({
    ...{ id: 'prn_7', object: 'organization.user.deleted', deleted: true },
  });
  expect((await server.ask('DELETE', `${servicesPath}/prn_8`)).body).toEqual({
    ...{ id: 'prn_8', object: 'organization.project.service_account.deleted', deleted: true },
  });
  expect(gone).toEqual(['prn_7', 'acc_1', 'prn_8']);
});

test('services are told without what they do not have', async () => {
  const asked: unknown[] = [];
  await using server = await withServices({
    list: async (_, project, after) => {
      asked.push([project, after]);
      return [service, { ...service, id: 'prn_bare', name: null, role: null }];
    },
    get: async (_, project, one) => {
      asked.push([project, one]);
      return service;
    },
  });
  const told = {
    ...{ id: 'prn_crawler', object: 'organization.project.service_account', name: 'crawler' },
    ...{ created_at: seconds, role: 'member' },
  };
  const { data } = (await server.ask('GET', `${servicesPath}?after=prn_0`)).body;
  expect(data).toEqual([told, { ...told, id: 'prn_bare', name: '', role: 'none' }]);
  expect((await server.ask('GET', `${servicesPath}/prn_crawler`)).body).toEqual(told);
  expect(asked).toEqual([
    ['acc_1', 'prn_0'],
    ['acc_1', 'prn_crawler'],
  ]);
});

test('a service and a key of it last as long as was asked, or as long as the host says', async () => {
  const asked: unknown[] = [];
  const fresh = { key: keyOf('key_9', { expiresAt: made + 60_000 }), secret: 'tgl_sk_fresh' };
  await using server = await withServices({
    create: async (_, project, facts) => {
      asked.push([project, facts]);
      return { holder: service, fresh };
    },
    createKey: async (_, project, one, facts) => {
      asked.push([project, one, facts]);
      return { ...fresh, key: { ...fresh.key, expiresAt: null } };
    },
  });
  const api_key = {
    ...{ id: 'key_9', object: 'organization.project.service_account.api_key', name: 'name of key_9' },
    ...{ value: 'tgl_sk_fresh', created_at: seconds, expires_at: seconds + 60 },
  };
  const both = await server.ask('POST', servicesPath, { name: 'crawler', expires_in_seconds: 60 });
  expect(both.body).toMatchObject({ id: 'prn_crawler', api_key });
  const one = await server.ask('POST', `${servicesPath}/prn_crawler/api_keys`, {});
  expect(one.body).toEqual({ ...api_key, expires_at: null });
  await server.ask('POST', `${servicesPath}/prn_crawler/api_keys`, { name: 'second' });
  expect(asked).toEqual([
    ['acc_1', { name: 'crawler', expiresAt: made + 60_000 }],
    ['acc_1', 'prn_crawler', { name: 'service', expiresAt: undefined }],
    ['acc_1', 'prn_crawler', { name: 'second', expiresAt: undefined }],
  ]);
});
