// Cold-start SFT: plain cross-entropy on the completions of generated traces, AdamW, one barrier per step. The state
// of a run is its directory; killing the program at any moment loses at most the steps since the last checkpoint.
import { join } from 'node:path';
import { type Clock, digestOf, seededRandom } from '../base/index.ts';
import { adamW, createTensorRuntime, gradientNorm } from '../tensor/index.ts';
import { type Checkpoint, writeCheckpoint } from './checkpoint.ts';
import { appendMetrics, rewindMetrics, type StepMetrics } from './metrics.ts';
import { createModel, initialise, type Model } from './model.ts';
import { modelShapeOf } from './model-shape.ts';
import { type Recipe, recipeDigest } from './recipe.ts';
import { learningRateAt } from './schedule.ts';
import { taskTokenizer } from './vocabulary.ts';
import type { WorkerPool } from './worker-pool.ts';

export type TrainingProgress = {
  readonly metrics: StepMetrics;
  readonly steps: number;
  readonly secondsLeft: number;
};

export type Training = {
  readonly model: Model;
  /** Facts of the whole run, over all resumptions. */
  readonly step: number;
  readonly tokens: number;
  readonly dataDigest: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
};

export type TrainingOptions = {
  readonly recipe: Recipe;
  readonly directory: string;
  /** Where to go on; undefined to begin. */
  readonly checkpoint: Checkpoint | undefined;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Aborting ends the run after the current step, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
};

const optimiserMemoryBytes = 2 ** 29;
const initialisationTag = 0x1417;
/** Weight of the newest step in the reported speed. */
const speedSmoothing = 0.05;

/**
 * Trains from the checkpoint, or from the recipe's initialisation, until the recipe's last step.
 *
 * @throws TGL_TENSOR_NOT_FINITE, TGL_WORKER_LOST, TGL_DISK_FULL; the last checkpoint is intact.
 *   The signal's reason when it was aborted.
 */
export async function train(options: TrainingOptions): Promise<Training> {
  const { recipe, directory, checkpoint, pool, clock } = options;
  const { training } = recipe;
  const checkpointPath = join(directory, 'checkpoint.bin');
  const metricsPath = join(directory, 'metrics.jsonl');

  const runtime = await createTensorRuntime({ bytes: optimiserMemoryBytes });
  const model = createModel(runtime, modelShapeOf(recipe, taskTokenizer()));
  const { parameters } = model;
  if (checkpoint) restore(model, checkpoint);
  else initialise(model, seededRandom(recipe.seed, initialisationTag));
  rewindMetrics(metricsPath, checkpoint?.step ?? 0);

  let { step, tokens, dataDigest } = checkpoint ?? { step: 0, tokens: 0, dataDigest: digestOf('') };
  const spent = stopwatch(clock, checkpoint);
  let tokensPerSecond = 0;
  const save = () => {
    const { values, firstMoments, secondMoments } = parameters;
    const state = { recipeDigest: recipeDigest(recipe), step, tokens, dataDigest, ...spent() };
    writeCheckpoint(checkpointPath, { ...state, values, firstMoments, secondMoments });
  };

  pool.values.set(parameters.values);
  while (step < training.steps) {
    if (options.signal?.aborted) {
      save();
      throw options.signal.reason;
    }
    const began = clock.monotonic();
    const { loss, batch } = await pool.gradientsAt(step, parameters.gradients);
    const norm = gradientNorm(parameters);
    const learningRate = learningRateAt(training, step);
    step += 1;
    adamW(parameters, {
      learningRate,
      beta1: training.beta1,
      beta2: training.beta2,
      epsilon: 1e-8,
      weightDecay: training.weightDecay,
      step,
      gradientScale: Math.min(1, training.gradientClip / norm),
    });
    pool.values.set(parameters.values);

    tokens += batch.tokens;
    dataDigest = digestOf(`${dataDigest}${batch.digest}`);
    const speed = (1000 * batch.tokens) / (clock.monotonic() - began);
    tokensPerSecond =
      tokensPerSecond === 0 ? speed : tokensPerSecond + speedSmoothing * (speed - tokensPerSecond);
    const metrics: StepMetrics = {
      step,
      loss,
      learningRate,
      gradientNorm: norm,
      tokens,
      tokensPerSecond: Math.round(tokensPerSecond),
      ...spent(),
    };
    appendMetrics(metricsPath, metrics);
    if (step % training.checkpointEverySteps === 0 || step === training.steps) save();
    const tokensLeft = (tokens / step) * (training.steps - step);
    options.onProgress?.({ metrics, steps: training.steps, secondsLeft: tokensLeft / tokensPerSecond });
  }
  return { model, step, tokens, dataDigest, ...spent() };
}

function restore(model: Model, checkpoint: Checkpoint): void {
  const { values, firstMoments, secondMoments } = model.parameters;
  values.set(checkpoint.values);
  firstMoments.set(checkpoint.firstMoments);
  secondMoments.set(checkpoint.secondMoments);
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
