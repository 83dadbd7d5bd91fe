import { expect, test } from 'vitest';
import { hostedPrices } from '../../prices/index.ts';
import { costRow } from '../cost/resources.ts';
import { type PageData, type PageRow, reportPage } from './report-page.ts';

const results = (correct: number) =>
  Array.from({ length: 40 }, (_, task) => ({
    ...{ task: `${task}`, attempts: 1, correct: Number(task < correct), samples: 1, settled: 0 },
    ...{ tokens: 50 + task, seconds: 2, money: 0.01 },
  }));
const rates = {
  energy: { low: 800, high: 1_600, method: 'modelled' },
  ...{ seconds: 80, isPaidByToken: true },
} as const;
const row = (label: string, correct: number): PageRow => ({
  ...{ label, samplesPerTask: 1, costs: costRow(results(correct), rates) },
  accuracy: { estimate: correct / 40, lower: correct / 50, upper: Math.min(1, correct / 35) },
});
const data: PageData = {
  ...{ model: '<b>m</b>', tasks: 40, made: '2026-11-30T10:00:00.000Z', command: 'tiegel meter report m' },
  rows: [row('greedy', 20), row('vote & more', 30), row('nothing right', 0)],
  budgets: [row('at most 32 tokens', 10), row('greedy', 20)],
  energy: { method: 'modelled', sources: ['processor time'] },
  money: 'USD, a host',
  prices: hostedPrices.filter(({ host, model }) => `${host}/${model}` === 'deepseek/deepseek-reasoner'),
};

test('shows every row with its intervals, and what was never right as a bound without a point', () => {
  const page = reportPage(data);
  expect(page).toContain('&lt;b&gt;m&lt;/b&gt;');
  expect(page).toContain('vote &amp; more');
  expect(page).toContain('more than');
  expect(page.match(/<circle/g)).toHaveLength(2 + 2);
  expect(page).not.toMatch(/NaN|Infinity|undefined|style="/);
  expect(page).toContain('<span class="kind">modelled</span>');
});

test('shows every price of the host with its hours and source', () => {
  const page = reportPage(data);
  expect(data.prices.length).toBeGreaterThan(2);
  for (const { source } of data.prices) expect(page).toContain(source.name);
  expect(page).toContain('16:30 to 00:30');
});

test('without budgets, prices or money it says so, and leaves their sections out', () => {
  const page = reportPage({ ...data, budgets: [], prices: [], money: null });
  expect(page).toContain('unknown: neither hardware');
  expect(page).not.toMatch(/Budgets of thinking|has asked for/);
});
