// Sums of what the server counted by day, for the few rows that a page shows.
import type { CostRow, UsageRow } from '../../api/usage.ts';

export type Sum = {
  readonly name: string;
  readonly requests: number;
  readonly prompt: number;
  readonly thinking: number;
  readonly answer: number;
  /** One amount for each currency. */
  readonly money: readonly { readonly amount: number; readonly currency: string }[];
};

/** The largest first. */
export function sumsBy(
  nameOf: (row: UsageRow | CostRow) => string,
  rows: readonly UsageRow[],
  costs: readonly CostRow[],
): readonly Sum[] {
  const paid = Map.groupBy(costs, nameOf);
  return [...Map.groupBy(rows, nameOf)]
    .map(([name, own]) => ({ ...counted(name, own), money: moneyOf(paid.get(name) ?? []) }))
    .sort((a, b) => b.thinking + b.answer + b.prompt - (a.thinking + a.answer + a.prompt));
}

function counted(name: string, rows: readonly UsageRow[]): Omit<Sum, 'money'> {
  const total = (of: (row: UsageRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  return {
    name,
    requests: total(({ requests }) => requests),
    prompt: total(({ prompt }) => prompt),
    thinking: total(({ thinking }) => thinking),
    answer: total(({ answer }) => answer),
  };
}

function moneyOf(costs: readonly CostRow[]): Sum['money'] {
  return [...Map.groupBy(costs, ({ currency }) => currency)]
    .map(([currency, own]) => ({
      currency,
      amount: own.reduce((sum, { amount }) => sum + Number(amount), 0),
    }))
    .filter(({ amount }) => amount !== 0);
}
