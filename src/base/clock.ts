// Time as an injected value: the system clock in production, a manual one in tests. The only place that reads it.

export type Clock = {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds from an arbitrary start; never runs backwards. */
  readonly monotonic: () => number;
};

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

export type ManualClock = Clock & { readonly advance: (milliseconds: number) => void };

/** A clock that stands still until it is advanced. */
export function manualClock(start = 0): ManualClock {
  let elapsed = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    advance: (milliseconds) => {
      elapsed += milliseconds;
    },
  };
}
