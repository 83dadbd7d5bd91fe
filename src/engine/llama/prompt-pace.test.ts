import { expect, test } from 'vitest';
import { createPromptPace } from './prompt-pace.ts';

const rests = (count: number, rest = 20): readonly number[] => Array.from({ length: count }, () => rest);
const alone = { decoding: 0, rests: [4000] };
/** So many decode that what a prompt may cost all of them is less than an ordinary step takes. */
const beside = { decoding: 4, rests: rests(1) };

test('alone, a prompt gets as much as takes a second; beside others, 150 ms; and 128 or 16 tokens at least', () => {
  const pace = createPromptPace(512);
  expect([pace.room(alone), pace.room(beside)]).toEqual([128, 128]);
  expect(pace.expected(64)).toBeUndefined();
  pace.took(128, 384);
  expect(pace.expected(64)).toBe(192);
  expect([pace.room(alone), pace.room(beside)]).toEqual([333, 50]);
  for (let step = 0; step < 5; step++) pace.took(50, 5000);
  expect([pace.room(alone), pace.room(beside)]).toEqual([128, 16]);
  for (let step = 0; step < 5; step++) pace.took(16, 1);
  expect(pace.room(beside)).toBe(512);
});

test('single measurements, and steps of a few tokens, which cost more for each, say nothing', () => {
  const pace = createPromptPace(128);
  for (let step = 0; step < 5; step++) pace.took(50, 150);
  pace.took(50, 90_000);
  pace.took(2, 90_000);
  expect(pace.room(beside)).toBe(50);
});

test('prompts that come at once are read at once: 250 ms for each, divided by those who wait for it', () => {
  const pace = createPromptPace(512);
  pace.took(100, 300);
  expect(pace.room({ decoding: 1, rests: rests(5) })).toBe(416);
  expect(pace.room({ decoding: 5, rests: rests(5) })).toBe(83);
  expect(pace.room({ decoding: 1, rests: rests(15) })).toBe(512);
  expect(pace.room({ decoding: 0, rests: rests(15) })).toBe(300);
  expect(pace.room({ decoding: 0, rests: rests(15, 120) })).toBe(512);
});

test('a short prompt beside a long one shares an ordinary step with it', () => {
  const pace = createPromptPace(512);
  pace.took(128, 128);
  expect(pace.room(alone)).toBe(512);
  expect(pace.room({ decoding: 0, rests: [4000, 12] })).toBe(128);
});

test('by how much a step was longer, others are ordinary before the next long one, with prompts or without', () => {
  const pace = createPromptPace(512);
  const burst = { decoding: 1, rests: rests(15) };
  pace.took(100, 300);
  expect(pace.room(burst)).toBe(512);
  pace.took(512, 3 * 512);
  let waited = 0;
  for (; pace.room(burst) < 512; waited += 90) {
    expect(pace.room(burst)).toBe(50);
    pace.took(0, 90);
  }
  expect(waited).toBeGreaterThanOrEqual(3 * (512 - 50));
  expect(waited).toBeLessThan(3 * 512);
});

test('where nobody decodes, long steps are owed to nobody, nor any longer where all who waited are gone', () => {
  const pace = createPromptPace(512);
  const burst = { decoding: 1, rests: rests(15) };
  expect(pace.room({ decoding: 0, rests: rests(15, 100) })).toBe(512);
  pace.took(512, 512);
  expect(pace.room(burst)).toBe(512);
  pace.took(512, 512);
  expect(pace.room(burst)).toBe(128);
  expect(pace.room(alone)).toBe(512);
  expect(pace.room(burst)).toBe(512);
});
