// A token bucket for every run: it refills at a constant rate, up to a burst.
import { type Clock, TiegelError } from '../../base/index.ts';

/** @throws TGL_REWARD_RATE if a run asks for more than its bucket holds */
export function createRateLimit(
  clock: Clock,
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
): (run: string, items: number) => void {
  const buckets = new Map<string, { left: number; at: number }>();
  return (run, items) => {
    const now = clock.monotonic();
    const { left, at } = buckets.get(run) ?? { left: burst, at: now };
    const filled = Math.min(burst, left + ((now - at) / 1000) * perSecond);
    if (filled < items) throw new TiegelError('TGL_REWARD_RATE', { run, limit: perSecond });
    buckets.set(run, { left: filled - items, at: now });
  };
}
