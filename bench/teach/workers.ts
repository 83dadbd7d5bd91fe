// What a second worker gives: steps of the trainer's own pool with one and with two of them, in turns, by the clock. A
// step is whole: shards, their sum, AdamW on the main thread, the parameters published anew.
import { systemClock } from '../../src/base/index.ts';
import type { GradientShard } from '../../src/teach/gradient-shard.ts';
import { createModel } from '../../src/teach/model.ts';
import { startWorkerPool, type WorkerPool } from '../../src/teach/worker-pool.ts';
import { adamW, createTensorRuntime, gradientNorm } from '../../src/tensor/index.ts';
import { readProblem } from './problem.ts';

const shards = 4;

export type Scaling = {
  /** Seconds of a step with one worker over those with two. */
  readonly byClock: number;
  /** The same of processor time: 1 where the second worker costs nothing. */
  readonly byCpu: number;
};

/** @throws Error unless both compute the same loss, bit by bit. */
export async function scaleWorkers(directory: string, rounds: number): Promise<readonly Scaling[]> {
  await using one = startWorkerPool(readProblem(directory).problem.shape, shards, 1);
  await using two = startWorkerPool(readProblem(directory).problem.shape, shards, 2);
  const [withOne, withTwo] = [await createTrainer(directory, one), await createTrainer(directory, two)];
  const measured: Scaling[] = [];
  for (let round = 0; round <= rounds; round++) {
    const [single, double] = [await timed(withOne), await timed(withTwo)];
    if (single.loss !== double.loss)
      throw new Error(`One worker has the loss ${single.loss}, two ${double.loss}`);
    const scaling = { byClock: single.clock / double.clock, byCpu: single.cpu / double.cpu };
    if (round > 0) measured.push(scaling);
    const of = `${scaling.byClock.toFixed(2)} by the clock, ${scaling.byCpu.toFixed(2)} by processor time`;
    process.stderr.write(`two workers over one${round === 0 ? ', first step' : ''}: ${of}\n`);
  }
  return measured;
}

type Trainer = () => Promise<number>;

/** A step of the problem by a pool, which returns its loss. */
async function createTrainer(directory: string, pool: WorkerPool): Promise<Trainer> {
  const { problem, values, tokens, targets } = readProblem(directory);
  const { parameters } = createModel(await createTensorRuntime({ bytes: 2 ** 27 }), problem.shape);
  parameters.values.set(values);
  const share = tokens.length / shards;
  const normaliser = tokens.length;
  const batch: readonly GradientShard[] = Array.from({ length: shards }, (_, shard) => {
    const own = (all: Int32Array): Int32Array => all.subarray(shard * share, (shard + 1) * share);
    const predictionIndices = Int32Array.from({ length: share }, (_, index) => index);
    const size = { rows: problem.batch / shards, length: problem.length };
    const paddedBatch = { ...size, tokens: own(tokens), targets: own(targets), predictionIndices };
    return [{ objective: 'imitate', paddedBatch, normaliser }];
  });
  let step = 0;
  return async () => {
    pool.values.set(parameters.values);
    const results = await pool.gradientsOf(batch, parameters.gradients);
    gradientNorm(parameters);
    adamW(parameters, { ...problem, step: ++step });
    return results.reduce((sum, { loss }) => sum + loss, 0);
  };
}

async function timed(trainer: Trainer): Promise<{ loss: number; clock: number; cpu: number }> {
  const [started, usage] = [systemClock.monotonic(), process.cpuUsage()];
  const loss = await trainer();
  const { user, system } = process.cpuUsage(usage);
  return { loss, clock: systemClock.monotonic() - started, cpu: user + system };
}
