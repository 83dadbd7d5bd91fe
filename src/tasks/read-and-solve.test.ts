import { expect, test } from 'vitest';
import { heldOutProblems } from './held-out-problems.ts';
import { readAndSolve } from './read-and-solve.ts';

test.each(['multiplication', 'chain-arithmetic'] as const)(
  'every problem of %s is read and solved',
  (task) => {
    for (const { prompt, answer } of heldOutProblems(task, 5, 200))
      expect([prompt, readAndSolve(prompt)]).toEqual([prompt, answer]);
  },
);

test('another text is no problem', () => {
  expect(readAndSolve('Name five birds.')).toBeUndefined();
});
