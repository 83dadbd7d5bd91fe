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
export { type KeptKind, keptDirectory, keptFile } from './kept/kept-files.ts';
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
export { type ArrivalRates, drawTrace } from './planner/draw-trace.ts';
export { type Plan, type PlanCosts, planRequests } from './planner/plan.ts';
export { curveOf } from './planner/plan-fleet.ts';
export { waitOfMMk } from './planner/queue-formulas.ts';
export { readTrace, traceOf } from './planner/read-trace.ts';
export { type EngineCurve, type Simulated, simulateFleet } from './planner/simulate-fleet.ts';
export { type DriftWatch, type SettledShare, watchDrift } from './policy/drift.ts';
export {
  type MeasuredReport,
  type MeasuredRow,
  readReport,
  reportText,
} from './report/measured-report.ts';
export { reportPage } from './report/report-page.ts';
export { budgetRows, reportRows } from './report/report-rows.ts';
export { replayCascade, type Tier } from './strategies/cascade.ts';
export { type Comparison, compareWithBaseline, lastPassing } from './strategies/compare.ts';
export { type DrawnPools, drawingFor, drawPools } from './strategies/draw-pools.ts';
export type { Pool, PooledProbe, PooledSample } from './strategies/pool.ts';
export { type Replayed, replay } from './strategies/replay.ts';
export { type MeterTask, readTasks, requireTasks, type TaskSet } from './tasks/own-tasks.ts';
export { programTasks } from './tasks/program-tasks.ts';
