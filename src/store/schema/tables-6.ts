// Migration 6: budgets that nodes lease parts of. Those of the first migration were never written: a lease of one budget could not
// say that its node was gone, which is one fact for all leases of a node, and a limit could not be lowered below what was granted.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables6({ integer, tableEnd }: SqlDialect): readonly string[] {
  return [
    `drop table lease`,
    `drop table budget`,
    // One window of what a limit counts; without an end where it has none. Always: granted is the sum of the amounts of open
    // leases and of what closed ones have used.
    `create table budget (
      id text primary key,
      organisation text not null references organisation (id),
      counted_by text not null,
      window_start ${integer} not null,
      window_end ${integer},
      granted ${integer} not null check (granted >= 0)
    )${tableEnd}`,
    `create index budget_end on budget (window_end) where window_end is not null`,
    // A node from its start, or since its last lapse, by the clock of the database.
    `create table lessee (
      id text primary key,
      expires_at ${integer} not null,
      state text not null check (state in ('open', 'closed'))
    )${tableEnd}`,
    `create index lessee_open on lessee (expires_at) where state = 'open'`,
    `create table lease (
      budget text not null references budget (id),
      lessee text not null,
      organisation text not null,
      amount ${integer} not null check (amount >= 0),
      settled ${integer} not null check (settled >= 0),
      state text not null check (state in ('open', 'closed')),
      primary key (budget, lessee)
    )${tableEnd}`,
    `create index lease_lessee on lease (lessee) where state = 'open'`,
  ];
}
