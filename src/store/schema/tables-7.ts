// Migration 7: what was removed from the ledger and the audit log once its time had come. Rows of both can still be deleted by nobody,
// except those that stand under such a note.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables7({ integer, tableEnd, prunable }: SqlDialect): readonly string[] {
  return [
    // Rows of one chain that are gone, and the hash of the last of them, which the next row was hashed behind.
    `create table pruned_range (
      writer text not null,
      from_seq ${integer} not null,
      to_seq ${integer} not null check (to_seq >= from_seq),
      hash text not null,
      public_key text not null,
      signature text not null,
      primary key (writer, from_seq)
    )${tableEnd}`,
    // What those rows came to: sums as decimal texts in JSON. All of them are from before the moment, and roll-ups keep what they had.
    `create table pruned_use (
      organisation text not null,
      account text not null,
      currency text not null,
      before_at ${integer} not null,
      sums text not null,
      public_key text not null,
      signature text not null,
      primary key (organisation, account, currency)
    )${tableEnd}`,
    `alter table audit_head add column pruned_seq ${integer} not null default 0`,
    ...prunable(
      'ledger',
      `select 1 from pruned_range
        where writer = old.writer and old.writer_seq between from_seq and to_seq`,
    ),
    ...prunable('audit', `select 1 from audit_head where chain = old.chain and old.seq <= pruned_seq`),
  ];
}
