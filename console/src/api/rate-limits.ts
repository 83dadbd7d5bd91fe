// What a project may ask of each model, and changing it.
import { queryOptions } from '@tanstack/react-query';
import type { Page, RateLimit } from '../../../src/wire/index.ts';
import { ask } from './client.ts';

/** Null ends a limit, zero blocks. */
export type RateLimitChange = Partial<Omit<RateLimit, 'id' | 'object' | 'model'>>;

function pathOf(project: string): string {
  return `/v1/organization/projects/${encodeURIComponent(project)}/rate_limits`;
}

export function rateLimitsQuery(project: string) {
  return queryOptions({
    queryKey: ['rate-limits', project],
    queryFn: async () => (await ask<Page<RateLimit>>(`${pathOf(project)}?limit=100`)).data,
  });
}

export function changeRateLimit(project: string, id: string, body: RateLimitChange): Promise<RateLimit> {
  return ask(`${pathOf(project)}/${encodeURIComponent(id)}`, { method: 'POST', body });
}
