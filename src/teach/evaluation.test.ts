// Which problems an evaluation asks.
import { expect, test } from 'vitest';
import { evaluationJobs } from './evaluation.ts';
import { loadRecipe, type Recipe } from './recipe.ts';

const pico = loadRecipe('pico');
const subjectsOf = (mixture: Partial<Recipe['data']['mixture']>) => {
  const data = { ...pico.data, mixture: { ...pico.data.mixture, ...mixture } };
  const jobs = evaluationJobs({ data, evaluation: { ...pico.evaluation, samples: 2, budgets: [8] } });
  return new Set(jobs.map(({ subject, mode }) => `${subject} ${mode}`));
};

test('a recipe is evaluated on what its data teach, in every mode', () => {
  expect(subjectsOf({}).size).toBe(3 * 3 + 1);
  expect([...subjectsOf({ multiplication: 0, 'chain-arithmetic': 0, outside: 0 })]).toEqual([
    'countdown greedy',
    'countdown sampled',
    'countdown budget',
  ]);
});
