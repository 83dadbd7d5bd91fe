import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { Strategy } from '../../reasoning/index.ts';
import { compareWithBaseline, lastPassing } from './compare.ts';
import { type Pool, type PooledSample, replay } from './replay.ts';

const right: PooledSample = { key: '21', correct: true, tokens: 10 };
const wrong: PooledSample = { key: '20', correct: false, tokens: 30 };

const pool = (task: string, greedy: PooledSample, samples: readonly PooledSample[]): Pool => ({
  task,
  greedy,
  samples,
});

const pools = [
  pool('easy', right, Array(4).fill(right)),
  pool('mixed', wrong, [right, right, right, wrong]),
  pool('hard', wrong, Array(4).fill(wrong)),
];

describe('a replay', () => {
  const replayed = (strategy: Strategy) => replay(strategy, pools, seededRandom(1), 200);

  test('of the greedy reply is what it was', async () => {
    expect(await replayed({ type: 'greedy' })).toMatchObject([
      { task: 'easy', correct: 1, tokens: 10, samples: 1 },
      { task: 'mixed', correct: 0, tokens: 30, samples: 1 },
      { task: 'hard', correct: 0, tokens: 30, samples: 1 },
    ]);
  });

  test('of one sample is the mean over all of them', async () => {
    const [, mixed] = await replayed({ type: 'plain' });
    expect(mixed?.correct).toBeGreaterThan(0.65);
    expect(mixed?.correct).toBeLessThan(0.85);
    expect(mixed?.tokens).toBeCloseTo(30 - 20 * (mixed?.correct ?? 0), 9);
  });

  test('of a vote charges every sample that was begun, and no more', async () => {
    const [easy, mixed] = await replayed({ type: 'vote', most: 4, rule: { type: 'exact' } });
    // Two equal answers of four cannot be overtaken, since equal counts go to the first.
    expect(easy).toMatchObject({ task: 'easy', correct: 1, tokens: 20, samples: 2 });
    expect(mixed?.correct).toBe(1);
    expect(mixed?.samples).toBeGreaterThan(2);
    const [, all] = await replayed({ type: 'vote', most: 4, rule: { type: 'all' } });
    expect(all).toMatchObject({ task: 'mixed', correct: 1, tokens: 60, samples: 4 });
  });

  test('of verifying begins with the greedy reply', async () => {
    const [easy, mixed, hard] = await replayed({ type: 'verify', most: 4 });
    expect(easy).toMatchObject({ task: 'easy', correct: 1, tokens: 10, samples: 1 });
    expect(mixed?.correct).toBe(1);
    expect(hard).toMatchObject({ task: 'hard', correct: 0, tokens: 120, samples: 4 });
  });

  test('of more samples than there are is refused', async () => {
    await expect(replayed({ type: 'vote', most: 5, rule: { type: 'all' } })).rejects.toThrow(
      'easy: 4 samples are too few for vote',
    );
  });
});

test('a strategy is compared with its baseline task by task', async () => {
  const baseline = await replay({ type: 'greedy' }, pools, seededRandom(1));
  const verified = await replay({ type: 'verify', most: 4 }, pools, seededRandom(1));
  const comparison = compareWithBaseline(verified, baseline, 0.01, seededRandom(2));
  expect(comparison.accuracy).toBeCloseTo(2 / 3, 9);
  expect(comparison.difference.estimate).toBeCloseTo(1 / 3, 9);
  expect(comparison.difference.shown).toBe(false);
  expect(() => compareWithBaseline(verified.toReversed(), baseline, 0.01, seededRandom(2))).toThrow(
    'on the same tasks only',
  );
});

test('the cheapest candidate before the first that fails is selected, whatever comes behind it', () => {
  const ruled = (...shown: boolean[]) =>
    shown.map((value, candidate) => ({
      candidate,
      difference: { estimate: 0, lower: 0, margin: 0.01, shown: value },
    }));
  expect(lastPassing(ruled(true, true, false, true))).toBe(1);
  expect(lastPassing(ruled(false, true))).toBe(null);
  expect(lastPassing(ruled(true))).toBe(0);
});
