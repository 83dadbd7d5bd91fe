import { expect, test } from 'vitest';
import { accuracyOf, costPerCorrect, type TaskResult } from './cost-per-correct.ts';

function results(count: number, correct: number, cost = 100): TaskResult[] {
  return Array.from({ length: count }, (_, index) => ({
    task: `task ${index}`,
    attempts: 1,
    correct: index < correct ? 1 : 0,
    cost: cost + (index % 7),
  }));
}

test('wrong attempts cost too', () => {
  const cost = costPerCorrect(results(200, 50));
  expect(cost).toMatchObject({ type: 'estimated' });
  if (cost.type !== 'estimated') return;
  expect(cost.estimate).toBeCloseTo(4 * 102.98, 0);
  expect(cost.lower).toBeLessThan(cost.estimate);
  expect(cost.upper).toBeGreaterThan(cost.estimate);
});

test('nothing correct is "more than" the cost over the largest rate that gives none of n', () => {
  // 1 − 0.05^(1/59) = 0.0495
  const cost = costPerCorrect(
    Array.from({ length: 59 }, (_, index) => ({ ...results(1, 0)[0], task: `${index}` }) as TaskResult),
  );
  expect(cost).toMatchObject({ type: 'more-than' });
  if (cost.type === 'more-than') expect(cost.bound).toBeCloseTo(100 / (1 - 0.05 ** (1 / 59)), 6);
});

test('four correct ones give a bound, five an estimate', () => {
  expect(costPerCorrect(results(100, 4)).type).toBe('more-than');
  expect(costPerCorrect(results(100, 5)).type).toBe('estimated');
});

test('a bound counts what attempts at one task have in common', () => {
  const once = costPerCorrect([{ task: 'a', attempts: 1, correct: 0, cost: 50 }]);
  const often = costPerCorrect([{ task: 'a', attempts: 10, correct: 0, cost: 500 }]);
  expect(often).toEqual(once);
});

test('the accuracy is that of the attempts, and counts that are none are refused', () => {
  expect(accuracyOf([...results(3, 1), { task: 'x', attempts: 3, correct: 2, cost: 1 }])).toBe(0.5);
  expect(() => costPerCorrect([{ task: 'x', attempts: 1, correct: 2, cost: 1 }])).toThrow('2 of 1 attempts');
});
