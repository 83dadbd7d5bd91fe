// Data policies and erasures: what holds, what would hold, and what an erasure takes.
import { queryOptions } from '@tanstack/react-query';
import type { DataPolicy, DataPolicyList, ErasureReceipt } from '../../../src/wire/index.ts';
import { ask } from './client.ts';

const policies = '/v1/x/policies';

export const policiesQuery = queryOptions({
  queryKey: ['data-policies'],
  queryFn: () => ask<DataPolicyList>(policies),
});

export function previewPolicy(presets: readonly string[]): Promise<DataPolicy> {
  return ask<DataPolicy>(`${policies}/preview`, { method: 'POST', body: { presets } });
}

export function setPolicy(presets: readonly string[]): Promise<DataPolicy> {
  return ask<DataPolicy>(policies, { method: 'POST', body: { presets } });
}

export function previewErasure(person: string): Promise<ErasureReceipt> {
  return ask<ErasureReceipt>(`/v1/x/people/${encodeURIComponent(person)}/erasure`);
}

export function erase(person: string): Promise<ErasureReceipt> {
  const path = `/v1/x/people/${encodeURIComponent(person)}/erasure`;
  return ask<ErasureReceipt>(path, { method: 'POST', body: { confirm: person } });
}
