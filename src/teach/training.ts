// The loop that every training stage runs in: gradients from the workers, AdamW here, checkpoints. The state of a stage
// is its directory; killing the program at any moment loses at most the steps since the last checkpoint.
import { join } from 'node:path';
import { type Clock, digestOf, TiegelError } from '../base/index.ts';
import { adamW, createTensorRuntime, gradientNorm } from '../tensor/index.ts';
import { type Checkpoint, latestCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { rewindLines } from './json-lines.ts';
import { appendMetrics, type PolicyMetrics, type StepMetrics } from './metrics.ts';
import { createModel, type Model, type ModelShape } from './model.ts';
import { learningRateAt } from './schedule.ts';
import type { Optimiser } from './stages/fields.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What a stage has done so far, over all resumptions. */
export type StageState = Omit<Checkpoint, 'recipeDigest' | 'values' | 'firstMoments' | 'secondMoments'>;

export type TrainingProgress = {
  readonly stage: string;
  readonly metrics: StepMetrics;
  /** Share of the stage that is done. */
  readonly share: number;
  readonly secondsLeft: number;
};

/** What a step did, besides changing the weights. */
export type StepOutcome = {
  readonly loss: number;
  readonly tokens: number;
  readonly flops: number;
  /** SHA-256 of what was learned from. */
  readonly digest: string;
  readonly policy?: PolicyMetrics;
};

/** One step of AdamW along the gradients that lie in the parameters. */
type OptimiserStep = () => void;

/** What the stages of a run share. */
export type StageContext = {
  readonly recipeDigest: string;
  readonly shape: ModelShape;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Told, in a sentence, what a person should know and what does not end the run. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Aborting ends the run after the current step, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
};

export type TrainingPlan = {
  readonly name: string;
  /** Where checkpoint.bin and metrics.jsonl lie. */
  readonly directory: string;
  readonly optimiser: Optimiser;
  /** Weights at the start. */
  readonly start: Float32Array;
  /** Share of the stage that is done; it ends at 1. */
  readonly share: (state: StageState) => number;
  /** Computes a step, counted from 0: leaves gradients in the array and descends, as often as it likes. */
  readonly step: (
    step: number,
    gradients: Float32Array,
    optimiserStep: OptimiserStep,
  ) => Promise<StepOutcome>;
};

export type Training = { readonly values: Float32Array; readonly state: StageState };

const optimiserMemoryBytes = 2 ** 29;
/** Weight of the newest step in the reported speed. */
const speedSmoothing = 0.05;

/**
 * Trains from the stage's checkpoint, or from the plan's start, until the stage is done.
 *
 * @throws TGL_TRAINING_DIVERGED, TGL_WORKER_LOST, TGL_DISK_FULL, TGL_CHECKPOINT_INVALID; the last checkpoint is intact.
 *   The signal's reason when it was aborted.
 */
export async function train(context: StageContext, plan: TrainingPlan): Promise<Training> {
  const { pool, clock, recipeDigest } = context;
  const { name, directory, optimiser } = plan;
  const checkpointPath = join(directory, 'checkpoint.bin');
  const metricsPath = join(directory, 'metrics.jsonl');
  const checkpoint = openCheckpoint(checkpointPath, recipeDigest, context.onWarning);
  rewindLines(metricsPath, checkpoint?.step ?? 0);
  const model = createModel(await createTensorRuntime({ bytes: optimiserMemoryBytes }), context.shape);
  const { parameters } = model;
  restore(model, plan.start, checkpoint);

  const spent = stopwatch(clock, checkpoint);
  let state: StageState = stateOf(checkpoint);
  let tokensPerSecond = 0;
  const save = () => {
    const { values, firstMoments, secondMoments } = parameters;
    writeCheckpoint(checkpointPath, { recipeDigest, ...state, values, firstMoments, secondMoments });
  };

  pool.values.set(parameters.values);
  while (plan.share(state) < 1) {
    if (context.signal?.aborted) {
      save();
      throw context.signal.reason;
    }
    const began = clock.monotonic();
    const learningRate = learningRateAt(optimiser, state.step, plan.share(state));
    let norm = 0;
    let { updates } = state;
    const optimiserStep = () => {
      norm = gradientNorm(parameters);
      updates += 1;
      adamW(parameters, {
        learningRate,
        beta1: optimiser.beta1,
        beta2: optimiser.beta2,
        epsilon: 1e-8,
        weightDecay: optimiser.weightDecay,
        step: updates,
        gradientScale: Math.min(1, optimiser.gradientClip / norm),
      });
      pool.values.set(parameters.values);
    };
    const outcome = await plan
      .step(state.step, parameters.gradients, optimiserStep)
      .catch((error: unknown) => Promise.reject(diverged(error, name, state.step + 1)));
    state = {
      step: state.step + 1,
      updates,
      tokens: state.tokens + outcome.tokens,
      flops: state.flops + outcome.flops,
      dataDigest: digestOf(`${state.dataDigest}${outcome.digest}`),
      ...spent(),
    };

    // A step that the clock does not notice counts as one millisecond: infinity cannot be written as JSON.
    const speed = (1000 * outcome.tokens) / Math.max(1, clock.monotonic() - began);
    tokensPerSecond =
      tokensPerSecond === 0 ? speed : tokensPerSecond + speedSmoothing * (speed - tokensPerSecond);
    const { step, tokens, flops, wallSeconds, cpuSeconds } = state;
    const metrics: StepMetrics = {
      step,
      loss: outcome.loss,
      learningRate,
      gradientNorm: norm,
      tokens,
      flops,
      tokensPerSecond: Math.round(tokensPerSecond),
      wallSeconds,
      cpuSeconds,
      ...(outcome.policy === undefined ? {} : { policy: outcome.policy }),
    };
    appendMetrics(metricsPath, metrics);
    const share = plan.share(state);
    if (step % optimiser.checkpointEverySteps === 0 || share >= 1) save();
    context.onProgress?.({ stage: name, metrics, share, secondsLeft: (wallSeconds / share) * (1 - share) });
  }
  return { values: parameters.values.slice(), state };
}

/** @throws TGL_CHECKPOINT_INVALID also for one that another recipe left. */
function openCheckpoint(
  path: string,
  recipeDigest: string,
  warn: (text: string) => void = () => {},
): Checkpoint | undefined {
  const checkpoint = latestCheckpoint(path, warn);
  if (!checkpoint || checkpoint.recipeDigest === recipeDigest) return checkpoint;
  const problem = `it was begun by a recipe with digest ${checkpoint.recipeDigest}, not ${recipeDigest}`;
  throw new TiegelError('TGL_CHECKPOINT_INVALID', { path, problem });
}

function restore(model: Model, start: Float32Array, checkpoint: Checkpoint | undefined): void {
  const { values, firstMoments, secondMoments } = model.parameters;
  values.set(checkpoint?.values ?? start);
  if (!checkpoint) return;
  firstMoments.set(checkpoint.firstMoments);
  secondMoments.set(checkpoint.secondMoments);
}

function stateOf(checkpoint: Checkpoint | undefined): StageState {
  if (!checkpoint) {
    return {
      step: 0,
      updates: 0,
      tokens: 0,
      flops: 0,
      dataDigest: digestOf(''),
      wallSeconds: 0,
      cpuSeconds: 0,
    };
  }
  const { step, updates, tokens, flops, dataDigest, wallSeconds, cpuSeconds } = checkpoint;
  return { step, updates, tokens, flops, dataDigest, wallSeconds, cpuSeconds };
}

/** A number that is not finite, with the step at which it came up. */
function diverged(error: unknown, stage: string, step: number): unknown {
  if (!TiegelError.isInstance(error) || error.code !== 'TGL_TENSOR_NOT_FINITE') return error;
  return new TiegelError('TGL_TRAINING_DIVERGED', { stage, step, problem: error.message }, { cause: error });
}

/** Wall and CPU seconds of this process since now, on top of what the checkpoint says was spent before. */
function stopwatch(
  clock: Clock,
  before: Checkpoint | undefined,
): () => { wallSeconds: number; cpuSeconds: number } {
  const wallStart = clock.monotonic();
  const cpuStart = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpuStart);
    return {
      wallSeconds: round((before?.wallSeconds ?? 0) + (clock.monotonic() - wallStart) / 1000),
      cpuSeconds: round((before?.cpuSeconds ?? 0) + (user + system) / 1e6),
    };
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
