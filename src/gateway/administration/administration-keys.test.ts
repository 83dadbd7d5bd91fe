// How keys of administration are listed, told, made and revoked over HTTP.
import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import type { Administration } from './administration.ts';
import { administered, idsOf, keyOf, made, service } from './administration-fixture.ts';
import { exampleAdministration } from './testing.ts';

const path = '/v1/organization/admin_api_keys';
const seconds = Math.floor(made / 1000);

const withKeys = (administrationKeys: Partial<Administration['administrationKeys']>) =>
  administered(
    { administrationKeys: { ...exampleAdministration.administrationKeys, ...administrationKeys } },
    { clock: manualClock(made) },
  );

test('they are listed in the order of their making, in either direction, and those of one moment by identifier', async () => {
  const keys = [
    keyOf('key_b'),
    keyOf('key_c', { createdAt: made + 1 }),
    keyOf('key_a'),
    keyOf('key_0', { createdAt: made + 2 }),
  ];
  await using server = await withKeys({
    list: async () => keys,
    madeAt: async (_, key) => keys.find(({ id }) => id === key) ?? { id: key, createdAt: made },
  });
  const listed = async (query: string) => idsOf(await server.ask('GET', `${path}?${query}`));
  const inOrder = ['key_a', 'key_b', 'key_c', 'key_0'];
  for (const query of ['', 'order=asc']) expect(await listed(query)).toEqual(inOrder);
  expect(await listed('order=desc')).toEqual(inOrder.toReversed());
  expect(await listed('limit=2')).toEqual(['key_a', 'key_b']);
  expect(await listed('after=key_a')).toEqual(['key_b', 'key_c', 'key_0']);
  expect(await listed('after=key_b&order=desc')).toEqual(['key_a']);
  // Behind one that is gone the list goes on where it stood.
  expect(await listed('after=key_aa')).toEqual(['key_b', 'key_c', 'key_0']);
  expect(await listed('after=key_aa&order=desc')).toEqual(['key_a']);
});

test('they are told with who holds them', async () => {
  const keys = [
    keyOf('key_1', { expiresAt: made + 60_000, lastUsedAt: made - 60_000 }),
    keyOf('key_2', { holder: { ...service, name: null, role: null } }),
  ];
  await using server = await withKeys({ list: async () => keys, get: async (_, key) => keyOf(key) });
  const facts = { object: 'organization.admin_api_key', created_at: seconds };
  expect((await server.ask('GET', path)).body.data).toEqual([
    {
      ...{ ...facts, id: 'key_1', name: 'name of key_1', redacted_value: 'tgl_…key_1' },
      ...{ expires_at: seconds + 60, last_used_at: seconds - 60 },
      owner: {
        ...{ type: 'user', object: 'organization.user', id: 'prn_anna', name: 'Anna' },
        ...{ created_at: seconds, role: 'owner' },
      },
    },
    {
      ...{ ...facts, id: 'key_2', name: 'name of key_2', redacted_value: 'tgl_…key_2' },
      ...{ expires_at: null, last_used_at: null },
      owner: {
        ...{ type: 'service_account', object: 'organization.service_account', id: 'prn_crawler', name: '' },
        ...{ created_at: seconds, role: 'none' },
      },
    },
  ]);
  expect((await server.ask('GET', `${path}/key_7`)).body).toMatchObject({ ...facts, id: 'key_7' });
});

test('one is made for as long as was asked, shows its secret, and is revoked by its path', async () => {
  const done: unknown[] = [];
  await using server = await withKeys({
    create: async (_, facts) => {
      done.push(facts);
      return { key: keyOf('key_9'), secret: 'tgl_ak_fresh' };
    },
    revoke: async (_, key) => void done.push(key),
  });
  const fresh = await server.ask('POST', path, { name: 'auditor', expires_in_seconds: 60 });
  expect(fresh.body).toMatchObject({ id: 'key_9', value: 'tgl_ak_fresh' });
  await server.ask('POST', path, { name: 'auditor' });
  expect((await server.ask('DELETE', `${path}/key_9`)).body).toEqual({
    ...{ id: 'key_9', object: 'organization.admin_api_key.deleted', deleted: true },
  });
  expect(done).toEqual([
    { name: 'auditor', expiresAt: made + 60_000 },
    { name: 'auditor', expiresAt: undefined },
    'key_9',
  ]);
});
