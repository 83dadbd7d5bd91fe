// The keys of whoever is signed in.
import { queryOptions } from '@tanstack/react-query';
import type { FreshOwnKey, OwnKey, Page } from '../../../src/wire/index.ts';
import { ask } from './client.ts';

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async () => (await ask<Page<OwnKey>>('/v1/x/keys?limit=100')).data,
});

export function makeKey(name: string, account: string | undefined): Promise<FreshOwnKey> {
  return ask('/v1/x/keys', { method: 'POST', body: { name }, account });
}

export function revokeKey(id: string): Promise<unknown> {
  return ask(`/v1/x/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
