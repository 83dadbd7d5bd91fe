import { expect, test } from 'vitest';
import { manualClock } from './clock.ts';
import { identifierSource } from './identifier.ts';

test('a manual clock moves only when it is told to', () => {
  const clock = manualClock(1_000);
  clock.advance(250);
  expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
});

test('identifiers carry the prefix, sort by time and use the entropy given', () => {
  const clock = manualClock(1_700_000_000_000);
  const next = identifierSource(clock, (length) => new Uint8Array(length).fill(0xab));
  const first = next('req');
  clock.advance(1);
  expect(first).toMatch(/^req_[0-9a-z]+_(ab){10}$/);
  expect(next('req') > first).toBe(true);
});
