import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRecipe, parseRecipe, type Recipe, recipeDigest } from './recipe.ts';

const pico = loadRecipe('pico');

describe('recipes', () => {
  test('the shipped ones are valid and small enough for what they promise', () => {
    expect(loadRecipe('nano').training.batch % loadRecipe('nano').training.lanes).toBe(0);
    expect(pico.model.width).toBeLessThan(loadRecipe('nano').model.width);
  });

  test('an override changes the digest', () => {
    expect(recipeDigest(loadRecipe('pico', { steps: 7 }))).not.toBe(recipeDigest(pico));
    expect(recipeDigest(loadRecipe('pico'))).toBe(recipeDigest(pico));
  });

  test('a recipe can come from a file', () => {
    const path = join(tmpdir(), `tiegel-recipe-${process.pid}.json`);
    writeFileSync(path, JSON.stringify({ ...pico, name: 'mine' }));
    expect(loadRecipe(path).name).toBe('mine');
    writeFileSync(path, '{"name": ');
    expect(() => loadRecipe(path)).toThrow(expect.objectContaining({ code: 'TGL_RECIPE_INVALID' }));
  });

  test('a name that is neither a recipe nor a file lists the recipes', () => {
    expect(() => loadRecipe('piko')).toThrow(/There is no recipe piko; the recipes are pico, nano/);
    expect(() => loadRecipe('constructor')).toThrow(expect.objectContaining({ code: 'TGL_RECIPE_UNKNOWN' }));
  });

  const { model, data, training } = pico;
  const { outside: _, ...mixtureWithoutOutside } = data.mixture;
  const noMixture = { countdown: 0, multiplication: 0, 'chain-arithmetic': 0, outside: 0 };

  test.each<[string, object]>([
    ['training.steps', { training: { ...training, steps: 0 } }],
    ['training', { training: { ...training, stepz: 5 } }],
    ['training.learningRate', { training: { ...training, learningRate: Number.NaN } }],
    ['training.lanes', { training: { ...training, lanes: 5 } }],
    ['model.heads', { model: { ...model, heads: 5 } }],
    ['model.keyValueHeads', { model: { ...model, keyValueHeads: 2 } }],
    ['data.mixture', { data: { ...data, mixture: noMixture } }],
    ['data.mixture', { data: { ...data, mixture: mixtureWithoutOutside } }],
    ['seed', { seed: -1 }],
    ['schema', { schema: 2 }],
  ])('a recipe that is wrong at %s says so', (path, change) => {
    expect(() => parseRecipe('mine', { ...pico, ...change })).toThrow(`not valid at ${path}`);
  });

  test.each([null, [], 'pico', 7])('%j is not a recipe', (value) => {
    expect(() => parseRecipe('mine', value)).toThrow(expect.objectContaining({ code: 'TGL_RECIPE_INVALID' }));
  });

  test('parsing keeps every value', () => {
    expect(parseRecipe('pico', JSON.parse(JSON.stringify(pico)))).toEqual(pico satisfies Recipe);
  });
});
