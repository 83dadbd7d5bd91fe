// Migration 3: each row of the ledger says in which version it was hashed.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables3({ integer }: SqlDialect): readonly string[] {
  return [`alter table ledger add column hash_version ${integer} not null default 1`];
}
