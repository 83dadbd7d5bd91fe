import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { watchDrift } from './drift.ts';

/** After how many replies it is found; undefined where it never is. */
function foundAfter(rate: number, replies: number, seed: number, expected = 0.8): number | undefined {
  const random = seededRandom(17, seed);
  const watch = watchDrift({ share: expected, tasks: 300 });
  for (let reply = 1; reply <= replies; reply++) {
    watch.add(random.next() < rate);
    if (watch.found() !== null) return reply;
  }
  return undefined;
}

const runs = Array.from({ length: 200 }, (_, run) => run);

describe('a share that was 0.8 of 300 tasks', () => {
  test('and still is gives hardly ever an alarm, though it is looked at after each of 2,000 replies', () => {
    const alarms = runs.filter((run) => foundAfter(0.8, 2_000, run) !== undefined);
    expect(alarms.length).toBeLessThanOrEqual(4);
  });

  test.each([
    [0.5, 150],
    [0.95, 400],
  ])('and is now %d is found within %d replies, nine times of ten', (rate, replies) => {
    const missed = runs.filter((run) => foundAfter(rate, replies, run) === undefined);
    expect(missed.length).toBeLessThanOrEqual(20);
  });
});

test('says which way it went, and keeps to that', () => {
  const watch = watchDrift({ share: 0.8, tasks: 300 });
  for (let reply = 0; reply < 50; reply++) watch.add(false);
  expect(watch.found()).toBe('settles fewer');
  for (let reply = 0; reply < 1_000; reply++) watch.add(true);
  expect(watch.found()).toBe('settles fewer');
});

test('what always or never settled can only drift the other way', () => {
  const never = watchDrift({ share: 0, tasks: 50 });
  for (let reply = 0; reply < 500; reply++) never.add(false);
  expect(never.found()).toBeNull();
  for (let reply = 0; reply < 500; reply++) never.add(true);
  expect(never.found()).toBe('settles more');
});
