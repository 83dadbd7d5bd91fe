// meter: what a correct answer costs, and how to pay less for it.
export type { SystemFiles } from './energy/energy.ts';
export { type EnergyMeter, openEnergy } from './energy/readers.ts';
export {
  type Arrival,
  byClient,
  followVolumes,
  mergeTraces,
  scaleVolume,
  sectionOf,
  type Trace,
  volumeOf,
} from './planner/arrivals.ts';
export { waitOfMMk } from './planner/queue-formulas.ts';
export { type EngineCurve, type Simulated, simulateFleet } from './planner/simulate-fleet.ts';
export { type Comparison, compareWithBaseline, lastPassing } from './strategies/compare.ts';
export { type Pool, type PooledSample, type Replayed, replay } from './strategies/replay.ts';
