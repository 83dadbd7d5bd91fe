import { describe, expect, test } from 'vitest';
import {
  cosineReward,
  distinctiveWords,
  groupRewards,
  type Judged,
  languageShare,
  lengthReward,
  overlongPenalty,
  repetitionPenalty,
} from './rewards.ts';

const judged = (part: Partial<Judged>): Judged => ({
  correct: true,
  wellFormed: true,
  languageShare: 1,
  length: 4,
  ...part,
});
const limits = { maxLength: 100, overlongCache: 20 };

test.each([
  [80, 0],
  [81, -0.05],
  [90, -0.5],
  [100, -1],
  [101, -1],
])('%d tokens of 100 with a cache of 20 cost %d', (length, penalty) => {
  expect(overlongPenalty(length, 100, 20)).toBeCloseTo(penalty, 12);
});

test.each([
  [0, 1],
  [50, 0.75],
  [100, 0.5],
])('by cosine %d tokens of 100 earn ±%d', (length, reward) => {
  expect(cosineReward(length, 100, true)).toBeCloseTo(reward, 12);
  expect(cosineReward(length, 100, false)).toBeCloseTo(-reward, 12);
});

test('five equal tokens repeat three of their four pairs', () => {
  expect(repetitionPenalty([7, 7, 7, 7, 7], 2)).toBe(-0.75);
  expect(repetitionPenalty([1, 2, 3, 4], 2)).toBe(0);
  expect(repetitionPenalty([1], 2)).toBe(0);
});

test('by length the shortest right one earns most, and a wrong one never earns', () => {
  const lengths = [10, 20, 30];
  expect(lengths.map((length) => lengthReward(length, lengths, true))).toEqual([0.5, 0, -0.5]);
  expect(lengths.map((length) => lengthReward(length, lengths, false))).toEqual([0, 0, -0.5]);
  expect(lengthReward(10, [10, 10], true)).toBe(0);
});

test('language consistency counts words that only one language has', () => {
  const words = distinctiveWords({
    en: ['Anna has 3 apples', 'in a bag'],
    de: ['Anna hat 3 Äpfel', 'in a Beutel'],
  });
  expect(languageShare('Anna has Äpfel, has in apples', 'en', words)).toBe(0.75);
  expect(languageShare('Anna has Äpfel, has in apples', 'de', words)).toBe(0.25);
  expect(languageShare('Anna 3 in', 'en', words)).toBeNull();
});

describe('composed rewards', () => {
  test('are the weighed sum of their parts', () => {
    const group = [
      judged({}),
      judged({ correct: false, length: 90 }),
      judged({ correct: false, wellFormed: false, languageShare: 0.5 }),
    ];
    const rewards = groupRewards(
      group,
      { accuracy: 1, format: 0.1, language: 0.2, overlong: 1, length: 0 },
      limits,
    );
    const expected = [1 + 0.1 + 0.2, 0.1 + 0.2 - 0.5, 0.2 * 0.5];
    rewards.forEach(({ reward }, index) => {
      expect(reward).toBeCloseTo(expected[index]!, 12);
    });
    expect(rewards[2]!.parts).toEqual({ accuracy: 0, format: 0, language: 0.5, overlong: 0 });
  });

  test('are null where the verifier cannot say, however well the rest is', () => {
    const [first, second] = groupRewards(
      [judged({ correct: null }), judged({})],
      { accuracy: 1, format: 1 },
      limits,
    );
    expect(first!.reward).toBeNull();
    expect(second!.reward).toBe(2);
  });
});

test.each([
  ['length', [0.5, -0.5]],
  ['cosine', [cosineReward(4, 100, true), cosineReward(8, 100, true)]],
  ['repetition', [0, -0.5]],
] as const)('the reward %s alone is worth what its rule says, over the whole group', (name, expected) => {
  const group = [judged({ length: 4, tokens: [1, 2, 3, 4] }), judged({ length: 8, tokens: [7, 7, 7, 7] })];
  const rewards = groupRewards(group, { [name]: 1 }, limits).map(({ reward }) => reward);
  rewards.forEach((reward, index) => {
    expect(reward).toBeCloseTo(expected[index]!, 12);
  });
});

test('repetition is 0 where the tokens are not known, and one n-gram repeats nothing', () => {
  expect(groupRewards([judged({})], { repetition: 1 }, limits)[0]!.reward).toBeCloseTo(0, 12);
  expect(repetitionPenalty([5, 5], 2)).toBe(0);
  expect(repetitionPenalty([5, 5, 5], 2)).toBe(-0.5);
});

test('words of both languages in equal number, capital letters and texts without words', () => {
  const words = distinctiveWords({ en: ['has Apples'], de: ['hat Äpfel'] });
  expect(languageShare('has hat', 'en', words)).toBe(0.5);
  expect(languageShare('HAS', 'en', words)).toBe(1);
  expect(languageShare('ÄPFEL', 'en', words)).toBe(0);
  expect(languageShare('12 + 3', 'en', words)).toBeNull();
});

test('no penalty has the sign of zero turned round', () => {
  expect(Object.is(overlongPenalty(80, 100, 20), 0)).toBe(true);
});
