// meter: what a correct answer costs, and how to pay less for it.
export { type Abstention, abstained, chooseAbstention, type ScoredAnswer } from './calibration/abstention.ts';
export {
  candidatesOf,
  replayCandidates,
  type Selection,
  selectFrom,
  selectStrategy,
} from './calibration/calibrate.ts';
export {
  type Calibration,
  calibrationText,
  readCalibration,
  requireUnseen,
} from './calibration/calibration.ts';
export type { CostPerCorrect } from './cost/cost-per-correct.ts';
export { type CostRow, costRow, type OwnHardware, type Rates } from './cost/resources.ts';
export type { EnergySum, SystemFiles } from './energy/energy.ts';
export type { CoreWatts } from './energy/processor-time.ts';
export { type EnergyMeter, openEnergy } from './energy/readers.ts';
export { type PageData, type PageRow, reportPage } from './page/report-page.ts';
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
export {
  curveOf,
  type FleetPlan,
  factsOf,
  planFleet,
  type TraceFacts,
} from './planner/plan-fleet.ts';
export { waitOfMMk } from './planner/queue-formulas.ts';
export { readTrace } from './planner/read-trace.ts';
export { type EngineCurve, type Simulated, simulateFleet } from './planner/simulate-fleet.ts';
export { type DriftWatch, type SettledShare, watchDrift } from './policy/drift.ts';
export { replayCascade, type Tier } from './strategies/cascade.ts';
export { type Comparison, compareWithBaseline, lastPassing } from './strategies/compare.ts';
export { type DrawnPools, drawingFor, drawPools } from './strategies/draw-pools.ts';
export type { Pool, PooledProbe, PooledSample } from './strategies/pool.ts';
export { type Replayed, replay } from './strategies/replay.ts';
export { type MeterTask, readTasks, requireTasks, type TaskSet } from './tasks/own-tasks.ts';
export { programTasks } from './tasks/program-tasks.ts';
