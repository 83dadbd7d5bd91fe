// What requests as they came need and cost, all together: the fleet for a wait, how much more it would carry, its money for a
// million tokens and for a correct answer, where a price by the token breaks even, and what demand a lower price brings.
import { seededRandom } from '../../base/index.ts';
import type { TokenUsage } from '../../traffic/index.ts';
import { scaleVolume, type Trace } from './arrivals.ts';
import {
  type FleetOptions,
  type FleetPlan,
  factsOf,
  keepsWait,
  planFleet,
  replicasNeeded,
  type TraceFacts,
} from './plan-fleet.ts';
import type { EngineCurve } from './simulate-fleet.ts';

export type PlanOptions = FleetOptions & {
  /** Seconds for the first token, that 95 of 100 requests keep. */
  readonly wait: number;
  /** By how much a price falls, for the demand that this brings. */
  readonly cheaper: number;
  /** What a replica costs an hour. @default unknown */
  readonly replicaHour?: number | undefined;
  /** What a host asks for tokens. @default no host is compared with */
  readonly moneyOf?: ((usage: TokenUsage) => number) | undefined;
  /** Share of the requests that are answered right. @default unknown */
  readonly accuracy?: number | undefined;
};

export type Plan = FleetPlan & {
  readonly facts: TraceFacts;
  /** Requests over those of the trace up to which the needed fleet keeps the wait; null where no fleet does. */
  readonly headRoom: number | null;
  /** Null where nothing says what a replica costs, and where no fleet keeps the wait. */
  readonly costs: PlanCosts | null;
  readonly demand: readonly Demand[];
};

export type PlanCosts = {
  readonly perHour: number;
  readonly perMillionCompletionTokens: number;
  /** Null where no share of correct answers is known. */
  readonly perCorrectAnswer: number | null;
  /** At the hosted price; null without one. */
  readonly hostedPerHour: number | null;
  /** Volume over that of the trace at which the fleet costs what the host asks. */
  readonly breakEven: number | null;
};

export type Demand = {
  readonly elasticity: number;
  /** Requests over those of today, and compute where the lower price comes of that much more efficiency. */
  readonly units: number;
  readonly compute: number;
  readonly needed: number | null;
};

/** Elasticities for which demand is shown: none is known of one's own clients before prices have changed often. */
const elasticities = [0.5, 1, 1.1, 1.5] as const;
const seed = 95;

export function planRequests(trace: Trace, engine: EngineCurve, options: PlanOptions): Plan {
  const { wait, replicaHour } = options;
  const facts = factsOf(trace);
  const { rows, needed } = planFleet(trace, engine, wait, options);
  const known = needed !== null && replicaHour !== undefined;
  return {
    ...{ facts, rows, needed },
    headRoom: needed === null ? null : headRoomOf(trace, engine, needed, wait),
    costs: known ? costsOf(facts, needed * replicaHour, options) : null,
    demand: demandOf(trace, engine, options),
  };
}

const mostHeadRoom = 8;
const halvings = 6;

/** By halving, up to eight times the requests. */
function headRoomOf(trace: Trace, engine: EngineCurve, replicas: number, wait: number): number {
  let [low, high] = [1, mostHeadRoom];
  for (let step = 0; step < halvings; step++) {
    const factor = Math.sqrt(low * high);
    const scaled = scaleVolume(trace, factor, seededRandom(seed, step));
    if (keepsWait(scaled, engine, replicas, wait)) low = factor;
    else high = factor;
  }
  return low;
}

function costsOf(
  { requests, seconds, promptTokens, completionTokens }: TraceFacts,
  perHour: number,
  { moneyOf, accuracy }: PlanOptions,
): PlanCosts {
  const hours = seconds / 3_600;
  const usage = { promptTokens, cachedPromptTokens: 0, completionTokens, reasoningTokens: 0 };
  const hostedPerHour = moneyOf === undefined ? null : moneyOf(usage) / hours;
  return {
    ...{ perHour, perMillionCompletionTokens: (perHour * hours * 1e6) / completionTokens, hostedPerHour },
    perCorrectAnswer:
      accuracy === undefined || accuracy === 0 ? null : (perHour * hours) / (requests * accuracy),
    breakEven: hostedPerHour === null || hostedPerHour === 0 ? null : perHour / hostedPerHour,
  };
}

/** Demand of constant elasticity: units grow by the factor to its power. */
function demandOf(
  trace: Trace,
  engine: EngineCurve,
  { wait, cheaper, most }: PlanOptions,
): readonly Demand[] {
  return elasticities.map((elasticity) => {
    const units = cheaper ** elasticity;
    const scaled = scaleVolume(trace, units, seededRandom(seed));
    return {
      elasticity,
      units,
      compute: units / cheaper,
      needed: replicasNeeded(scaled, engine, wait, most),
    };
  });
}
