import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

const read = (...args: readonly string[]) => readOptions(args, ['shipped', '0.5b'], [1, 4]);

test('without arguments all of it runs', () => {
  expect(read()).toEqual({
    ...{ models: ['shipped', '0.5b'], counts: [1, 4], parts: ['decode', 'waits', 'aborts'] },
    ...{ rounds: undefined, seconds: Number.POSITIVE_INFINITY },
  });
});

test('arguments name what runs', () => {
  const args = ['--model', '0.5b', '--at', '4', '--part', 'waits', '--rounds', '9', '--seconds', '60'];
  expect(read(...args)).toEqual({ models: ['0.5b'], counts: [4], parts: ['waits'], rounds: 9, seconds: 60 });
});

test('what there is not is refused by name', () => {
  expect(() => read('--model', '7b')).toThrow('7b is none of shipped, 0.5b');
  expect(() => read('--at', '2')).toThrow('2 is none of 1, 4');
  expect(() => read('--rounds', '0')).toThrow('0 is no count');
  expect(() => read('--speed', '1')).toThrow();
});
