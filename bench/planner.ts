// What the planner says of waits beside what they were: the first half of each trace of real traffic predicts the second one, on
// four replicas of an engine whose speed gives the loads from 0.5 to 0.8. A plan is given the volumes that are expected, here
// those of the second half, client by client and two minutes by two minutes; how requests come within them, and how long they
// are, is known from the first half alone. Wanted is the 95th percentile of the wait for the first token within a factor of two.
// Beside it stand the prediction from the whole volume alone, and the figure of an M/M/k queue. Needs TIEGEL_DATA.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../src/base/index.ts';
import {
  type Arrival,
  byClient,
  type EngineCurve,
  followVolumes,
  mergeTraces,
  scaleVolume,
  sectionOf,
  simulateFleet,
  type Trace,
  volumeOf,
  waitOfMMk,
} from '../src/meter/index.ts';
import { quantileOf } from '../src/stats/index.ts';
import { type BenchResult, median, rounded } from './bench.ts';
import { azureTrace, serveGenTrace } from './planner/traces.ts';

const replicas = 4;
const loads = [0.5, 0.6, 0.7, 0.8];
const draws = 15;
const partSeconds = 120;
/** Of a client that is known. */
const leastRequests = 50;

/** A model of 7 B on one card: 40, 150 and 480 tokens/s at 1, 4 and 16 sequences, prompts at 4,000 tokens/s. */
const engine = { slots: 16, stepSeconds: (decoding: number) => 0.0245 + 0.00055 * decoding };
const promptTokenSeconds = 1 / 4_000;

/** Seconds of an engine whose slots are all in use. */
const workOf = ({ promptTokens, completionTokens }: Arrival): number =>
  promptTokens * promptTokenSeconds + (completionTokens * engine.stepSeconds(engine.slots)) / engine.slots;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const data = process.env.TIEGEL_DATA;
  if (data === undefined || !existsSync(join(data, 'azure-llm-2023')))
    throw new Error('TIEGEL_DATA names no directory with azure-llm-2023 and servegen-r1');
  const traces = {
    azureConversation: azureTrace(data, 'conv'),
    azureCode: azureTrace(data, 'code'),
    serveGenR1: serveGenTrace(data, 0.05, 1),
  };
  const ratios: Record<string, number> = {};
  const figures: Record<string, number> = {};
  for (const [name, trace] of Object.entries(traces)) {
    const half = Math.floor(trace.duration / 2 / partSeconds) * partSeconds;
    const [seen, coming] = [sectionOf(trace, 0, half), sectionOf(trace, half, 2 * half)];
    for (const load of loads) {
      const key = `${name}@${load}`;
      const curve = curveFor(coming, load);
      const replayed = firstTokenP95(coming, curve);
      const predicted = percentiles((seed) => firstTokenP95(expected(seen, coming, seed), curve));
      const flat = percentiles((seed) => firstTokenP95(alike(seen, coming, seed), curve));
      const steady = formula(coming, curve, load);
      ratios[`${key}PredictedOverReplayed`] = rounded(predicted.middle / replayed);
      ratios[`${key}WithoutVolumesOverReplayed`] = rounded(flat.middle / replayed);
      ratios[`${key}FormulaOverReplayed`] = rounded(steady / replayed);
      figures[`${key}ReplayedP95Seconds`] = rounded(replayed);
      figures[`${key}PredictedP95Seconds`] = rounded(predicted.middle);
      figures[`${key}PredictedP95SecondsLower`] = rounded(predicted.low);
      figures[`${key}PredictedP95SecondsUpper`] = rounded(predicted.high);
      process.stderr.write(
        `${key.padEnd(22)} replayed ${replayed.toFixed(2)} s, predicted ${predicted.middle.toFixed(2)} ` +
          `(${predicted.low.toFixed(2)} to ${predicted.high.toFixed(2)}), without volumes ` +
          `${flat.middle.toFixed(2)}, M/M/k ${steady.toFixed(2)}\n`,
      );
    }
  }
  return { ratios, figures, rounds: draws };
}

/**
 * What is expected: the volumes of what comes, client by client and part by part, in the manner in which that client was seen;
 * one that was not seen is taken for all the others together.
 */
function expected(seen: Trace, coming: Trace, seed: number): Trace {
  const known = byClient(seen);
  const clients = [...byClient(coming)].map(([client, trace], index) => {
    const volumes = Array.from({ length: coming.duration / partSeconds }, (_, part) =>
      volumeOf(sectionOf(trace, part * partSeconds, (part + 1) * partSeconds), workOf),
    );
    const own = known.get(client);
    const pattern = own !== undefined && own.arrivals.length >= leastRequests ? own : seen;
    return followVolumes(pattern, volumes, partSeconds, workOf, seededRandom(4, seed, index));
  });
  return mergeTraces(clients);
}

/** What was seen, at the whole volume of what comes. */
function alike(seen: Trace, coming: Trace, seed: number): Trace {
  return scaleVolume(seen, volumeOf(coming, workOf) / volumeOf(seen, workOf), seededRandom(5, seed));
}

/** An engine so fast that the trace loads the fleet to this share of what it can do with all slots in use. */
function curveFor(trace: Trace, load: number): EngineCurve {
  const factor = (load * replicas * trace.duration) / volumeOf(trace, workOf);
  return {
    slots: engine.slots,
    stepSeconds: (decoding) => factor * engine.stepSeconds(decoding),
    promptTokenSeconds: factor * promptTokenSeconds,
    promptTokensPerStep: 128,
  };
}

function firstTokenP95(trace: Trace, curve: EngineCurve): number {
  const { requests } = simulateFleet(trace, curve, replicas);
  return quantileOf(Float64Array.from(requests, ({ firstToken }) => firstToken).sort(), 0.95);
}

function percentiles(draw: (seed: number) => number): {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
} {
  const drawn = Array.from({ length: draws }, (_, seed) => draw(seed)).sort((one, other) => one - other);
  return { middle: median(drawn), low: quantileOf(drawn, 0.1), high: quantileOf(drawn, 0.9) };
}

/** The prompt's own time and the wait for one of all slots, each as fast as with all of them in use. */
function formula({ arrivals, duration }: Trace, curve: EngineCurve, load: number): number {
  const prompt = arrivals.reduce((sum, { promptTokens }) => sum + promptTokens, 0) / arrivals.length;
  const slots = curve.slots * replicas;
  const service = (load * slots * duration) / arrivals.length;
  return waitOfMMk(slots, load, service).p95 + prompt * curve.promptTokenSeconds;
}
