// Migration 11: rows that came late are found without reading the ledger, as those that were lost are.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables11(_: SqlDialect): readonly string[] {
  return [`create index ledger_late on ledger (organisation, at) where kind = 'late'`];
}
