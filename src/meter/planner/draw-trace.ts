// Requests that nobody has seen yet, drawn from how many come, how much they bunch and how long they are.
import { type Random, seededRandom } from '../../base/index.ts';
import { randomGamma } from '../../stats/index.ts';
import type { Arrival, Trace } from './arrivals.ts';

export type ArrivalRates = {
  /** Requests a second. */
  readonly perSecond: number;
  /** Squared coefficient of variation of the gaps between them; 1 where they come independently, more where they bunch. */
  readonly gapVariation: number;
  /** Means of tokens. */
  readonly promptTokens: number;
  readonly completionTokens: number;
};

const seed = 96;

/**
 * Gaps are drawn from a Gamma distribution, lengths from an exponential one (both as ServeGen finds them in published traces, the
 * lengths of replies with a somewhat heavier tail). All of one client.
 *
 * @throws TypeError for rates that are not above 0
 */
export function drawTrace(
  { perSecond, gapVariation, promptTokens, completionTokens }: ArrivalRates,
  requests: number,
  random: Random = seededRandom(seed),
): Trace {
  if (!(perSecond > 0 && gapVariation > 0 && promptTokens >= 0 && completionTokens > 0 && requests >= 1))
    throw new TypeError(`drawTrace: ${requests} requests of ${perSecond} a second, gaps of ${gapVariation}`);
  const meanGap = 1 / perSecond;
  const gap = (): number => randomGamma(random, 1 / gapVariation) * gapVariation * meanGap;
  const length = (mean: number): number => Math.max(1, Math.round(randomGamma(random, 1) * mean));
  let at = 0;
  const arrivals = Array.from({ length: requests }, (): Arrival => {
    at += gap();
    return {
      ...{ at, client: 'all' },
      ...{ promptTokens: length(promptTokens), completionTokens: length(completionTokens) },
    };
  });
  return { arrivals, duration: at + meanGap };
}
