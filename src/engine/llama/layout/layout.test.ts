import { expect, test } from 'vitest';
import { describeLayout, layoutAlternatives, layoutWith, usualLayout } from './layout.ts';

const [small, large] = [6e6, 500e6];

test('the table: a small model on one thread with plain attention and one cache, a larger one on all cores with flash and its own caches', () => {
  expect(usualLayout({ bytes: small, hasGpu: false }, 8)).toEqual({
    ...{ threads: 1, attention: 'plain', caches: 'one' },
  });
  expect(usualLayout({ bytes: small, hasGpu: true }, 8).attention).toBe('flash');
  expect(usualLayout({ bytes: large, hasGpu: false }, 8)).toEqual({
    ...{ threads: 8, attention: 'flash', caches: 'each' },
  });
});

test('a larger model is tried on other numbers of threads only', () => {
  expect(layoutAlternatives(large, 8, 16)).toEqual({ threads: [4, 8, 16], attention: [], caches: [] });
  expect(layoutAlternatives(large, 2, 2).threads).toEqual([1, 2]);
  expect(layoutAlternatives(large, 1, 1).threads).toEqual([1]);
});

test('a small one in every other way as well, with a core left to those who send what it writes', () => {
  expect(layoutAlternatives(small, 8, 16)).toEqual({
    ...{ threads: [1, 4, 7], attention: ['plain', 'flash'], caches: ['one', 'each'] },
  });
  expect(layoutAlternatives(small, 2, 2).threads).toEqual([1]);
});

test('what is wished replaces that part of the table alone', () => {
  const usual = usualLayout({ bytes: large, hasGpu: false }, 4);
  expect(layoutWith(usual, {})).toEqual(usual);
  expect(layoutWith(usual, { threads: 2 })).toEqual({ ...usual, threads: 2 });
});

test('a layout in words', () => {
  const words = '2 threads, flash attention, a cache for each sequence';
  expect(describeLayout({ threads: 2, attention: 'flash', caches: 'each' })).toBe(words);
  expect(describeLayout({ threads: 1, attention: 'plain', caches: 'one' })).toBe(
    '1 thread, plain attention, one cache',
  );
});
