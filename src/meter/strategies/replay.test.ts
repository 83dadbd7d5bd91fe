import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { playVote, type StoppingRule, type Strategy, vote } from '../../reasoning/index.ts';
import { compareWithBaseline, lastPassing } from './compare.ts';
import type { Pool, PooledProbe, PooledSample } from './pool.ts';
import { replay } from './replay.ts';

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

  test('of the greedy reply is what it was', () => {
    expect(replayed({ type: 'greedy' })).toMatchObject([
      { task: 'easy', correct: 1, tokens: 10, samples: 1 },
      { task: 'mixed', correct: 0, tokens: 30, samples: 1 },
      { task: 'hard', correct: 0, tokens: 30, samples: 1 },
    ]);
  });

  test('of one sample is the mean over all of them', () => {
    const [, mixed] = replayed({ type: 'plain' });
    expect(mixed?.correct).toBeGreaterThan(0.65);
    expect(mixed?.correct).toBeLessThan(0.85);
    expect(mixed?.tokens).toBeCloseTo(30 - 20 * (mixed?.correct ?? 0), 9);
  });

  test('of a vote charges every sample that was begun, and no more', () => {
    const [easy, mixed] = replayed({ type: 'vote', most: 4, rule: { type: 'exact' } });
    // Two equal answers of four cannot be overtaken, since equal counts go to the first.
    expect(easy).toMatchObject({ task: 'easy', correct: 1, tokens: 20, samples: 2 });
    expect(mixed?.correct).toBe(1);
    expect(mixed?.samples).toBeGreaterThan(2);
    const [, all] = replayed({ type: 'vote', most: 4, rule: { type: 'all' } });
    expect(all).toMatchObject({ task: 'mixed', correct: 1, tokens: 60, samples: 4 });
  });

  test('of verifying begins with the greedy reply', () => {
    const [easy, mixed, hard] = replayed({ type: 'verify', most: 4 });
    expect(easy).toMatchObject({ task: 'easy', correct: 1, tokens: 10, samples: 1 });
    expect(mixed?.correct).toBe(1);
    expect(hard).toMatchObject({ task: 'hard', correct: 0, tokens: 120, samples: 4 });
  });

  test('of more samples than there are is refused', () => {
    expect(() => replayed({ type: 'vote', most: 5, rule: { type: 'all' } })).toThrow(
      'easy: 4 samples are too few, 5 may be drawn',
    );
  });
});

