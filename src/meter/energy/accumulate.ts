// Turns what hardware shows into joules since the first reading: counters, which wrap, and power, which is integrated by
// trapezoids. After a gap that was too long, or a reading that failed, the rest can no longer be known.
import type { Clock } from '../../base/index.ts';
import type { Energy } from './energy.ts';

type Accumulated = { readonly source: string; readonly longestGapMs: number; readonly clock: Clock };

/**
 * @param read joules of the counter now, and after how many it begins again at 0
 */
export function accumulateCounter(
  { source, longestGapMs, clock }: Accumulated,
  read: () => Promise<{ readonly joules: number; readonly range: number }>,
): () => Promise<Energy> {
  return accumulate(source, longestGapMs, clock, async (before: number | undefined) => {
    const { joules, range } = await read();
    const used = joules - (before ?? joules);
    return { state: joules, used: used < 0 ? used + range : used };
  });
}

/** @param read watts now */
export function accumulatePower(
  { source, longestGapMs, clock }: Accumulated,
  read: () => Promise<number>,
): () => Promise<Energy> {
  type Sample = { readonly watts: number; readonly at: number };
  return accumulate(source, longestGapMs, clock, async (before: Sample | undefined) => {
    const now: Sample = { watts: await read(), at: clock.monotonic() };
    const used = before === undefined ? 0 : (((now.watts + before.watts) / 2) * (now.at - before.at)) / 1_000;
    return { state: now, used };
  });
}

function accumulate<State>(
  source: string,
  longestGapMs: number,
  clock: Clock,
  step: (before: State | undefined) => Promise<{ readonly state: State; readonly used: number }>,
): () => Promise<Energy> {
  let joules = 0;
  let last: { readonly state: State; readonly at: number } | undefined;
  let lost: string | undefined;
  return async () => {
    if (lost !== undefined) return { method: 'unknown', source, reason: lost };
    const now = clock.monotonic();
    if (last !== undefined && now - last.at > longestGapMs)
      lost = `not read for ${Math.round((now - last.at) / 1_000)} s, at most ${longestGapMs / 1_000} s can be bridged`;
    else
      try {
        const { state, used } = await step(last?.state);
        joules += used;
        last = { state, at: now };
      } catch (error) {
        lost = error instanceof Error ? error.message : String(error);
      }
    return lost === undefined
      ? { method: 'measured', source, joules }
      : { method: 'unknown', source, reason: lost };
  };
}
