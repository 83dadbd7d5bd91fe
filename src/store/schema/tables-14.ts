// Migration 14: what a request was spread over: samples, probes and the tiers of a cascade, and the energy that is known of it.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables14({ integer }: SqlDialect): readonly string[] {
  const count = (name: string): string =>
    `alter table ledger add column ${name} ${integer} not null default 0 check (${name} >= 0)`;
  return [
    'alter table ledger add column parent text',
    `alter table ledger add column tier ${integer}`,
    ...['samples', 'probes', 'discarded', 'probed'].map(count),
    `alter table ledger add column millijoules ${integer} check (millijoules >= 0)`,
    `alter table ledger add column energy text check (energy in ('measured', 'modelled'))`,
    'create index ledger_parent on ledger (parent) where parent is not null',
  ];
}
