// Data-parallel workers with one barrier per step: every worker computes its lanes from the shared parameters, then
// waits for the next request. The result does not depend on the number of workers, only on the recipe's lanes.
import { Worker } from 'node:worker_threads';
import { TiegelError } from '../base/index.ts';
import type { EvaluationJob, EvaluationRow } from './evaluation.ts';
import type { Recipe } from './recipe.ts';
import type {
  BatchFacts,
  WorkerFailure,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
} from './worker-protocol.ts';

export type StepGradients = {
  /** Mean negative log-probability over the completion tokens of the batch. */
  readonly loss: number;
  readonly batch: BatchFacts;
};

export type WorkerPool = AsyncDisposable & {
  /** Shared parameters: written by the trainer between steps. */
  readonly values: Float32Array;
  /** Computes the gradient of the step's batch and adds it up into `gradients`. */
  readonly gradientsAt: (step: number, gradients: Float32Array) => Promise<StepGradients>;
  /** Runs the jobs, one at a time per worker; `onRows` hears of each as it ends. */
  readonly evaluate: (
    jobs: readonly EvaluationJob[],
    onRows?: (rows: readonly EvaluationRow[]) => void,
  ) => Promise<readonly EvaluationRow[]>;
};

/** @param workers threads; more than the recipe has lanes would stand idle and are not started. */
export function startWorkerPool(recipe: Recipe, parameters: number, workers: number): WorkerPool {
  const { lanes } = recipe.training;
  const setup: WorkerSetup = {
    recipe,
    values: new SharedArrayBuffer(parameters * 4),
    laneGradients: new SharedArrayBuffer(parameters * 4 * lanes),
  };
  const laneGradients = new Float32Array(setup.laneGradients);
  const members = Array.from({ length: Math.min(workers, lanes) }, (_, index) => startMember(setup, index));

  return {
    values: new Float32Array(setup.values),
    async gradientsAt(step, gradients) {
      const shares = members.map((_, index) => lanesOf(index, members.length, lanes));
      const replies = await Promise.all(
        members.map((member, index) =>
          member.ask({ type: 'gradients', step, lanes: shares[index] as number[] }),
        ),
      );
      const losses = new Array<number>(lanes).fill(0);
      replies.forEach((reply, index) => {
        shares[index]?.forEach((lane, position) => {
          losses[lane] = reply.losses[position] as number;
        });
      });
      addLanes(laneGradients, lanes, gradients);
      return {
        loss: losses.reduce((sum, loss) => sum + loss, 0),
        batch: (replies[0] as { batch: BatchFacts }).batch,
      };
    },
    async evaluate(jobs, onRows) {
      const waiting = [...jobs.entries()];
      const rows = new Array<readonly EvaluationRow[]>(jobs.length);
      await Promise.all(
        members.map(async (member) => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const [index, job] = next;
            const reply = await member.ask({ type: 'evaluate', job });
            rows[index] = reply.rows;
            onRows?.(reply.rows);
          }
        }),
      );
      return rows.flat();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}

/** Lanes grow in length; dealing them to and fro gives every worker long ones and short ones. */
function lanesOf(worker: number, workers: number, lanes: number): readonly number[] {
  const dealt = Array.from({ length: lanes }, (_, lane) => lane);
  return dealt.filter((lane) => {
    const place = lane % workers;
    const forward = Math.floor(lane / workers) % 2 === 0;
    return (forward ? place : workers - 1 - place) === worker;
  });
}

function addLanes(laneGradients: Float32Array, lanes: number, sum: Float32Array): void {
  const size = sum.length;
  sum.set(laneGradients.subarray(0, size));
  for (let lane = 1; lane < lanes; lane++) {
    const part = laneGradients.subarray(lane * size, (lane + 1) * size);
    for (let index = 0; index < size; index++) sum[index] = (sum[index] as number) + (part[index] as number);
  }
}

type Member = {
  readonly ask: <Type extends WorkerRequest['type']>(
    request: Extract<WorkerRequest, { type: Type }>,
  ) => Promise<Extract<WorkerReply, { type: Type }>>;
  readonly stop: () => Promise<void>;
};

function startMember(setup: WorkerSetup, index: number): Member {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
  let waiting: PromiseWithResolvers<WorkerReply> | undefined;
  let lost: TiegelError | undefined;
  const loseWith = (reason: string, cause?: unknown) => {
    lost ??= new TiegelError('TGL_WORKER_LOST', { worker: index, reason }, { cause });
    waiting?.reject(lost);
  };
  worker.on('message', (reply: WorkerReply) => waiting?.resolve(reply));
  worker.on('error', (error) => loseWith(String((error as Error)?.message ?? error), error));
  worker.on('exit', (code) => loseWith(`its thread ended with code ${code}`));

  return {
    async ask<Type extends WorkerRequest['type']>(request: Extract<WorkerRequest, { type: Type }>) {
      if (lost) throw lost;
      waiting = Promise.withResolvers<WorkerReply>();
      worker.postMessage(request);
      const reply = await waiting.promise;
      waiting = undefined;
      if (reply.type === 'failed') throw errorOf(reply.failure, index);
      return reply as Extract<WorkerReply, { type: Type }>;
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** What went wrong inside a worker, as the same error out here. */
function errorOf({ code, details, message }: WorkerFailure, worker: number): TiegelError {
  const cause = new Error(message);
  if (code !== undefined) return new TiegelError(code, details, { cause });
  return new TiegelError('TGL_WORKER_LOST', { worker, reason: message }, { cause });
}
