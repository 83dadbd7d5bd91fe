// The waits of an exchange over a clock and timers that the test moves.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWaits } from './waits.ts';

const none = Number.POSITIVE_INFINITY;
/** In whole milliseconds, as the timers of the test are. */
const clock = { now: () => Date.now(), monotonic: () => Date.now() };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

function waits(wholeMs: number) {
  const late: string[] = [];
  return { late, ...createWaits(clock, wholeMs, (what, limitMs) => late.push(`${what} ${limitMs}`)) };
}

test('a shorter wait behind a longer one is over when it says', () => {
  const { late, begin } = waits(none);
  begin(1000, 'connect');
  vi.advanceTimersByTime(10);
  begin(20, 'answer');
  vi.advanceTimersByTime(19);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(late).toEqual(['answer 20']);
});

test('however many waits follow one another, there is one timer, and none once they have ended', () => {
  const { begin, renew, pause, end } = waits(60_000);
  for (let turn = 0; turn < 50; turn++) {
    begin(1000 + turn, 'go on');
    vi.advanceTimersByTime(5);
    renew();
    expect(vi.getTimerCount()).toBe(1);
  }
  pause();
  expect(vi.getTimerCount()).toBe(1);
  end();
  expect(vi.getTimerCount()).toBe(0);
});

test('a limit that no timer can be set for is kept all the same', () => {
  const { late, begin } = waits(none);
  const fortyDays = 40 * 86_400_000;
  begin(fortyDays, 'finish');
  vi.advanceTimersByTime(fortyDays - 1);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(late).toEqual([`finish ${fortyDays}`]);
});

test('whatever is begun, renewed and paused, what is over first is told when it is, and nothing else', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('begin' as const), limit: fc.integer({ min: 1, max: 500 }) }),
    fc.constant({ type: 'renew' as const }),
    fc.constant({ type: 'pause' as const }),
    fc.record({ type: fc.constant('advance' as const), by: fc.integer({ min: 0, max: 400 }) }),
  );
  const wholes = fc.oneof(fc.constant(none), fc.integer({ min: 1, max: 1500 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), wholes, (steps, wholeMs) => {
      const { late, begin, renew, pause, end } = waits(wholeMs);
      let now = 0;
      let due = none;
      let limit = none;
      begin(none, 'nothing');
      for (const one of steps) {
        if (one.type === 'begin') {
          limit = one.limit;
          due = now + limit;
          begin(limit, 'wait');
        } else if (one.type === 'renew') {
          if (due !== none) due = now + limit;
          renew();
        } else if (one.type === 'pause') {
          due = none;
          pause();
        } else {
          const over = Math.min(due, wholeMs);
          vi.advanceTimersByTime(one.by);
          now += one.by;
          expect(late.length > 0).toBe(over <= now);
          if (late.length === 0) continue;
          expect(late[0]).toBe(due <= wholeMs ? `wait ${limit}` : `finish ${wholeMs}`);
          break;
        }
      }
      end();
    }),
  );
});
