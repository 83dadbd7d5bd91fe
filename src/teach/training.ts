// The loop of every training stage: gradients from the workers, AdamW here, checkpoints. The state of a stage
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
import type { WatchedCompletion } from './watched.ts';
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
  /** SHA-256 of the data that was learned from. */
  readonly digest: string;
  readonly policy?: PolicyMetrics;
};

/** Takes one step of AdamW along the gradients in the parameters, and publishes the new values to the workers. */
type OptimiserStep = () => void;

/** What the stages of a run share. */
export type StageContext = {
  readonly recipeDigest: string;
  readonly shape: ModelShape;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Called with what became of the first watched problem. */
  readonly onWatched?: ((completion: WatchedCompletion) => void) | undefined;
  /** Called with a sentence that a person should read and that does not end the run. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Aborting ends the run after the current step, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
};

export type TrainingPlan = {
  readonly name: string;
  /** The directory of checkpoint.bin and metrics.jsonl. */
  readonly directory: string;
  readonly optimiser: Optimiser;
  /** Weights at the start. */
  readonly start: Float32Array;
  /** Share of the stage that is done; the stage ends at 1. */
  readonly share: (state: StageState) => number;
  /** Computes a step, counted from 0: leaves gradients in the array and takes an optimiser step, any number of times. */
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
  const { pool, clock, recipeDigest, signal } = context;
  const { name, directory, optimiser } = plan;
  const checkpointPath = join(directory, 'checkpoint.bin');
  const metricsPath = join(directory, 'metrics.jsonl');
  const checkpoint = openCheckpoint(checkpointPath, recipeDigest, context.onWarning);
  rewindLines(metricsPath, checkpoint?.step ?? 0);
  const model = createModel(await createTensorRuntime({ bytes: optimiserMemoryBytes }), context.shape);
  const { parameters } = model;
  restore(model, plan.start, checkpoint);
  const spent = stopwatch(clock, checkpoint);
  const speed = speedometer(clock);
  let state: StageState = stateOf(checkpoint);
  const save = () => {
    const { values, firstMoments, secondMoments } = parameters;
    writeCheckpoint(checkpointPath, { recipeDigest, ...state, values, firstMoments, secondMoments });
  };

  pool.values.set(parameters.values);
  while (plan.share(state) < 1) {
    if (signal?.aborted) {
      save();
      throw signal.reason;
    }
    const finishStep = speed.start();
    const learningRate = learningRateAt(optimiser, state.step, plan.share(state));
    const optimise = optimiserOf(parameters, optimiser, learningRate, state.updates);
    const optimiserStep = () => {
      optimise.step();
      pool.values.set(parameters.values);
    };
    const outcome = await plan
      .step(state.step, parameters.gradients, optimiserStep)
      .catch((error: unknown) => Promise.reject(diverged(error, name, state.step + 1)));
    state = {
      step: state.step + 1,
      updates: optimise.updates(),
      tokens: state.tokens + outcome.tokens,
      flops: state.flops + outcome.flops,
      dataDigest: digestOf(`${state.dataDigest}${outcome.digest}`),
      ...spent(),
    };
    const rates = {
      learningRate,
      gradientNorm: optimise.norm(),
      tokensPerSecond: finishStep(outcome.tokens),
    };
    const metrics = metricsOf(state, outcome, rates);
    appendMetrics(metricsPath, metrics);
    const share = plan.share(state);
    if (state.step % optimiser.checkpointEverySteps === 0 || share >= 1) save();
    const secondsLeft = (state.wallSeconds / share) * (1 - share);
    context.onProgress?.({ stage: name, metrics, share, secondsLeft });
  }
  return { values: parameters.values.slice(), state };
}

/** AdamW within one step of the loop, which may take several optimiser steps at one learning rate, or none. */
function optimiserOf(
  parameters: Model['parameters'],
  optimiser: Optimiser,
  learningRate: number,
  updatesBefore: number,
): { readonly step: () => void; readonly norm: () => number; readonly updates: () => number } {
  const { beta1, beta2, weightDecay, gradientClip } = optimiser;
  let norm = 0;
  let updates = updatesBefore;
  return {
    step: () => {
      norm = gradientNorm(parameters);
      updates += 1;
      adamW(parameters, {
        learningRate,
        beta1,
        beta2,
        epsilon: 1e-8,
        weightDecay,
        step: updates,
        gradientScale: Math.min(1, gradientClip / norm),
      });
    },
    /** Gradient norm of the last optimiser step, before clipping; 0 without one. */
    norm: () => norm,
    updates: () => updates,
  };
}

function metricsOf(
  { step, tokens, flops, wallSeconds, cpuSeconds }: StageState,
  { loss, policy }: StepOutcome,
  {
    learningRate,
    gradientNorm: norm,
    tokensPerSecond,
  }: Record<'learningRate' | 'gradientNorm' | 'tokensPerSecond', number>,
): StepMetrics {
  return {
    step,
    loss,
    learningRate,
    gradientNorm: norm,
    tokens,
    flops,
    tokensPerSecond,
    wallSeconds,
    cpuSeconds,
    ...(policy === undefined ? {} : { policy }),
  };
}

/** Tokens per second, as an exponential moving average over steps. */
function speedometer(clock: Clock): { readonly start: () => (tokens: number) => number } {
  let average = 0;
  return {
    start: () => {
      const began = clock.monotonic();
      return (tokens) => {
        // A step too short for the clock counts as one millisecond, since infinity cannot be written as JSON.
        const speed = (1000 * tokens) / Math.max(1, clock.monotonic() - began);
        average = average === 0 ? speed : average + speedSmoothing * (speed - average);
        return Math.round(average);
      };
    },
  };
}

/** @throws TGL_CHECKPOINT_INVALID, also for a checkpoint of another recipe. */
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

/** The error for a number that is not finite, with the step at which it occurred. */
function diverged(error: unknown, stage: string, step: number): unknown {
  if (!TiegelError.isInstance(error) || error.code !== 'TGL_TENSOR_NOT_FINITE') return error;
  return new TiegelError('TGL_TRAINING_DIVERGED', { stage, step, problem: error.message }, { cause: error });
}

/** Wall and CPU seconds of this process from now on, added to what the checkpoint says was spent before. */
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
