// What is admitted, and where the limits of whoever asks stand.
import { queryOptions } from '@tanstack/react-query';
import type { CatalogModelList, ModelList, RemainingBody } from '../../../src/wire/index.ts';
import { ask } from './client.ts';

/** All that are known, admitted or not. */
export const catalogQuery = queryOptions({
  queryKey: ['catalog'],
  queryFn: async () => (await ask<CatalogModelList>('/v1/x/models')).data,
});

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: () => ask<ModelList>('/v1/models'),
});

/** For an account, of which the person is charged. */
export function limitsQuery(account: string | undefined) {
  return queryOptions({
    queryKey: ['limits', account],
    queryFn: async () => (await ask<RemainingBody>('/v1/x/remaining', { account })).data,
  });
}
