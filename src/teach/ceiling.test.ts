import { expect, test } from 'vitest';
import { ceilingsOf } from './ceiling.ts';
import { checkSampleLengths } from './dataset.ts';
import { loadRecipe, recipeOfStage } from './recipe.ts';
import { taskTokenizer } from './vocabulary.ts';

const tokenizer = taskTokenizer();
const ceilings = (name: string) => {
  const { data, evaluation } = loadRecipe(name, { problems: 40 });
  const shares = ceilingsOf({ data, evaluation }, tokenizer).map(({ half, share }) => [half, share]);
  return Object.fromEntries(shares) as Record<'solvable' | 'unsolvable', number>;
};

test('in persist everything there is can be tried within the room, so that all of both halves can be had', () => {
  expect(ceilings('persist')).toEqual({ solvable: 1, unsolvable: 1 });
});

test('in persist-four the room ends a search, and holds far more than demonstrations that give up reach', () => {
  const { solvable, unsolvable } = ceilings('persist-four');
  expect(solvable).toBeGreaterThan(0.25);
  expect(solvable).toBeLessThan(1);
  expect(unsolvable).toBe(0);
});

test.each(['persist', 'persist-four'])('samples of every stage of %s fit', (name) => {
  const recipe = loadRecipe(name);
  for (const stage of recipe.stages) checkSampleLengths(recipeOfStage(recipe, stage), tokenizer);
});
