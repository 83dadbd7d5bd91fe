// The waits of one exchange: one after another, and one for the whole of it. They share a timer, which is set for the next moment at
// which any of them may be over and looks then: nearly every exchange ends long before, and a timer costs more to set
// than what is waited for costs to note.
import type { Clock } from '../base/index.ts';

export type Waits = {
  /** In place of the wait before. */
  readonly begin: (limitMs: number, what: string) => void;
  /** The present wait begins anew, where there is one. */
  readonly renew: () => void;
  /** Nothing is waited for but the whole. */
  readonly pause: () => void;
  /** Nothing is waited for any more. */
  readonly end: () => void;
};

/** What Node's timers take at most. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * @param wholeMs for the whole, from now on, and kept from the first wait on; infinite where it has no limit
 * @param onLate told once of the wait that was over
 */
export function createWaits(
  clock: Clock,
  wholeMs: number,
  onLate: (what: string, limitMs: number) => void,
): Waits {
  const wholeDue = clock.monotonic() + wholeMs;
  let due = Number.POSITIVE_INFINITY;
  let limitMs = Number.POSITIVE_INFINITY;
  let what = '';
  let timer: NodeJS.Timeout | undefined;
  let setFor = Number.POSITIVE_INFINITY;

  const setTimer = (now: number): void => {
    const next = Math.min(due, wholeDue);
    // A timer that is set for an earlier moment looks again then.
    if (next >= setFor) return;
    clearTimeout(timer);
    setFor = next;
    timer = setTimeout(look, Math.min(Math.ceil(next - now), longestTimerMs));
  };
  const look = (): void => {
    setFor = Number.POSITIVE_INFINITY;
    const now = clock.monotonic();
    if (now >= due) onLate(what, limitMs);
    else if (now >= wholeDue) onLate('finish', wholeMs);
    else setTimer(now);
  };

  return {
    begin: (limit, name) => {
      limitMs = limit;
      what = name;
      const now = clock.monotonic();
      due = now + limit;
      setTimer(now);
    },
    renew: () => {
      if (due !== Number.POSITIVE_INFINITY) due = clock.monotonic() + limitMs;
    },
    pause: () => {
      due = Number.POSITIVE_INFINITY;
    },
    end: () => clearTimeout(timer),
  };
}
