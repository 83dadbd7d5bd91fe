// How many replicas keep a wait for requests as they came: fleets of one replica more each time are simulated on the trace and on
// traces that are drawn from its parts, until nearly all requests have their first token in time.
import { type Random, seededRandom } from '../../base/index.ts';
import { quantileOf } from '../../stats/index.ts';
import { followVolumes, sectionOf, type Trace, volumeOf } from './arrivals.ts';
import { waitOfMMk } from './queue-formulas.ts';
import { type EngineCurve, simulateFleet } from './simulate-fleet.ts';

export type FleetRow = {
  readonly replicas: number;
  /** Seconds until the first token, of 50 and of 95 of 100 requests. */
  readonly p50: number;
  readonly p95: number;
  /** 95th percentiles of traces drawn from parts of this one, the tenth lowest and tenth highest of 100. */
  readonly p95Low: number;
  readonly p95High: number;
  readonly idle: number;
  /** The 95th percentile of the wait in an M/M/k queue; null where it is overloaded. */
  readonly formulaP95: number | null;
};

export type FleetPlan = {
  readonly rows: readonly FleetRow[];
  /** Null where no fleet of the largest size keeps the wait. */
  readonly needed: number | null;
};

const draws = 10;
const seed = 94;
const partSeconds = 60;
/** A part is longer where requests are rare, so that hardly any is empty. */
const partRequests = 20;

export type FleetOptions = {
  /** Replicas at most. @default 64 */
  readonly most?: number;
  /** Fleets that are shown beyond the one that is needed. @default 0 */
  readonly beyond?: number;
};

/**
 * @param wait seconds for the first token that 95 of 100 requests keep
 */
export function planFleet(
  trace: Trace,
  engine: EngineCurve,
  wait: number,
  { most = 64, beyond = 0 }: FleetOptions = {},
): FleetPlan {
  const others = Array.from({ length: draws }, (_, draw) => redrawn(trace, engine, seededRandom(seed, draw)));
  const rows: FleetRow[] = [];
  let needed: number | null = null;
  for (
    let replicas = fewestReplicas(trace, engine);
    replicas <= (needed ?? most - beyond) + beyond;
    replicas++
  ) {
    const row = rowOf(trace, others, engine, replicas);
    rows.push(row);
    if (row.p95 <= wait) needed ??= replicas;
  }
  return { rows, needed };
}

/** The smallest fleet that keeps the wait, without what redrawn traces say; null where none of the largest size does. */
export function replicasNeeded(trace: Trace, engine: EngineCurve, wait: number, most = 64): number | null {
  for (let replicas = fewestReplicas(trace, engine); replicas <= most; replicas++)
    if (keepsWait(trace, engine, replicas, wait)) return replicas;
  return null;
}

/** 95 of 100 requests have their first token in time. */
export function keepsWait(trace: Trace, engine: EngineCurve, replicas: number, wait: number): boolean {
  return firstTokenP95(trace, engine, replicas) <= wait;
}

/** Fewer cannot keep up with what comes. */
function fewestReplicas(trace: Trace, engine: EngineCurve): number {
  return Math.max(1, Math.ceil(workOf(trace, engine) / trace.duration));
}

/** Seconds of one engine whose slots are all in use. */
function workOf(trace: Trace, { slots, stepSeconds, promptTokenSeconds }: EngineCurve): number {
  return volumeOf(
    trace,
    ({ promptTokens, completionTokens }) =>
      promptTokens * promptTokenSeconds + (completionTokens * stepSeconds(slots)) / slots,
  );
}

/** Parts of the trace in another order, at the volumes that its parts have. */
function redrawn(trace: Trace, engine: EngineCurve, random: Random): Trace {
  const few = (partRequests * trace.duration) / trace.arrivals.length;
  const part = Math.min(Math.max(partSeconds, few), trace.duration / 4);
  const sizeOf = (arrival: Trace['arrivals'][number]): number =>
    workOf({ arrivals: [arrival], duration: 1 }, engine);
  const volumes = Array.from({ length: Math.floor(trace.duration / part) }, (_, index) =>
    volumeOf(sectionOf(trace, index * part, (index + 1) * part), sizeOf),
  );
  return followVolumes(trace, volumes, part, sizeOf, random);
}

