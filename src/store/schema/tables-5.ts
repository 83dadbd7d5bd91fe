// Migration 5: rows of the ledger that are written by hand.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables5(_: SqlDialect): readonly string[] {
  return [
    'alter table ledger add column corrects text',
    'create index ledger_corrects on ledger (corrects) where corrects is not null',
    `create index ledger_by_hand on ledger (seq) where kind in ('correct', 'credit')`,
  ];
}
