import { describe, expect, test } from 'vitest';
import { assertsFalsely } from './assertions.ts';
import { countdownWordings, multiplicationWordings, storyWordings } from './more-wordings.ts';
import { furtherTaskNames, sampleTask, taskNames } from './registry.ts';
import { expanded, filled, wordingsOf } from './wordings.ts';

test('a pattern stands for every choice among its alternatives', () => {
  expect(expanded('{a|b} <x>{?|}')).toEqual(['a <x>?', 'a <x>', 'b <x>?', 'b <x>']);
  expect(expanded('plain')).toEqual(['plain']);
  expect(filled('<x> and <y>', { x: 3, y: 'four' })).toBe('3 and four');
  expect(() => filled('<z>', { x: 3 })).toThrow(/no z/);
  expect(() => wordingsOf({ en: ['only one'], de: ['nur eine'] })).toThrow(/too few/);
});

describe.each([...taskNames, ...furtherTaskNames])('the wordings of %s', (name) => {
  const asked = (split: 'train' | 'held-out', language: 'en' | 'de') =>
    Array.from({ length: 150 }, (_, index) =>
      sampleTask(name, 5, index, { split: 'held-out', language, wordings: split }),
    );

  test.each(['en', 'de'] as const)('leave no part of a problem out and no mark in (%s)', (language) => {
    for (const split of ['train', 'held-out'] as const) {
      for (const { prompt, language: spoken } of asked(split, language)) {
        expect(prompt).not.toMatch(/[<>{}|]|undefined| {2}/);
        expect(spoken).toBe(language);
      }
    }
  });

  test('of one side of their split are never those of the other', () => {
    const shapes = (split: 'train' | 'held-out') =>
      new Set(
        asked(split, 'en').map(({ prompt }) =>
          prompt.replaceAll(/\d+|larger|smaller|largest|smallest/g, '0'),
        ),
      );
    if (name !== 'chain-arithmetic')
      expect([...shapes('held-out')].filter((shape) => shapes('train').has(shape))).toEqual([]);
    expect(shapes('train').size).toBeGreaterThan(10);
  });
});

test('there are ten times as many wordings as a task has of its own, in both languages', () => {
  for (const [wordings, own] of [
    [countdownWordings, 5],
    [multiplicationWordings, 9],
    [storyWordings, 3],
  ] as const) {
    for (const language of ['en', 'de'] as const) {
      const { length } = [...wordings.train[language], ...wordings['held-out'][language]];
      expect(length).toBeGreaterThanOrEqual(10 * own);
    }
  }
});

test.each([
  ['2*(5+2) = 14', false],
  ['2*(5+2) = 21', true],
  ['It is 3+4=8, I think.', true],
  ['12x34 = 408', false],
  ['12×34 = 407', true],
  ['x = 3', false],
  ['5x = 15', false],
  ['3-5 = -2', false],
  ['6776', false],
  ['no', false],
  ['((((((= 3', false],
  ['', false],
])('%j asserts something false: %s', (reply, expected) => {
  expect(assertsFalsely(reply)).toBe(expected);
});