function rowOf(trace: Trace, others: readonly Trace[], engine: EngineCurve, replicas: number): FleetRow {
  const { requests, idle } = simulateFleet(trace, engine, replicas);
  const waits = Float64Array.from(requests, ({ firstToken }) => firstToken).sort();
  const drawn = others.map((other) => firstTokenP95(other, engine, replicas)).sort((one, two) => one - two);
  return {
    replicas,
    p50: quantileOf(waits, 0.5),
    p95: quantileOf(waits, 0.95),
    p95Low: quantileOf(drawn, 0.1),
    p95High: quantileOf(drawn, 0.9),
    idle,
    formulaP95: formulaP95(trace, engine, replicas),
  };
}

function firstTokenP95(trace: Trace, engine: EngineCurve, replicas: number): number {
  const { requests } = simulateFleet(trace, engine, replicas);
  return quantileOf(Float64Array.from(requests, ({ firstToken }) => firstToken).sort(), 0.95);
}

/** The prompt's own time and the wait for one of all slots, each as fast as with all of them in use. */
function formulaP95(trace: Trace, engine: EngineCurve, replicas: number): number | null {
  const { arrivals, duration } = trace;
  const load = workOf(trace, engine) / (duration * replicas);
  if (load >= 1) return null;
  const slots = engine.slots * replicas;
  const prompt = volumeOf(trace, ({ promptTokens }) => promptTokens) / arrivals.length;
  return (
    waitOfMMk(slots, load, (load * slots * duration) / arrivals.length).p95 +
    prompt * engine.promptTokenSeconds
  );
}

/** What a trace looks like. */
export type TraceFacts = {
  readonly requests: number;
  readonly seconds: number;
  readonly clients: number;
  /** Share of the tokens that the client with the most has. */
  readonly topClient: number;
  /** Squared coefficient of variation of the gaps between requests; 1 where they come independently. */
  readonly gapVariation: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
};

export function factsOf(trace: Trace): TraceFacts {
  const { arrivals, duration } = trace;
  const tokensOf = ({ promptTokens, completionTokens }: Trace['arrivals'][number]): number =>
    promptTokens + completionTokens;
  const byClient = new Map<string, number>();
  for (const arrival of arrivals)
    byClient.set(arrival.client, (byClient.get(arrival.client) ?? 0) + tokensOf(arrival));
  const gaps = arrivals.slice(1).map(({ at }, index) => at - (arrivals[index]?.at ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  const all = volumeOf(trace, tokensOf);
  return {
    ...{ requests: arrivals.length, seconds: duration, clients: byClient.size },
    topClient: all === 0 ? 0 : [...byClient.values()].reduce((most, own) => Math.max(most, own), 0) / all,
    gapVariation: mean === 0 ? 0 : variance / mean ** 2,
    promptTokens: volumeOf(trace, ({ promptTokens }) => promptTokens),
    completionTokens: volumeOf(trace, ({ completionTokens }) => completionTokens),
  };
}

/**
 * The step of an engine between speeds that were measured; beyond the most sequences nothing runs.
 *
 * @param speeds tokens per second of all sequences together
 */
export function curveOf(
  speeds: readonly { readonly sequences: number; readonly tokensPerSecond: number }[],
  promptTokensPerSecond: number,
): EngineCurve {
  const points = speeds
    .map(({ sequences, tokensPerSecond }) => ({ sequences, seconds: sequences / tokensPerSecond }))
    .sort((one, other) => one.sequences - other.sequences);
  const last = points.at(-1);
  if (last === undefined) throw new TypeError('curveOf: no speed was measured');
  return {
    slots: last.sequences,
    stepSeconds: (decoding) => {
      const above = points.findIndex(({ sequences }) => sequences >= decoding);
      const high = points[above] ?? last;
      const low = points[above - 1] ?? high;
      if (high.sequences === low.sequences) return high.seconds;
      const part = (decoding - low.sequences) / (high.sequences - low.sequences);
      return low.seconds + part * (high.seconds - low.seconds);
    },
    promptTokenSeconds: 1 / promptTokensPerSecond,
    promptTokensPerStep: 128,
  };
}
