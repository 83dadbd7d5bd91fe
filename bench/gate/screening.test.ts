// Whether the screening form of `general` keeps what it promises after a pilot of 200 labels.
import { expect, test } from 'vitest';
import { forecastSmallMachine } from './hours.ts';
import { admittedByScreening, screenedCriteria } from './screening.ts';

test('it admits a model without fault in at least 80 of 100 assessments', () => {
  expect(admittedByScreening(200)).toBeGreaterThanOrEqual(0.8);
});

test('a model at the threshold of one criterion is admitted in at most 5 of 100', () => {
  for (const criterion of screenedCriteria)
    expect(admittedByScreening(60, criterion), criterion).toBeLessThanOrEqual(0.05);
});

test('at 10 tokens a second it takes at most 10 hours, whatever the model is like, and a third of the fixed plan on a clean one', async () => {
  const { total, fixedPlan, criteria } = await forecastSmallMachine('general-screening', 60);
  expect(criteria.filter(({ obstacle }) => obstacle !== null)).toEqual([]);
  for (const cost of Object.values(total)) expect(cost.hours).toBeLessThanOrEqual(10);
  expect(total.clean.questions / fixedPlan.questions).toBeLessThanOrEqual(0.35);
});
