// The newest entries of the audit log.
import { queryOptions } from '@tanstack/react-query';
import type { AuditEntry, Page } from '../../../src/wire/index.ts';
import { ask } from './client.ts';

export function readAuditPage(after: string): Promise<Page<AuditEntry>> {
  const behind = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
  return ask(`/v1/organization/audit_logs?limit=50${behind}`);
}

export const newestEntriesQuery = queryOptions({
  queryKey: ['audit', 'newest'],
  queryFn: async () => (await readAuditPage('')).data,
});
