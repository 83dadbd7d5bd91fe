import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../../base/index.ts';
import { countVotes, mayStop, type StoppingRule } from './stopping-rule.ts';

/** The fewest equal answers at which a rule stops. */
function unanimousNeeded(rule: StoppingRule): number {
  for (let count = 1; count <= 16; count++) if (mayStop(rule, Array(count).fill('7'), 16)) return count;
  return Number.POSITIVE_INFINITY;
}

/** Whether a vote over a fair coin is stopped by its rule. */
function stopsOnTie(rule: StoppingRule, random: Random, most: number): boolean {
  const answers: string[] = [];
  while (answers.length < most) {
    answers.push(random.next() < 0.5 ? 'heads' : 'tails');
    if (answers.length < most && mayStop(rule, answers, most)) return true;
  }
  return mayStop(rule, answers, most);
}

test('equal answers that are enough, by rule and level', () => {
  expect([0.8, 0.9, 0.95].map((level) => unanimousNeeded({ type: 'beta', level }))).toEqual([2, 3, 4]);
  expect([0.2, 0.1, 0.05].map((alpha) => unanimousNeeded({ type: 'e-value', alpha }))).toEqual([4, 5, 6]);
  expect([3, 4, 5].map((size) => unanimousNeeded({ type: 'window', size }))).toEqual([3, 4, 5]);
  expect(unanimousNeeded({ type: 'exact' })).toBe(8);
});

test('the beta rule compares with the level what is known of its distribution', () => {
  const stops = (leading: number, second: number, level: number) =>
    mayStop({ type: 'beta', level }, [...Array(leading).fill('a'), ...Array(second).fill('b')], 99);
  for (const [leading, second, probability] of [
    [3, 0, 0.9375],
    [4, 0, 0.96875],
    [5, 1, 0.9375],
    [6, 1, 0.96484],
    [8, 2, 0.96729],
  ] as const) {
    expect(stops(leading, second, probability - 1e-5)).toBe(true);
    expect(stops(leading, second, probability + 1e-5)).toBe(false);
  }
});

describe('on a tie', () => {
  const runs = 4_000;

  test.each([0.05, 0.1, 0.2])('an e-value at %d stops in at most so many votes of forty', (alpha) => {
    let stopped = 0;
    for (let run = 0; run < runs; run++)
      if (stopsOnTie({ type: 'e-value', alpha }, seededRandom(5, run), 40)) stopped++;
    expect(stopped / runs).toBeLessThanOrEqual(alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs));
  });

  test('the beta rule at 0.95 stops in 28.7 % of votes of sixteen, so that it is called a heuristic', () => {
    let stopped = 0;
    for (let run = 0; run < runs; run++)
      if (stopsOnTie({ type: 'beta', level: 0.95 }, seededRandom(6, run), 16)) stopped++;
    expect(stopped / runs).toBeGreaterThan(0.265);
    expect(stopped / runs).toBeLessThan(0.309);
  });
});

test('what cannot be overtaken is what all samples would have given', () => {
  const answer = fc.constantFrom('1', '2', '3', null);
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 16 }), (answers) => {
      const winner = countVotes(answers)[0]?.key;
      for (let drawn = 1; drawn <= answers.length; drawn++) {
        const seen = answers.slice(0, drawn);
        if (mayStop({ type: 'exact' }, seen, answers.length)) expect(countVotes(seen)[0]?.key).toBe(winner);
      }
    }),
  );
});

test('the exact rule stops at the first moment at which nothing can change', () => {
  expect(mayStop({ type: 'exact' }, ['1', '1'], 4)).toBe(true);
  expect(mayStop({ type: 'exact' }, ['2', '1', '1'], 4)).toBe(false);
  expect(mayStop({ type: 'exact' }, ['1', '2', '1'], 4)).toBe(true);
});

test('what cannot be read never leads, and stands between the answers of a window', () => {
  expect(countVotes([null, null, '5'])).toEqual([{ key: '5', count: 1, first: 2 }]);
  expect(mayStop({ type: 'window', size: 2 }, ['5', null, '5'], 16)).toBe(false);
  expect(mayStop({ type: 'beta', level: 0.5 }, [null], 16)).toBe(false);
});
