import { expect, test } from 'vitest';
import { outsideSample, sampleTask, type WordSource } from '../tasks/index.ts';
import { loadRecipe, parseRecipe } from './recipe.ts';
import { taskTokenizer, wordSourceOf } from './vocabulary.ts';

const pico = loadRecipe('pico');

test('a recipe that names no further task has the vocabulary of the shipped model', () => {
  expect(wordSourceOf(pico)).toEqual({ furtherTasks: [], inManyWordings: false });
  expect(taskTokenizer(wordSourceOf(pico)).vocabulary).toEqual(taskTokenizer().vocabulary);
});

test('the words of a further task are tokens where a recipe teaches it, and bytes elsewhere', () => {
  const mixture = { ...pico.data.mixture, remainder: 1 };
  const recipe = parseRecipe('mine', { ...pico, data: { ...pico.data, mixture } });
  expect(wordSourceOf(recipe).furtherTasks).toEqual(['remainder']);
  const { prompt } = sampleTask('remainder', 1, 0, { split: 'train', language: 'en', wording: 0 });
  expect(prompt).toContain('remainder');
  const tokens = (source?: WordSource) =>
    taskTokenizer(source).encode([{ text: prompt, special: false }]).length;
  expect(tokens(wordSourceOf(recipe))).toBeLessThan(tokens());
});

test('a recipe in many wordings has the words of its wordings and of the sentence with an example, and no names', () => {
  const source = wordSourceOf(loadRecipe('micro'));
  expect(source.inManyWordings).toBe(true);
  const tokenizer = taskTokenizer(source);
  const words = new Set(tokenizer.vocabulary.filter(({ kind }) => kind === 'word').map(({ text }) => text));
  for (const word of [' expression', ' remainder', ' Zielzahl', ' gives', ' kauft', ' cm'])
    expect([word, words.has(word)]).toEqual([word, true]);
  for (const word of [' Anna', ' apples', ' Äpfel', ' dog'])
    expect([word, words.has(word)]).toEqual([word, false]);
  const bytesOf = (text: string) => tokenizer.encode([{ text, special: false }]).length / text.length;
  expect(bytesOf(outsideSample(1, 0, 'all-tasks').answer)).toBeLessThan(0.4);
});
