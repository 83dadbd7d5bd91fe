import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { progressMeter } from './progress.ts';

test('the rate is the one of the last seconds, and the rest takes as long as it says', () => {
  const clock = manualClock();
  const measure = progressMeter(clock, 100_000);
  expect(measure(0)).toEqual({ received: 0, total: 100_000, bytesPerSecond: null, secondsLeft: null });
  for (let second = 1; second <= 20; second++) {
    clock.advance(1000);
    measure(second * 1000);
  }
  // Four times as fast from here on; the slow seconds are forgotten.
  for (let second = 1; second <= 11; second++) {
    clock.advance(1000);
    measure(20_000 + second * 4000);
  }
  const { bytesPerSecond, secondsLeft } = measure(64_000);
  expect(bytesPerSecond).toBe(4000);
  expect(secondsLeft).toBe(9);
});

test('a download that goes on from earlier does not count what was there', () => {
  const clock = manualClock();
  const measure = progressMeter(clock, 1000);
  measure(900);
  clock.advance(1000);
  expect(measure(950)).toMatchObject({ bytesPerSecond: 50, secondsLeft: 1 });
});
