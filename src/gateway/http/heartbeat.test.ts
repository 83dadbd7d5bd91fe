// When silent streams are kept alive, and that nothing runs while there are none.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ManualClock, manualClock } from '../../base/index.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';

let clock: ManualClock;
let heartbeat: Heartbeat;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  clock = manualClock();
  heartbeat = createHeartbeat(clock, 8000);
});
afterEach(() => void vi.useRealTimers());

/** In steps of a second, which is how often the heartbeat looks. */
function pass(seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1000);
    vi.advanceTimersByTime(1000);
  }
}

test('a stream on which nothing moves is beaten for at each time of silence', () => {
  let beats = 0;
  heartbeat.watch(() => void beats++);
  pass(7);
  expect(beats).toBe(0);
  pass(1);
  expect(beats).toBe(1);
  pass(15);
  expect(beats).toBe(2);
  pass(1);
  expect(beats).toBe(3);
});

test('one on which something was written is silent from then on only', () => {
  const beats: string[] = [];
  const written = heartbeat.watch(() => void beats.push('written'));
  heartbeat.watch(() => void beats.push('silent'));
  pass(7);
  written.touch();
  pass(7);
  expect(beats).toEqual(['silent']);
  pass(1);
  expect(beats).toEqual(['silent', 'written']);
});

test('one that has ended is left alone, and the last one takes the timer with it', () => {
  let beats = 0;
  const [first, second] = [heartbeat.watch(() => void beats++), heartbeat.watch(() => void beats++)];
  expect(vi.getTimerCount()).toBe(1);
  first.stop();
  pass(8);
  expect([beats, vi.getTimerCount()]).toEqual([1, 1]);
  second.stop();
  expect(vi.getTimerCount()).toBe(0);
  pass(8);
  expect(beats).toBe(1);
  heartbeat.watch(() => void beats++);
  pass(8);
  expect([beats, vi.getTimerCount()]).toEqual([2, 1]);
});
