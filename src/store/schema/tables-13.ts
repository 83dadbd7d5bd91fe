// Migration 13: cases of accounts that belong together, one in each organisation that has some of them.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables13(_: SqlDialect): readonly string[] {
  return [
    'alter table guard_case add column cluster text',
    'drop index guard_case_open',
    `create unique index guard_case_open on guard_case (organisation, account, week)
      where state = 'open' and cluster is null`,
    'create unique index guard_case_cluster on guard_case (cluster, organisation) where cluster is not null',
  ];
}
