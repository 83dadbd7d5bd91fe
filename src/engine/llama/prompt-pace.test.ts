import { expect, test } from 'vitest';
import { createPromptPace } from './prompt-pace.ts';

test('alone, a prompt gets the whole step; beside others, as much as takes 150 ms, and 16 tokens at least', () => {
  const pace = createPromptPace(128);
  expect([pace.room(false), pace.room(true)]).toEqual([128, 128]);
  expect(pace.expected(64)).toBeUndefined();
  pace.took(128, 384);
  expect(pace.expected(64)).toBe(192);
  expect([pace.room(false), pace.room(true)]).toEqual([128, 50]);
  for (let step = 0; step < 5; step++) pace.took(50, 5000);
  expect(pace.room(true)).toBe(16);
  for (let step = 0; step < 5; step++) pace.took(16, 1);
  expect(pace.room(true)).toBe(128);
});

test('single measurements, and steps of a few tokens, which cost more for each, say nothing', () => {
  const pace = createPromptPace(128);
  for (let step = 0; step < 5; step++) pace.took(50, 150);
  pace.took(50, 90_000);
  pace.took(2, 90_000);
  expect(pace.room(true)).toBe(50);
});
