import { expect, test } from 'vitest';
import { loadRecipe } from './recipe.ts';
import { learningRateAt } from './schedule.ts';

const { training } = loadRecipe('pico');
const schedule = { ...training, steps: 110, warmupSteps: 10, learningRate: 1, finalLearningRate: 0.1 };

test('the learning rate rises in a line, is at its peak after the warm-up and falls by half a cosine', () => {
  expect(learningRateAt(schedule, 0)).toBeCloseTo(0.1);
  expect(learningRateAt(schedule, 4)).toBeCloseTo(0.5);
  expect(learningRateAt(schedule, 10)).toBeCloseTo(1);
  expect(learningRateAt(schedule, 60)).toBeCloseTo(0.55);
  expect(learningRateAt(schedule, 110)).toBeCloseTo(0.1);
});

test('it never rises after the warm-up', () => {
  const rates = Array.from({ length: 100 }, (_, step) => learningRateAt(schedule, 10 + step));
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
});
