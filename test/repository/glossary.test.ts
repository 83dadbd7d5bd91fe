// The glossary has one row for each word, and only words that the code uses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, root } from './source-files.ts';

const rows = readFileSync(join(root, 'docs', 'glossary.md'), 'utf8').matchAll(/^\| \*\*([^*]+)\*\* \|/gm);
const words = [...rows].flatMap(([, word = '']) => word.split(', '));

test('no word has two rows', () => {
  expect(words.length).toBeGreaterThan(50);
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
});

test('the code uses every word', () => {
  const text = filesBelow('src', ['.ts'])
    .map((file) => file.text)
    .join('\n')
    .replaceAll(/\s+(\/\/|\*)\s+/g, ' ');
  const unused = words.filter((word) => !new RegExp(word.replaceAll(' ', '[- ]?'), 'i').test(text));
  expect(unused).toEqual([]);
});
