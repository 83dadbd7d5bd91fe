// File sizes: a file that grows past its budget holds a concept that wants a name of its own.
import { describe, expect, test } from 'vitest';
import { filesBelow } from './source-files.ts';

const longest = 400;
const longestMedian = 90;
const longestOfNineInTen = 250;

const sizes = filesBelow('src', ['.ts'])
  .filter((file) => !file.path.endsWith('.test.ts'))
  .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }));

describe('file budgets', () => {
  test('no file is longer than 400 lines', () => {
    expect(sizes.filter(({ lines }) => lines > longest)).toEqual([]);
  });

  test('the median file is short, and nine files in ten are', () => {
    const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(longestMedian);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThanOrEqual(longestOfNineInTen);
  });

  test('every file opens with a comment that says what it is', () => {
    const silent = filesBelow('src', ['.ts'])
      .filter((file) => !file.path.endsWith('.test.ts') && !file.text.startsWith('//'))
      .map((file) => file.path);
    expect(silent).toEqual([]);
  });
});
