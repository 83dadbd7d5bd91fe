import { expect, test } from 'vitest';
import { sampleTask } from '../tasks/index.ts';
import { loadRecipe, parseRecipe } from './recipe.ts';
import { furtherTasksOf, taskTokenizer } from './vocabulary.ts';

const pico = loadRecipe('pico');

test('a recipe that names no further task has the vocabulary of the shipped model', () => {
  expect(furtherTasksOf(pico)).toEqual([]);
  expect(taskTokenizer(furtherTasksOf(pico)).vocabulary).toEqual(taskTokenizer().vocabulary);
});

test('the words of a further task are tokens where a recipe teaches it, and bytes elsewhere', () => {
  const mixture = { ...pico.data.mixture, remainder: 1 };
  const recipe = parseRecipe('mine', { ...pico, data: { ...pico.data, mixture } });
  expect(furtherTasksOf(recipe)).toEqual(['remainder']);
  const { prompt } = sampleTask('remainder', 1, 0, { split: 'train', language: 'en', wording: 0 });
  expect(prompt).toContain('remainder');
  const tokens = (further: Parameters<typeof taskTokenizer>[0]) =>
    taskTokenizer(further).encode([{ text: prompt, special: false }]).length;
  expect(tokens(furtherTasksOf(recipe))).toBeLessThan(tokens([]));
});
