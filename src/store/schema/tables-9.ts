// Migration 9: an index of the ledger that no statement reads. It was a page more to write in every transaction.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables9(_: SqlDialect): readonly string[] {
  return ['drop index ledger_key'];
}
