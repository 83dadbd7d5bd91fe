// meter: what a correct answer costs, and how to pay less for it.
export { accuracyOf, type CostPerCorrect, costPerCorrect, type TaskResult } from './cost/cost-per-correct.ts';
export {
  type Energy,
  type EnergySum,
  type SystemFiles,
  sumEnergy,
} from './energy/energy.ts';
export { type CoreWatts, coreWattsOf } from './energy/processor-time.ts';
export { type EnergyMeter, type EnergySources, openEnergy } from './energy/readers.ts';
export { type AnswerFrom, answerKey } from './strategies/answer-key.ts';
export { type Comparison, compareWithBaseline, lastPassing } from './strategies/compare.ts';
export { type Pool, type PooledSample, type Replayed, replay } from './strategies/replay.ts';
export { describeStrategy, type Strategy } from './strategies/strategy.ts';
