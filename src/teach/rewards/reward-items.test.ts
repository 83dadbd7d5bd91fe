// Which rewards completions get.
import { expect, test } from 'vitest';
import type { RewardItem } from './protocol.ts';
import { accuracyAlone, rewardItems } from './reward-items.ts';

const item = (change: Partial<RewardItem> = {}): RewardItem => ({
  id: 'a',
  task: 'sums',
  verifier: 'number',
  prompt: 'What is 3 + 4?',
  completion: '<think>three and four</think>7',
  ground_truth: '7',
  n_tokens: 10,
  truncated: false,
  ...change,
});

const only = (change: Partial<RewardItem>, rules = accuracyAlone) => rewardItems([item(change)], rules)[0];

test.each([
  ['a right answer', {}, 1, 'correct'],
  ['one whose opening tag is in the prompt', { completion: 'three and four</think>7' }, 1, 'correct'],
  ['a wrong answer', { completion: '<think></think>8' }, 0, 'wrong'],
  ['a result within an open think block', { completion: '<think>7' }, 0, 'wrong'],
  ['a second think block', { completion: '<think>a</think><think>b</think>7' }, 0, 'wrong'],
  ['an unknown verifier', { verifier: 'constructor' }, null, 'unscorable'],
  ['a ground truth that cannot be read', { ground_truth: 'seven' }, null, 'unscorable'],
] as const)('%s', (_, change, reward, verdict) => {
  expect(only(change)).toMatchObject({ id: 'a', reward, verdict });
});

test('a truncated completion says why it is wrong', () => {
  expect(only({ completion: '<think>', truncated: true })?.reason).toBe('cut off while thinking');
});

test('parts are weighed and named', () => {
  const rules = {
    weights: { accuracy: 1, format: 0.5, language: 0.25, overlong: 1 },
    limits: { maxLength: 20, overlongCache: 10 },
  };
  const rewarded = only({ completion: '<think>一二</think>ab 7', n_tokens: 15 }, rules);
  expect(rewarded?.parts).toEqual({ accuracy: 1, format: 1, language: 0.5, overlong: -0.5 });
  expect(rewarded?.reward).toBeCloseTo(1 + 0.5 + 0.125 - 0.5, 12);
});

test('length is compared within the group of a prompt', () => {
  const rules = { weights: { length: 1 }, limits: accuracyAlone.limits };
  const items = [
    item({ n_tokens: 10 }),
    item({ id: 'b', n_tokens: 30 }),
    item({ id: 'c', prompt: 'another', n_tokens: 500 }),
  ];
  expect(rewardItems(items, rules).map(({ reward }) => reward)).toEqual([0.5, -0.5, 0]);
});
