// A tiny model, its optimiser and workers that compute nothing, for the tests of stages.
import { digestOf, manualClock } from '../base/index.ts';
import type { ModelShape } from './model.ts';
import { parameterCount } from './model-shape.ts';
import type { Optimiser } from './stages/fields.ts';
import type { StageContext } from './training.ts';
import type { WorkerPool } from './worker-pool.ts';

const shape: ModelShape = {
  vocabularySize: 20,
  width: 32,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  feedForward: 32,
  contextLength: 64,
  ropeBase: 10_000,
  normEpsilon: 1e-6,
};

/** Values of the tiny model. */
export const tinySize: number = parameterCount(shape);

export const tinyOptimiser: Optimiser = {
  learningRate: 0.01,
  finalLearningRate: 1,
  warmupSteps: 0,
  beta1: 0.9,
  beta2: 0.98,
  weightDecay: 0,
  gradientClip: 1,
  checkpointEverySteps: 2,
};

/** A stage of the tiny model, with workers that do only what the test says. */
export function idleContext(pool: Partial<WorkerPool> = {}): StageContext {
  return {
    recipeDigest: digestOf('recipe'),
    shape,
    clock: manualClock(),
    pool: {
      values: new Float32Array(tinySize),
      reference: new Float32Array(tinySize),
      rollOut: async () => [],
      gradientsOf: async () => [],
      evaluate: async () => [],
      [Symbol.asyncDispose]: async () => {},
      ...pool,
    },
  };
}
