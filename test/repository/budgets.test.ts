// File sizes: a file that grows past its budget holds a concept that wants a name of its own.
import { describe, expect, test } from 'vitest';
import { filesBelow } from './source-files.ts';

const long = 400;
const longNumerical = 600;
const longestMedian = 120;

const sizes = filesBelow('src', ['.ts'])
  .filter((file) => !file.path.endsWith('.test.ts'))
  .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }));

describe('file budgets', () => {
  test('no file is longer than its budget', () => {
    const over = sizes.filter(({ path, lines }) => {
      const budget = /^src\/(tensor|teach)\//.test(path) ? longNumerical : long;
      return lines > budget;
    });
    expect(over).toEqual([]);
  });

  test('the median file is short', () => {
    const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(longestMedian);
  });

  test('every file opens with a comment that says what it is', () => {
    const silent = filesBelow('src', ['.ts'])
      .filter((file) => !file.path.endsWith('.test.ts') && !file.text.startsWith('//'))
      .map((file) => file.path);
    expect(silent).toEqual([]);
  });
});
