import { expect, test } from 'vitest';
import { tinyOptimiser } from './fixture.ts';
import { learningRateAt } from './schedule.ts';

const optimiser = { ...tinyOptimiser, learningRate: 1, finalLearningRate: 0.1, warmupSteps: 10 };
const at = (step: number) => learningRateAt(optimiser, step, (step - 10) / 100);

test('the learning rate rises in a line, is at its peak after the warm-up and falls by half a cosine', () => {
  expect(at(0)).toBeCloseTo(0.1);
  expect(at(4)).toBeCloseTo(0.5);
  expect(at(10)).toBeCloseTo(1);
  expect(at(60)).toBeCloseTo(0.55);
  expect(at(110)).toBeCloseTo(0.1);
  expect(at(500)).toBeCloseTo(0.1);
});

test('it never rises after the warm-up', () => {
  const rates = Array.from({ length: 100 }, (_, step) => at(10 + step));
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
});
