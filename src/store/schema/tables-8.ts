// Migration 8: what the guard keeps of the use of accounts: numbers and keyed hashes, no text.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables8({ integer, bytes, tableEnd }: SqlDialect): readonly string[] {
  return [
    // One account in one week. Without references: an organisation may be gone while nodes still send what they saw.
    `create table guard_week (
      organisation text not null,
      account text not null,
      week ${integer} not null,
      requests ${integer} not null check (requests >= 0),
      state ${bytes} not null,
      updated_at ${integer} not null,
      primary key (organisation, account, week)
    )${tableEnd}`,
    `create index guard_week_week on guard_week (week)`,
    // The last batch of each node that was counted.
    `create table guard_node (
      node text primary key,
      batch ${integer} not null,
      at ${integer} not null
    )${tableEnd}`,
    `create table guard_use (
      organisation text not null,
      account text not null,
      use_class text not null,
      declared_at ${integer} not null,
      primary key (organisation, account)
    )${tableEnd}`,
    `create table guard_calibration (
      version ${integer} primary key,
      envelope text not null,
      made_at ${integer} not null
    )${tableEnd}`,
    `create table guard_case (
      id text primary key,
      organisation text not null,
      account text not null,
      week ${integer} not null,
      use_class text not null,
      level text not null check (level in ('ask', 'measure')),
      statistic ${integer} not null,
      state text not null check (state in ('open', 'cleared')),
      opened_at ${integer} not null,
      closed_at ${integer},
      evidence text not null
    )${tableEnd}`,
    `create unique index guard_case_open on guard_case (organisation, account, week) where state = 'open'`,
  ];
}
