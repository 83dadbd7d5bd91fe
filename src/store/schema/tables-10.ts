// Migration 10: holds and what was lost of them are found without reading the ledger.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables10(_: SqlDialect): readonly string[] {
  return [
    `create index ledger_hold on ledger (lease) where kind = 'hold'`,
    `create index ledger_lost on ledger (organisation, at) where kind = 'lost'`,
  ];
}
