// The training loop over a pool that computes nothing: what it does with gradients, and with faults.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf, manualClock, TiegelError } from '../base/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import { modelShapeOf, parameterCount } from './model-shape.ts';
import { loadRecipe, parseRecipe } from './recipe.ts';
import { type TrainingProgress, train } from './training.ts';
import { taskTokenizer } from './vocabulary.ts';
import type { WorkerPool } from './worker-pool.ts';

const pico = loadRecipe('pico');
const recipe = parseRecipe('tiny', {
  ...pico,
  model: { ...pico.model, width: 32, layers: 1, heads: 2, keyValueHeads: 1, feedForward: 32 },
  training: { ...pico.training, steps: 10, checkpointEverySteps: 2 },
});
const parameters = parameterCount(modelShapeOf(recipe, taskTokenizer()));

/** A pool whose gradient at a step is what the function leaves in the array. */
function poolOf(gradientsAt: (step: number, gradients: Float32Array) => void): WorkerPool {
  return {
    values: new Float32Array(parameters),
    gradientsAt: async (step, gradients) => {
      gradientsAt(step, gradients);
      return { loss: 1, batch: { tokens: 100, digest: digestOf(String(step)) } };
    },
    evaluate: async () => [],
    [Symbol.asyncDispose]: async () => {},
  };
}

const runWith = (directory: string, pool: WorkerPool, onProgress?: (progress: TrainingProgress) => void) =>
  train({ recipe, directory, checkpoint: undefined, pool, clock: manualClock(), onProgress });
const emptyDirectory = () => mkdtempSync(join(tmpdir(), 'tiegel-training-'));
const stepOf = (directory: string) => readCheckpoint(join(directory, 'checkpoint.bin'))?.step;

describe('the training loop', () => {
  test('publishes the changed parameters to the workers before the next step', async () => {
    const seen: number[] = [];
    const pool = poolOf((_, gradients) => {
      gradients.fill(1);
      seen.push(pool.values[0] as number);
    });
    const { model } = await runWith(emptyDirectory(), pool);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).toBe(10);
    expect(pool.values).toEqual(new Float32Array(model.parameters.values));
  });

  test('a gradient that is not a number ends the run with the last checkpoint kept', async () => {
    const directory = emptyDirectory();
    const pool = poolOf((step, gradients) => gradients.fill(step === 5 ? Number.NaN : 0.01));
    await expect(runWith(directory, pool)).rejects.toMatchObject({
      code: 'TGL_TENSOR_NOT_FINITE',
      message: expect.stringContaining('token_embd.weight'),
    });
    expect(stepOf(directory)).toBe(4);
  });

  test('a lost worker ends the run with the last checkpoint kept', async () => {
    const directory = emptyDirectory();
    const pool = poolOf((step) => {
      if (step === 7) throw new TiegelError('TGL_WORKER_LOST', { worker: 1, reason: 'out of memory' });
    });
    await expect(runWith(directory, pool)).rejects.toMatchObject({
      code: 'TGL_WORKER_LOST',
      retryable: true,
    });
    expect(stepOf(directory)).toBe(6);
  });

  test('reports progress, and the data digest depends on every batch in order', async () => {
    const steps: number[] = [];
    const pool = poolOf((_, gradients) => gradients.fill(0.01));
    const whole = await runWith(emptyDirectory(), pool, ({ metrics }) => steps.push(metrics.step));
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(whole.tokens).toBe(1000);
    const chained = steps.reduce(
      (digest, step) => digestOf(`${digest}${digestOf(String(step - 1))}`),
      digestOf(''),
    );
    expect(whole.dataDigest).toBe(chained);
  });
});
