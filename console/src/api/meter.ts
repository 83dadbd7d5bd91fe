// What correct answers cost as it was calibrated and reported, prices of hosts, and plans of fleets.
import { queryOptions } from '@tanstack/react-query';
import type {
  FleetPlanBody,
  HostedPriceList,
  MeteredModelList,
  PlanRequest,
} from '../../../src/wire/index.ts';
import { ask } from './client.ts';

export const meterQuery = queryOptions({
  queryKey: ['meter'],
  queryFn: () => ask<MeteredModelList>('/v1/x/meter'),
});

export const pricesQuery = queryOptions({
  queryKey: ['hosted prices'],
  queryFn: async () => (await ask<HostedPriceList>('/v1/x/prices')).data,
  // Records are never changed while a server runs.
  staleTime: Number.POSITIVE_INFINITY,
});

/** The newest request alone is answered; what it was before stays to be seen meanwhile. */
export function planQuery(request: PlanRequest, account: string | undefined) {
  return queryOptions({
    queryKey: ['plan', request, account],
    queryFn: ({ signal }) =>
      ask<FleetPlanBody>('/v1/x/meter/plan', { method: 'POST', body: request, account, signal }),
    placeholderData: (before) => before,
    retry: false,
  });
}
