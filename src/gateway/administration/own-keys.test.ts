// How people see and change their own keys over HTTP.
import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import type { Administration, OwnKeyFacts } from './administration.ts';
import { administered, idsOf, made } from './administration-fixture.ts';
import { exampleAdministration } from './testing.ts';

const path = '/v1/x/keys';
const seconds = Math.floor(made / 1000);

const key: OwnKeyFacts = {
  ...{ id: 'key_1', name: 'laptop', hint: 'tgl_…abcd', createdAt: made, expiresAt: null, lastUsedAt: null },
  ...{ account: 'acc_own', expiresSoon: false, scopes: ['inference'], models: null },
};

const withKeys = (ownKeys: Partial<Administration['ownKeys']>) =>
  administered({ ownKeys: { ...exampleAdministration.ownKeys, ...ownKeys } }, { clock: manualClock(made) });

test('they are listed with what they may do and when they end', async () => {
  const asked: unknown[] = [];
  await using server = await withKeys({
    list: async (asker, after) => {
      asked.push([asker.principal, asker.key, after]);
      return [
        { ...key, expiresAt: made + 60_000, lastUsedAt: made - 60_000, expiresSoon: true, models: ['m'] },
        { ...key, id: 'key_2', account: null },
      ];
    },
  });
  const told = {
    ...{ id: 'key_1', object: 'key', name: 'laptop', redacted_value: 'tgl_…abcd', account: 'acc_own' },
    ...{ scopes: ['inference'], models: ['m'], created_at: seconds, expires_at: seconds + 60 },
    ...{ expires_soon: true, last_used_at: seconds - 60 },
  };
  const bare = {
    id: 'key_2',
    account: null,
    models: null,
    expires_at: null,
    expires_soon: false,
    last_used_at: null,
  };
  const page = await server.ask('GET', `${path}?after=key_0`);
  expect(page.body.data).toEqual([told, { ...told, ...bare }]);
  expect(idsOf(await server.ask('GET', `${path}?limit=1`))).toEqual(['key_1']);
  expect(asked).toEqual([
    ['prn_anna', null, 'key_0'],
    ['prn_anna', null, undefined],
  ]);
});

test('one belongs to the account of the request, and its secret is kept by no cache', async () => {
  const asked: unknown[] = [];
  await using server = await withKeys({
    create: async (_, account, facts) => {
      asked.push([account, facts]);
      return { key, secret: 'tgl_sk_fresh' };
    },
  });
  const wide = { name: 'laptop', scopes: ['inference'], models: ['m'], expires_in_seconds: 60 };
  for (const body of [{ name: 'laptop' }, wide]) {
    const told = await server.ask('POST', path, body);
    expect(told.body).toMatchObject({ id: 'key_1', object: 'key', value: 'tgl_sk_fresh' });
    expect(told.headers.get('cache-control')).toBe('no-store');
  }
  expect(asked).toEqual([
    ['acc_own', { name: 'laptop', expiresAt: undefined, scopes: undefined, models: undefined }],
    ['acc_own', { name: 'laptop', expiresAt: made + 60_000, scopes: ['inference'], models: ['m'] }],
  ]);
});

test('one is rotated with the overlap that is asked for, and revoked', async () => {
  const asked: unknown[] = [];
  await using server = await withKeys({
    rotate: async (_, id, options) => {
      asked.push([id, options]);
      return { key, secret: 'tgl_sk_fresh' };
    },
    revoke: async (_, id) => void asked.push(id),
  });
  for (const body of [{}, { overlap_seconds: 0 }, { overlap_seconds: 60, again: true }]) {
    const told = await server.ask('POST', `${path}/key_7/rotate`, body);
    expect(told.body).toMatchObject({ id: 'key_1', value: 'tgl_sk_fresh' });
    expect(told.headers.get('cache-control')).toBe('no-store');
  }
  expect((await server.ask('DELETE', `${path}/key_7`)).body).toEqual({
    ...{ id: 'key_7', object: 'key.deleted', deleted: true },
  });
  expect(asked).toEqual([
    ['key_7', { again: false }],
    ['key_7', { overlapMs: 0, again: false }],
    ['key_7', { overlapMs: 60_000, again: true }],
    'key_7',
  ]);
});
