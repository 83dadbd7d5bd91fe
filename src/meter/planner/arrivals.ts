// Requests as they came, to be planned with. The pattern of a trace is kept as it is, bursts, hours and lengths that go together
// included: rates, means and variances of it predict waits badly. A volume that differs is had by leaving out requests at
// random, or by laying others of the same trace over it.
import { firstAccepted, type Random } from '../../base/index.ts';

export type Arrival = {
  /** Seconds from the beginning of the trace. */
  readonly at: number;
  /** Who asked; requests of one client wait for each other first. */
  readonly client: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
};

export type Trace = {
  /** In the order of time. */
  readonly arrivals: readonly Arrival[];
  /** Seconds. */
  readonly duration: number;
};

/** Requests in [from, below), with `from` as the new beginning. */
export function sectionOf({ arrivals }: Trace, from: number, below: number): Trace {
  return {
    arrivals: arrivals
      .slice(countBefore(arrivals, from), countBefore(arrivals, below))
      .map((arrival) => ({ ...arrival, at: arrival.at - from })),
    duration: below - from,
  };
}

/** How many come before a time, by halving. */
function countBefore(arrivals: readonly Arrival[], time: number): number {
  let [low, high] = [0, arrivals.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((arrivals[middle] as Arrival).at < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The trace at another volume: each request is kept with the probability of the factor; beyond 1 copies of the trace are added,
 * each copy turned by a random part of its duration and asked by clients of its own.
 *
 * @param factor above 0
 */
export function scaleVolume({ arrivals, duration }: Trace, factor: number, random: Random): Trace {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) throw new TypeError(`a volume of ${factor} times`);
  const scaled: Arrival[] = [];
  for (let copy = 0; copy < factor; copy++) {
    const share = Math.min(1, factor - copy);
    const turn = copy === 0 ? 0 : random.next() * duration;
    for (const arrival of arrivals) {
      if (share < 1 && random.next() >= share) continue;
      const at = (arrival.at + turn) % duration;
      scaled.push({ ...arrival, at, client: copy === 0 ? arrival.client : `${arrival.client} (${copy})` });
    }
  }
  return { arrivals: scaled.sort((one, other) => one.at - other.at), duration };
}

/**
 * A trace that follows volumes that are expected, part by part: each part is a random one of what was seen, at the volume that is
 * wanted. What belongs together within a part stays together.
 *
 * @param volumes one a part, in the unit of `sizeOf`
 * @param part seconds of one part; at most the duration of what was seen
 * @param sizeOf what a request adds to the volume
 */
export function followVolumes(
  seen: Trace,
  volumes: readonly number[],
  part: number,
  sizeOf: (arrival: Arrival) => number,
  random: Random,
): Trace {
  if (!(part > 0 && part <= seen.duration))
    throw new TypeError(`parts of ${part} s of a trace of ${seen.duration} s`);
  const arrivals = volumes.flatMap((volume, index): readonly Arrival[] => {
    const found = firstAccepted(maxDraws, () => {
      const from = random.next() * (seen.duration - part);
      const drawn = sectionOf(seen, from, from + part);
      return drawn.arrivals.length === 0 ? undefined : drawn;
    });
    if (volume === 0) return [];
    if (found === undefined) throw new TypeError(`no request in ${maxDraws} parts of ${part} s`);
    const scaled = scaleVolume(found, volume / volumeOf(found, sizeOf), random);
    return scaled.arrivals.map((arrival) => ({ ...arrival, at: arrival.at + index * part }));
  });
  return { arrivals, duration: volumes.length * part };
}

/** Traces side by side over the same time. */
export function mergeTraces(traces: readonly Trace[]): Trace {
  return {
    arrivals: traces.flatMap(({ arrivals }) => arrivals).sort((one, other) => one.at - other.at),
    duration: Math.max(0, ...traces.map(({ duration }) => duration)),
  };
}

/** The trace of each client by itself. */
export function byClient({ arrivals, duration }: Trace): ReadonlyMap<string, Trace> {
  return new Map(
    [...Map.groupBy(arrivals, ({ client }) => client)].map(([client, own]) => [
      client,
      { arrivals: own, duration },
    ]),
  );
}

/** Parts without any request are drawn again, so many times. */
const maxDraws = 100;

export function volumeOf({ arrivals }: Trace, sizeOf: (arrival: Arrival) => number): number {
  return arrivals.reduce((sum, arrival) => sum + sizeOf(arrival), 0);
}
