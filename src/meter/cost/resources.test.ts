import { expect, test } from 'vitest';
import { costRow, hardwareSecond } from './resources.ts';

const results = Array.from({ length: 40 }, (_, task) => ({
  ...{ task: `${task}`, attempts: 1, correct: task < 20 ? 1 : 0, samples: 1, settled: 0 },
  ...{ tokens: 50, seconds: 2, money: 0.01 },
}));
const hardware = { purchase: 31_557_600, lifeYears: 1, utilisation: 0.5, electricity: 0.36 };
const rates = {
  energy: { low: 800, high: 800, method: 'measured' },
  seconds: 80,
  isPaidByToken: false,
} as const;
const estimates = (row: ReturnType<typeof costRow>) =>
  [row.tokens, row.seconds, row.joules?.low, row.joules?.high, row.money].map((cost) =>
    cost?.type === 'estimated' ? Number(cost.estimate.toPrecision(6)) : cost,
  );

test('a correct answer costs what all tasks took, in every resource', () => {
  expect(hardwareSecond(hardware)).toBe(2);
  // 10 W; a second costs 2 and 10 W s of electricity at 0.36 the kilowatt-hour.
  expect(estimates(costRow(results, { ...rates, hardware }))).toEqual([100, 4, 40, 40, 8]);
  expect(estimates(costRow(results, { ...rates, isPaidByToken: true }))).toEqual([100, 4, 40, 40, 0.02]);
});

test('what is not known is none, and never nothing', () => {
  const unknown = costRow(results, { ...rates, energy: { low: 0, high: null, method: 'unknown' } });
  expect([unknown.joules, unknown.money]).toEqual([null, null]);
  const least = costRow(results, { ...rates, energy: { low: 800, high: null, method: 'measured' } });
  expect(least.joules).toMatchObject({ high: null });
});

test('where nothing was right every resource has a bound', () => {
  const none = costRow(
    results.map((result) => ({ ...result, correct: 0 })),
    { ...rates, hardware },
  );
  for (const cost of [none.tokens, none.seconds, none.joules?.low, none.money])
    expect(cost).toMatchObject({ type: 'more-than' });
});
