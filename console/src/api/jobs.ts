// Long work of the server: what runs, and how it is started, cancelled and resumed.
import { queryOptions } from '@tanstack/react-query';
import type { JobBody, JobRequest, Page } from '../../../src/wire/index.ts';
import { ask } from './client.ts';

const path = '/v1/x/jobs';

export function isUnfinished({ state }: Pick<JobBody, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

/** Asked again every other second while something runs. */
export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: async () => (await ask<Page<JobBody>>(`${path}?limit=50`)).data,
  refetchInterval: ({ state: { data } }) => (data?.some(isUnfinished) ? 2000 : false),
});

export function startJob({ kind, ...body }: JobRequest): Promise<JobBody> {
  return ask<JobBody>(`${path}/${kind}`, { method: 'POST', body });
}

export function changeJob({ id, change }: { readonly id: string; readonly change: 'cancel' | 'resume' }) {
  return ask<JobBody>(`${path}/${encodeURIComponent(id)}/${change}`, { method: 'POST' });
}
