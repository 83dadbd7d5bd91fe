// What one limit counts. A window has what is settled and what is held of what this node was granted; a minute is a bucket, in
// which everything that was taken runs out evenly within a minute. Nothing here waits, so that nothing comes in between a
// look and what is done by it.
import type { Window } from './calendar.ts';
import type { Limit, LimitState } from './limit.ts';

/** One moment on both clocks, in milliseconds. */
export type Moment = { readonly now: number; readonly monotonic: number };

/** What a request holds of one limit. */
export type Taken = {
  readonly counter: Counter;
  readonly held: number;
  /** The window in which it was admitted, to which it belongs however long it runs. */
  readonly window: CountedWindow | null;
  readonly since: number;
};

export type CountedWindow = Window & {
  settled: number;
  held: number;
  /** What this node may use of it: everything where it is the only one. */
  granted: number;
  /** Nothing more is taken of it, and what it has left goes back: its leases lapsed, or its limit was lowered. */
  isForfeited: boolean;
  /** What others were granted of it or have used, as far as this node has heard. */
  elsewhere: number;
  /** What was used of it before the limit was counted by leases. */
  readonly before: number;
};

export type Counter = {
  readonly limit: () => Limit;
  /** A limit of another amount over the same use. */
  readonly change: (limit: Limit) => void;
  /** What a request may take now; negative where a limit was lowered below what is used. */
  readonly free: (at: Moment) => number;
  /** Whether another node may hold what this one lacks. */
  readonly mayBeGranted: (need: number, at: Moment) => boolean;
  /** Milliseconds until so much is free if nobody takes more; infinite where it never is. */
  readonly waitFor: (need: number, at: Moment) => number;
  readonly take: (need: number, at: Moment) => Taken;
  /** What was held is used as far as it says, and the rest is free again. */
  readonly settle: (taken: Taken, used: number, at: Moment) => void;
  /** Counts what was used before this counter was. */
  readonly add: (settled: number, at: Moment) => void;
  /** Nothing of it is granted to this node any more. What is held goes on being counted in the window that it was taken of. */
  readonly forfeit: () => void;
  readonly state: (at: Moment) => LimitState;
  /** The present window; null for a bucket. */
  readonly window: (at: Moment) => CountedWindow | null;
};

const nothing = { settled: 0, held: 0, granted: 0, isForfeited: false, elsewhere: 0, before: 0 };
const minute = 60_000;
/** Until a place that others hold may be free: nobody knows, and asking again that often costs little. */
const concurrencyWaitMs = 1000;

/**
 * A counter over windows.
 *
 * @param leased whether a window begins with nothing granted, as where several nodes share it
 */
export function windowCounter(first: Limit, windowAt: (now: number) => Window, leased: boolean): Counter {
  let limit = first;
  let window: CountedWindow = { ...nothing, start: 0, end: 0 };

  // A clock that was set back leaves the window as it is: what was used in it would be free again.
  const current = ({ now }: Moment): CountedWindow => {
    if (now < window.end) return window;
    window = { ...windowAt(now), ...nothing, granted: leased ? 0 : limit.amount };
    return window;
  };
  const free = (at: Moment): number => {
    const { granted, settled, held } = current(at);
    return granted - settled - held;
  };

  const counter: Counter = {
    limit: () => limit,
    change: (next) => {
      if (!leased) window.granted = next.amount;
      // All nodes together may have been granted more than that: what is free, and what will be, is asked for anew.
      else if (next.amount < limit.amount) counter.forfeit();
      limit = next;
    },
    free,
    mayBeGranted: (need, at) => {
      const { settled, held } = current(at);
      return leased && settled + held + need <= limit.amount;
    },
    waitFor: (need, at) => {
      if (need > limit.amount) return Number.POSITIVE_INFINITY;
      if (need <= free(at)) return 0;
      return limit.unit === 'concurrency' ? concurrencyWaitMs : current(at).end - at.now;
    },
    take: (need, at) => {
      const taken = current(at);
      taken.held += need;
      return { counter, held: need, window: taken, since: at.monotonic };
    },
    settle: ({ held, window: taken }, used) => {
      if (taken === null) return;
      taken.held -= held;
      taken.settled += used;
    },
    add: (settled, at) => {
      if (leased) window = { ...current(at), before: settled };
      else current(at).settled += settled;
    },
    forfeit: () => {
      if (!leased) return;
      const { start, end, before, settled, held } = window;
      window.isForfeited = true;
      window = { ...nothing, start, end, before, elsewhere: window.elsewhere + settled + held };
    },
    state: (at) => {
      const { settled, held: own, elsewhere, end } = current(at);
      const held = own + elsewhere;
      const remaining = Math.max(0, limit.amount - settled - held);
      const resetMs = settled + held === 0 ? 0 : end - at.now;
      return { limit, settled, held, remaining, resetMs };
    },
    window: current,
  };
  return counter;
}

/**
 * A bucket that holds the amount of a minute and refills evenly. Levels are counted in amounts × milliseconds of a minute, so
 * that they are whole numbers.
 */
export function bucketCounter(first: Limit): Counter {
  let limit = first;
  /** The highest amount it has had, which bounds what may have refilled. */
  let fastest = first.amount;
  let level = 0;
  let held = 0;
  let seen = Number.NEGATIVE_INFINITY;

  const levelAt = ({ monotonic }: Moment): number => {
    const moment = Math.floor(monotonic);
    if (moment > seen) {
      level = seen === Number.NEGATIVE_INFINITY ? 0 : Math.max(0, level - (moment - seen) * limit.amount);
      seen = moment;
    }
    return level;
  };
  const free = (at: Moment): number => (limit.amount * minute - levelAt(at)) / minute;

  const counter: Counter = {
    limit: () => limit,
    change: (next) => {
      limit = next;
      fastest = Math.max(fastest, next.amount);
    },
    free,
    mayBeGranted: () => false,
    waitFor: (need, at) => {
      if (need > limit.amount || limit.amount === 0) return need === 0 ? 0 : Number.POSITIVE_INFINITY;
      return Math.max(0, Math.ceil((need * minute - (limit.amount * minute - levelAt(at))) / limit.amount));
    },
    take: (need, at) => {
      level = levelAt(at) + need * minute;
      held += need;
      return { counter, held: need, window: null, since: seen };
    },
    settle: (taken, used, at) => {
      // What has refilled since it was taken is free already and is not given back a second time.
      const refilled = Math.max(0, Math.floor(at.monotonic) - taken.since) * fastest;
      level = levelAt(at) - Math.min(level, Math.max(0, (taken.held - used) * minute - refilled));
      held -= taken.held;
    },
    add: (settled, at) => {
      level = levelAt(at) + settled * minute;
    },
    forfeit: () => {},
    state: (at) => {
      const all = Math.ceil(levelAt(at) / minute);
      const remaining = Math.max(0, limit.amount - all);
      const resetMs = limit.amount === 0 ? Number.POSITIVE_INFINITY : Math.ceil(level / limit.amount);
      const unrefilled = Math.min(held, all);
      const resets = level === 0 ? 0 : resetMs;
      return { limit, settled: all - unrefilled, held: unrefilled, remaining, resetMs: resets };
    },
    window: () => null,
  };
  return counter;
}
