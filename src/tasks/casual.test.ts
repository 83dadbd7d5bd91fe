import { expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { casuallyTyped } from './casual.ts';

test('numbers, signs and units stay as they are, and most prompts do altogether', () => {
  const random = seededRandom(2);
  const prompt = 'Convert 12 km and 34 m to m, then 5 * 6 - 7.';
  const typed = Array.from({ length: 1000 }, () => casuallyTyped(random, prompt, 'en'));
  const parts = /\d+|[*-]|\b(km|m)\b/g;
  for (const text of typed) expect(text.match(parts)).toEqual(prompt.match(parts));
  expect(typed.filter((text) => text === prompt).length).toBeGreaterThan(500);
  expect(new Set(typed).size).toBeGreaterThan(50);
});
