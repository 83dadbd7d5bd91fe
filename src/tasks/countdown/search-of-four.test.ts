import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { countdown } from './countdown.ts';
import { reachableValues } from './guesses.ts';
import { hitOfFour, searchOfFourText } from './search-of-four.ts';

const random = seededRandom(4);
const problems = Array.from({ length: 400 }, () => ({
  numbers: Array.from({ length: 4 }, () => random.integer(1, 25)),
  target: random.integer(1, 99),
}));

describe('the search of four numbers', () => {
  test('tries one difference after the other until the three numbers that are left can be combined', () => {
    expect(searchOfFourText([9, 5, 4, 1], 52, 'en')).toMatch(/^9-5=4: 4 4 1\n4: 48\+ 56- 13\* \| /);
    expect(searchOfFourText([9, 5, 4, 1], 52, 'en')).toMatch(/9-1=8: 8 5 4\n.*8\+5=13 yes 13\*4=52$/s);
    expect(countdown.answer({ numbers: [9, 5, 4, 1], target: 52 }, 'en')).toBe('((9-1)+5)*4 = 52');
  });

  test('answers with what its last line has shown, or says that it has not found a way', () => {
    for (const problem of problems) {
      const hit = hitOfFour(problem.numbers, problem.target);
      const trace = countdown.trace(problem, 'en');
      const answer = countdown.answer(problem, 'en');
      expect(trace.split('\n').at(-1)!.includes('yes')).toBe(hit !== undefined);
      if (hit === undefined) expect(answer).toBe('I have not found a way.');
      else expect(countdown.verify(problem, answer)).toMatchObject({ correct: true });
    }
  });

  test('finds no solution where there is none, and most of those that there are', () => {
    const solvable = problems.filter(({ numbers, target }) => reachableValues(numbers).has(target));
    const found = problems.filter(({ numbers, target }) => hitOfFour(numbers, target) !== undefined);
    expect(found.filter((problem) => !solvable.includes(problem))).toEqual([]);
    expect(found.length / solvable.length).toBeGreaterThan(0.65);
  });

  test('is right to have found nothing about no problem: that is not the answer that there is no way', () => {
    for (const problem of problems)
      expect(countdown.verify(problem, 'I have not found a way.').correct).toBe(false);
  });
});

test('a share of the problems has four numbers, and all of those can be solved', () => {
  const difficulty = { ...countdown.defaultDifficulty, highest: 25, unsolvable: 50, fourNumbers: 40 };
  const drawn = Array.from({ length: 400 }, (_, index) => countdown.generate(3, index, { difficulty }));
  const four = drawn.filter(({ numbers }) => numbers.length === 4);
  expect(Math.abs(four.length / drawn.length - 0.4)).toBeLessThan(0.1);
  expect(four.filter((problem) => !countdown.isSolvable?.(problem))).toEqual([]);
  const three = drawn.filter(({ numbers }) => numbers.length === 3);
  expect(
    Math.abs(three.filter((problem) => countdown.isSolvable?.(problem)).length / three.length - 0.5),
  ).toBeLessThan(0.1);
});
