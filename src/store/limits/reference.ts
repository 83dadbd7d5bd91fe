// A reference of the limits for the model-based test: it keeps every request ever admitted and sums them up anew at each
// question, where the real one keeps running counts. Slow, short and without state of its own making.
import type { Limit, LimitUnit } from './limit.ts';

export type Entry = {
  readonly id: number;
  readonly at: number;
  readonly model: string;
  readonly held: Readonly<Record<LimitUnit, number>>;
  /** Null while it runs. */
  used: Readonly<Record<LimitUnit, number>> | null;
  settledAt: number;
};

const periods: Readonly<Record<Limit['period'], string | number>> = {
  ...{ minute: 0, hour: 13, day: 10, month: 7, total: 0 },
};

/** The window that a moment lies in, of UTC, by the letters of its date. */
function windowName({ unit, period }: Limit, at: number): string {
  return unit === 'concurrency' ? '' : new Date(at).toISOString().slice(0, periods[period] as number);
}

/** What is used and held of a limit; of a bucket, its level. */
export function sumOf(limit: Limit, entries: readonly Entry[], now: number): number {
  const { unit, model } = limit;
  const own = entries.filter((entry) => model === null || model === entry.model);
  if (limit.period === 'minute' && unit !== 'concurrency') return levelOf(limit, own, now);
  const counted = own.filter(({ at }) => windowName(limit, at) === windowName(limit, now));
  return counted.reduce((sum, { held, used }) => {
    if (used === null) return sum + held[unit];
    return unit === 'concurrency' ? sum : sum + used[unit];
  }, 0);
}

/** Everything that was taken from the bucket or given back, in its order, with what ran out in between. */
function levelOf({ unit, amount }: Limit, entries: readonly Entry[], now: number): number {
  const rate = amount / 60_000;
  const events = entries.flatMap(({ at, held, used, settledAt }) => {
    const unused = used === null ? 0 : held[unit] - used[unit] - rate * (settledAt - at);
    return [
      { at, change: held[unit] },
      { at: settledAt, change: used === null ? 0 : -Math.max(0, unused) },
    ];
  });
  let [level, seen] = [0, 0];
  for (const { at, change } of events.sort((a, b) => a.at - b.at)) {
    level = Math.max(0, Math.max(0, level - rate * (at - seen)) + change);
    seen = at;
  }
  return Math.max(0, level - rate * (now - seen));
}
