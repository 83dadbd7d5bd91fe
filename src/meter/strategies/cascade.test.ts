import { expect, test } from 'vitest';
import { replayCascade, type Tier } from './cascade.ts';
import type { PooledSample } from './pool.ts';

const sample = (correct: boolean, tokens: number): PooledSample => ({ key: null, correct, tokens });
const tier = (name: string, tokens: number, ...correct: readonly boolean[]): Tier => ({
  name,
  pools: correct.map((isRight, task) => ({ task: `${task}`, greedy: sample(isRight, tokens), samples: [] })),
});
const tiers = [
  tier('small', 10, true, false, false),
  tier('middle', 20, true, true, false),
  tier('large', 40, false, true, true),
];

test('every tier that was asked is paid for, up to the one whose answer is accepted', () => {
  expect(replayCascade(tiers, ({ correct }) => correct)).toMatchObject([
    { task: '0', correct: 1, tokens: 10, samples: 1 },
    { task: '1', correct: 1, tokens: 30, samples: 2 },
    { task: '2', correct: 1, tokens: 70, samples: 3 },
  ]);
});

test('the last answer stands where none is accepted, and the first one where all are', () => {
  expect(replayCascade(tiers, () => false).map(({ correct }) => correct)).toEqual([0, 1, 1]);
  expect(replayCascade(tiers, () => true).map(({ tokens }) => tokens)).toEqual([10, 10, 10]);
});

test('tiers have to have answered the same tasks', () => {
  expect(() => replayCascade([...tiers, tier('other', 1, true)], () => false)).toThrow('the same tasks');
  expect(() => replayCascade([], () => false)).toThrow('without a tier');
});
