// What is admitted, and where the limits of whoever asks stand.
import { queryOptions } from '@tanstack/react-query';
import { ask } from './client.ts';

type Model = { readonly id: string; readonly created: number };

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async () => (await ask<{ readonly data: readonly Model[] }>('/v1/models')).data,
});

export type Limit = {
  readonly scope: string;
  readonly model: string | null;
  readonly unit: string;
  readonly period: string;
  readonly enforcement: 'hard' | 'soft';
  readonly currency: string | null;
  readonly limit: number | string;
  readonly used: number | string;
  readonly held: number | string;
  readonly remaining: number | string;
  readonly reset_seconds: number | null;
};

/** For an account, of which the person is charged. */
export function limitsQuery(account: string | undefined) {
  return queryOptions({
    queryKey: ['limits', account],
    queryFn: async () =>
      (await ask<{ readonly data: readonly Limit[] }>('/v1/x/remaining', { account })).data,
  });
}
