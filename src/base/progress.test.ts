import { expect, test } from 'vitest';
import { manualClock } from './clock.ts';
import { progressMeter } from './progress.ts';

test('the rate is the one of the last seconds, and the rest takes as long as it says', () => {
  const clock = manualClock();
  const measure = progressMeter(clock, 100_000);
  expect(measure(0)).toEqual({ done: 0, total: 100_000, perSecond: null, secondsLeft: null });
  for (let second = 1; second <= 20; second++) {
    clock.advance(1000);
    measure(second * 1000);
  }
  // Four times as fast from here on; the slow seconds are forgotten.
  for (let second = 1; second <= 11; second++) {
    clock.advance(1000);
    measure(20_000 + second * 4000);
  }
  const { perSecond, secondsLeft } = measure(64_000);
  expect(perSecond).toBe(4000);
  expect(secondsLeft).toBe(9);
});

test('a download that goes on from earlier does not count what was there', () => {
  const clock = manualClock();
  const measure = progressMeter(clock, 1000);
  measure(900);
  clock.advance(1000);
  expect(measure(950)).toMatchObject({ perSecond: 50, secondsLeft: 1 });
});

test('steps that take longer than the window have a rate all the same', () => {
  const clock = manualClock();
  const measure = progressMeter(clock, 100);
  measure(0);
  clock.advance(60_000);
  measure(1);
  clock.advance(60_000);
  expect(measure(2)).toEqual({ done: 2, total: 100, perSecond: 1 / 60, secondsLeft: 98 * 60 });
});
