// What a thread is asked to simulate.
import { type Random, seededRandom } from '../../base/index.ts';
import type { Trace } from '../../meter/index.ts';

export type FleetQuestion = {
  readonly trace: Trace;
  readonly speeds: readonly { readonly sequences: number; readonly tokensPerSecond: number }[];
  readonly promptTokensPerSecond: number;
  /** Requests over those of the trace. */
  readonly growth: number;
  readonly wait: number;
  readonly cheaper: number;
  readonly replicaHour: number | undefined;
  readonly accuracy: number | undefined;
  /** A hosted price, and the moment at which it is asked for. */
  readonly hosted: { readonly name: string; readonly at: number } | null;
};

/** Replicas at most, and fleets that are shown beyond the needed one. */
export const maxReplicas = 32;
export const shownBeyond = 3;

const seed = 97;

/** The same requests are kept or added, however often somebody asks. */
export function growthRandom(): Random {
  return seededRandom(seed);
}