describe('a replay of thinking', () => {
  const probe = (thought: number, key: string, change: Partial<PooledProbe> = {}): PooledProbe => ({
    ...{ thought, key, correct: key === '21', tokens: 2, confidence: 0.5, hesitates: false, ...change },
  });
  const greedy: PooledSample = {
    ...{ key: '21', correct: true, tokens: 100, thought: 90, seconds: 10, money: 50 },
  };
  const probes = [
    ...[probe(20, '7'), probe(40, '21', { hesitates: true }), probe(60, '21')],
    probe(80, '21', { confidence: 0.99 }),
  ];
  const samples = Array<PooledSample>(4).fill(right);
  const played = (strategy: Strategy, change: Partial<Pool> = {}) =>
    replay(strategy, [{ task: 'a', greedy, samples, probes, ...change }], seededRandom(1))[0];
  const early = { type: 'early', every: 20, maxProbes: 9 } as const;

  test('that is cut at a budget has the answer that was given there', () => {
    expect(played({ type: 'cap', budget: 20 })).toMatchObject({ correct: 0, tokens: 22, samples: 1 });
    expect(played({ type: 'cap', budget: 50 })).toMatchObject({ correct: 1, tokens: 62 });
    expect(played({ type: 'cap', budget: 90 })).toMatchObject({ correct: 1, tokens: 100, seconds: 10 });
  });

  test('pays for every probe, takes the one that ends it, and trusts none that hesitates', () => {
    const two = { ...early, rule: { type: 'agreement', equal: 2 } } as const;
    // The one at 40 hesitates, so that those at 60 and 80 are the first two.
    expect(played(two)).toMatchObject({ correct: 1, tokens: 80 + 4 * 2, seconds: 8, money: 40 });
    expect(played({ ...two, every: 40 })).toMatchObject({ tokens: 100 + 2 * 2 });
    expect(played({ ...two, maxProbes: 1 })).toMatchObject({ tokens: 100 + 2 });
    expect(played({ ...two, rule: { type: 'agreement', equal: 5 } })).toMatchObject({
      correct: 1,
      tokens: 108,
    });
    expect(played({ ...early, rule: { type: 'confidence', level: 0.95 } })).toMatchObject({ tokens: 88 });
    expect(played({ ...early, rule: { type: 'confidence', level: 0.4 } })).toMatchObject({
      correct: 0,
      tokens: 22,
    });
  });

  test('of a cascade pays for every tier that was asked, and the last answer stands', () => {
    const tiers = { type: 'cascade', budgets: [20, 60, null] } as const;
    const checked = { ...tiers, accept: { type: 'check' } } as const;
    expect(played(checked)).toMatchObject({ correct: 1, tokens: 22 + 62, samples: 2 });
    const unsure = { ...tiers, accept: { type: 'confidence', level: 0.9 } } as const;
    expect(played(unsure)).toMatchObject({ correct: 1, tokens: 22 + 62 + 100, samples: 3 });
    const bold = { ...tiers, accept: { type: 'confidence', level: 0.5 } } as const;
    expect(played(bold)).toMatchObject({ correct: 0, tokens: 22, samples: 1 });
  });

  test('of a vote behind a gate is the reply at temperature 0 alone where the model is so sure of it', () => {
    const gated = { type: 'vote', most: 4, rule: { type: 'all' }, gate: 0.9 } as const;
    expect(played(gated, { greedy: { ...greedy, confidence: 0.95 } })).toMatchObject({
      tokens: 100,
      samples: 1,
    });
    expect(played(gated, { greedy: { ...greedy, confidence: 0.85 } })).toMatchObject({
      tokens: 130,
      samples: 4,
    });
    expect(played(gated)).toMatchObject({ samples: 4 });
  });

  test('of samples that are broken off pays for what they had, and gives them no vote', () => {
    const unsure: PooledSample = { ...wrong, sureness: [-0.1, -3, -3, ...Array<number>(20).fill(0)] };
    const vote = { type: 'vote', most: 4, rule: { type: 'all' } } as const;
    const change = { samples: [unsure, unsure, unsure, right] };
    expect(played(vote, change)).toMatchObject({ correct: 0, tokens: 100 });
    // Each order cuts those before its last place after two or three tokens.
    const cut = played({ ...vote, breakOff: { window: 2, below: -2 } }, change);
    expect(cut?.tokens).toBeLessThan(10 + 2 * 3 + 30 + 1e-9);
    expect(cut?.correct).toBeGreaterThan(0.5);
  });
});

test('a vote that is played over known answers ends where one that draws them does', async () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 12, maxLength: 12 });
  const rules = fc.constantFrom<StoppingRule>(
    { type: 'all' },
    { type: 'exact' },
    { type: 'beta', level: 0.8 },
    { type: 'window', size: 3 },
    { type: 'e-value', alpha: 0.2 },
  );
  const waves = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      keys,
      rules,
      waves,
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      async (answers, rule, sizes, most, accepted) => {
        const voted = await vote(
          {
            rule,
            most,
            waves: sizes,
            draw: async (index) => index,
            keyOf: (index) => answers[index] ?? null,
            accepts: () => accepted,
          },
          new AbortController().signal,
        );
        expect(playVote({ rule, most, waves: sizes }, answers, accepted)).toEqual({
          begun: voted.begun,
          index: voted.index,
          stoppedBy: voted.stoppedBy,
        });
      },
    ),
  );
});

test('a strategy is compared with its baseline task by task', () => {
  const baseline = replay({ type: 'greedy' }, pools, seededRandom(1));
  const verified = replay({ type: 'verify', most: 4 }, pools, seededRandom(1));
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
