// Migration 12: long work that servers have done in processes of their own.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables12({ integer, tableEnd }: SqlDialect): readonly string[] {
  return [
    `create table job (
      id text primary key,
      organisation text not null references organisation (id),
      server text not null,
      request text not null,
      state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'broken-off')),
      started_by text not null,
      created_at ${integer} not null,
      began_at ${integer},
      ended_at ${integer},
      beat_at ${integer} not null,
      ending ${integer} not null check (ending in (0, 1)),
      report text not null
    )${tableEnd}`,
    'create index job_organisation on job (organisation, created_at)',
    `create index job_unfinished on job (beat_at) where state in ('queued', 'running')`,
  ];
}
