// The training loop over steps that compute nothing: what it does with gradients, and with faults.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf, TiegelError } from '../base/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import { idleContext, tinyOptimiser, tinySize } from './fixture.ts';
import { type TrainingProgress, train } from './training.ts';

/** A stage of ten steps whose gradient at a step is what the function leaves in the array. */
function runWith(
  directory: string,
  gradientsAt: (step: number, gradients: Float32Array, values: Float32Array) => void,
  onProgress?: (progress: TrainingProgress) => void,
) {
  const context = { ...idleContext(), onProgress };
  return train(context, {
    name: 'sft',
    directory,
    optimiser: tinyOptimiser,
    start: new Float32Array(tinySize),
    share: ({ step }) => step / 10,
    step: async (step, gradients, optimiserStep) => {
      gradientsAt(step, gradients, context.pool.values);
      optimiserStep();
      return { loss: 1, tokens: 100, flops: 600, digest: digestOf(String(step)) };
    },
  });
}

const emptyDirectory = () => mkdtempSync(join(tmpdir(), 'tiegel-training-'));
const stepOf = (directory: string) => readCheckpoint(join(directory, 'checkpoint.bin'))?.step;

describe('the training loop', () => {
  test('publishes the changed parameters to the workers before the next step', async () => {
    const seen: number[] = [];
    const { values } = await runWith(emptyDirectory(), (_, gradients, published) => {
      gradients.fill(1);
      seen.push(published[0] as number);
    });
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).toBe(10);
    expect(values[0]).toBeLessThan(seen.at(-1)!);
  });

  test.each([
    ['below the clip is taken as it is', 0.1, 0.1],
    ['above it is scaled down to it', 10, 1],
  ])('a gradient whose norm lies %s', async (_, norm, taken) => {
    const directory = emptyDirectory();
    const clip = tinyOptimiser.gradientClip;
    const each = (share: number): number => (share * clip) / Math.sqrt(tinySize);
    await runWith(directory, (_, gradients) => gradients.fill(each(norm)));
    const checkpoint = readCheckpoint(join(directory, 'checkpoint.bin'));
    // Ten steps of the same gradient; AdamW divides its size out of the parameters, but not out of the moments.
    const expected = each(taken) * (1 - tinyOptimiser.beta1 ** 10);
    expect(checkpoint!.firstMoments[0]! / expected).toBeCloseTo(1, 4);
  });

  test('a gradient that is not a number ends the run, names stage and step and keeps the last checkpoint', async () => {
    const directory = emptyDirectory();
    const run = runWith(directory, (step, gradients) => gradients.fill(step === 5 ? Number.NaN : 0.01));
    await expect(run).rejects.toMatchObject({
      code: 'TGL_TRAINING_DIVERGED',
      message: expect.stringMatching(/^Step 6 of stage sft .*token_embd.weight/),
    });
    expect(stepOf(directory)).toBe(4);
  });

  test('a lost worker ends the run with the last checkpoint kept', async () => {
    const directory = emptyDirectory();
    const run = runWith(directory, (step, gradients) => {
      gradients.fill(0.01);
      if (step === 7) throw new TiegelError('TGL_WORKER_LOST', { worker: 1, reason: 'out of memory' });
    });
    await expect(run).rejects.toMatchObject({ code: 'TGL_WORKER_LOST', retryable: true });
    expect(stepOf(directory)).toBe(6);
  });

  test('reports progress, and the data digest depends on every batch in order', async () => {
    const steps: number[] = [];
    const { state } = await runWith(
      emptyDirectory(),
      (_, gradients) => gradients.fill(0.01),
      ({ metrics }) => steps.push(metrics.step),
    );
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(state).toMatchObject({ tokens: 1000, flops: 6000, updates: 10 });
    const chained = steps.reduce(
      (digest, step) => digestOf(`${digest}${digestOf(String(step - 1))}`),
      digestOf(''),
    );
    expect(state.dataDigest).toBe(chained);
  });

  test('a full disk ends the run with a checkpoint to resume from', async () => {
    const directory = emptyDirectory();
    const run = runWith(directory, (step, gradients) => {
      gradients.fill(0.01);
      if (step === 3) throw new TiegelError('TGL_DISK_FULL', { path: directory });
    });
    await expect(run).rejects.toMatchObject({ code: 'TGL_DISK_FULL', retryable: true });
    expect(stepOf(directory)).toBe(2);
  });
});
