import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { sampleTask } from '../registry.ts';
import { drawSpelledWords } from './spelled-words.ts';

test('words of the two sides differ, and each side has many', () => {
  const random = seededRandom(6);
  for (const language of ['en', 'de'] as const) {
    const drawn = (side: 'train' | 'held-out') =>
      Array.from({ length: 4000 }, () => Object.values(drawSpelledWords(language, random, side))).flat();
    const [train, heldOut] = [new Set(drawn('train')), new Set(drawn('held-out'))];
    expect([...heldOut].filter((word) => train.has(word))).toEqual([]);
    expect(heldOut.size).toBeGreaterThan(20);
    expect(train.size).toBeGreaterThan(1000);
  }
});

test('a story of other people and things is the same problem', () => {
  const sample = (names?: 'train' | 'held-out') =>
    sampleTask('chain-arithmetic', 8, 3, { split: 'held-out', language: 'en', wording: 0, names });
  const [own, told] = [sample(), sample('held-out')];
  expect(told.prompt).not.toBe(own.prompt);
  expect(told.prompt.match(/\d+/g)).toEqual(own.prompt.match(/\d+/g));
  expect([told.canonical, told.trace, told.answer]).toEqual([own.canonical, own.trace, own.answer]);
});
