// Usage as a file for a spreadsheet: the rows of the server as they are, money as the decimal text that it was.
import type { CostRow, UsageRow } from '../../api/usage.ts';

export function saveCsv(name: string, rows: readonly UsageRow[], costs: readonly CostRow[]): void {
  const url = URL.createObjectURL(new Blob([csvOf(rows, costs)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export function csvOf(rows: readonly UsageRow[], costs: readonly CostRow[]): string {
  const paid = Map.groupBy(costs, ({ day, name }) => `${day} ${name}`);
  const lines = rows.map(({ day, name, requests, prompt, thinking, answer }) => {
    const money = (paid.get(`${day} ${name}`) ?? []).map(({ amount, currency }) => `${amount} ${currency}`);
    const date = new Date(day * 1000).toISOString().slice(0, 10);
    return [date, cell(name ?? ''), requests, prompt, thinking, answer, cell(money.join(' + '))].join(',');
  });
  return `${['day,name,requests,prompt,thinking,answer,cost', ...lines].join('\r\n')}\r\n`;
}

/** A spreadsheet would calculate what begins like a formula; names are given by others. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
