// The keys of whoever is signed in.
import { queryOptions } from '@tanstack/react-query';
import { ask } from './client.ts';

export type Key = {
  readonly id: string;
  readonly name: string;
  readonly redacted_value: string;
  readonly scopes: readonly string[];
  readonly expires_at: number | null;
  /** Within two weeks. */
  readonly expires_soon: boolean;
  readonly last_used_at: number | null;
};

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async () => (await ask<{ readonly data: readonly Key[] }>('/v1/x/keys?limit=100')).data,
});

/** The only answer that has the secret. */
export function makeKey(
  name: string,
  account: string | undefined,
): Promise<Key & { readonly value: string }> {
  return ask('/v1/x/keys', { method: 'POST', body: { name }, account });
}

export function revokeKey(id: string): Promise<unknown> {
  return ask(`/v1/x/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
