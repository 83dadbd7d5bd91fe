import { expect, test } from 'vitest';
import { answerOf, isWellFormed } from './answer.ts';

test('the answer is what follows the think block, and nothing where it was never closed', () => {
  expect(answerOf('1+1=2\n</think>\n 2 ', 'open')).toBe('2');
  expect(answerOf('1+1=2 and so', 'open')).toBeUndefined();
  expect(answerOf(' 2 ', 'closed')).toBe('2');
});

test.each([
  ['1+1=2\n</think>\n2', true],
  ['1+1=2\n</think>\n', false],
  ['1+1=2', false],
  ['1\n</think>\n2\n</think>\n3', false],
])('%j is well formed: %s', (completion, expected) => {
  expect(isWellFormed(completion)).toBe(expected);
});
