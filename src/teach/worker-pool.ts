// Data-parallel workers with one barrier per step: every worker computes its shards from the shared parameters, then
// waits for the next request. The result does not depend on the number of workers, only on the recipe's `lanes`.
import { Worker } from 'node:worker_threads';
import { TiegelError } from '../base/index.ts';
import type { WordSource } from '../tasks/index.ts';
import type { EvaluationJob, EvaluationRow } from './evaluation.ts';
import type { GradientShard, ShardResult } from './gradient-shard.ts';
import type { ModelShape } from './model.ts';
import { parameterCount } from './model-shape.ts';
import type { RolloutGroup, RolloutJob } from './rollout.ts';
import type {
  TeacherSetup,
  WorkerFailure,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
} from './worker-protocol.ts';

export type WorkerPool = AsyncDisposable & {
  /** Shared parameters: written by the trainer between requests. */
  readonly values: Float32Array;
  /** Frozen parameters of a KL term. */
  readonly reference: Float32Array;
  /** Computes the shards and adds their gradients up into `gradients`, in shard order. */
  readonly gradientsOf: (
    shards: readonly GradientShard[],
    gradients: Float32Array,
  ) => Promise<readonly ShardResult[]>;
  /** Runs the jobs, one at a time per worker; groups come in the order of the jobs. */
  readonly rollOut: (jobs: readonly RolloutJob[]) => Promise<readonly RolloutGroup[]>;
  /** Runs evaluation jobs, one at a time per worker; `onRows` is called with the rows of each job as it ends. */
  readonly evaluate: (
    jobs: readonly EvaluationJob[],
    onRows?: (rows: readonly EvaluationRow[]) => void,
  ) => Promise<readonly EvaluationRow[]>;
};

/**
 * Starts worker threads, each with a model of its own over the shared parameters.
 *
 * @param shards maximum number of gradient shards of any stage
 * @param workers number of threads; no more than there are shards are started, since they would stand idle
 * @param teacher the model that distilling shards and jobs by the teacher use
 * @param words what the vocabulary is made for
 */
export function startWorkerPool(
  shape: ModelShape,
  shards: number,
  workers: number,
  teacher?: TeacherSetup,
  words: WordSource = { furtherTasks: [] },
): WorkerPool {
  const size = parameterCount(shape);
  const setup: WorkerSetup = {
    shape,
    words,
    values: new SharedArrayBuffer(size * 4),
    reference: new SharedArrayBuffer(size * 4),
    teacher,
    shardGradients: new SharedArrayBuffer(size * 4 * shards),
  };
  const shardGradients = new Float32Array(setup.shardGradients);
  const members = Array.from({ length: Math.min(workers, shards) }, (_, index) => startMember(setup, index));

  return {
    values: new Float32Array(setup.values),
    reference: new Float32Array(setup.reference),
    async gradientsOf(shards, gradients) {
      const results = await computeShards(members, shards);
      addShards(shardGradients, shards.length, gradients);
      return results;
    },
    async rollOut(jobs) {
      const replies = await shareOut(members, jobs, (member, job) => member.ask({ type: 'roll-out', job }));
      return replies.flatMap(({ groups }) => groups);
    },
    async evaluate(jobs, onRows) {
      const replies = await shareOut(members, jobs, async (member, job) => {
        const reply = await member.ask({ type: 'evaluate', job });
        onRows?.(reply.rows);
        return reply;
      });
      return replies.flatMap(({ rows }) => rows);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}

/** Gives every worker a job as soon as it is free; replies come in the order of the jobs. */
async function shareOut<Job, Reply>(
  members: readonly Member[],
  jobs: readonly Job[],
  ask: (member: Member, job: Job) => Promise<Reply>,
): Promise<readonly Reply[]> {
  const waiting = [...jobs.entries()];
  const replies = new Array<Reply>(jobs.length);
  await Promise.all(
    members.map(async (member) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        replies[next[0]] = await ask(member, next[1]);
      }
    }),
  );
  return replies;
}

/** Has every worker compute its shards, whose gradients it leaves in shared memory; results come in shard order. */
async function computeShards(
  members: readonly Member[],
  shards: readonly GradientShard[],
): Promise<readonly ShardResult[]> {
  const withReference = shards
    .flat()
    .some((part) => part.objective === 'policy' && part.settings.klWeight > 0);
  const results = new Array<ShardResult>(shards.length);
  await Promise.all(
    members.map(async (member, index) => {
      const slots = shardsOf(index, members.length, shards.length);
      const own = slots.map((slot) => ({ slot, shard: shards[slot] as GradientShard }));
      const reply = await member.ask({ type: 'gradients', shards: own, withReference });
      for (const [position, slot] of slots.entries()) results[slot] = reply.results[position] as ShardResult;
    }),
  );
  return results;
}

/** Shards grow in length; dealing them out back and forth gives every worker long ones and short ones. */
function shardsOf(worker: number, workers: number, shards: number): readonly number[] {
  const dealt = Array.from({ length: shards }, (_, shard) => shard);
  return dealt.filter((shard) => {
    const position = shard % workers;
    const forward = Math.floor(shard / workers) % 2 === 0;
    return (forward ? position : workers - 1 - position) === worker;
  });
}

function addShards(shardGradients: Float32Array, shards: number, sum: Float32Array): void {
  const size = sum.length;
  sum.set(shardGradients.subarray(0, size));
  for (let shard = 1; shard < shards; shard++) {
    const part = shardGradients.subarray(shard * size, (shard + 1) * size);
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

/** The error of a worker, as the same error in this thread. */
function errorOf({ code, details, message }: WorkerFailure, worker: number): TiegelError {
  const cause = new Error(message);
  if (code !== undefined) return new TiegelError(code, details, { cause });
  return new TiegelError('TGL_WORKER_LOST', { worker, reason: message }, { cause });
}
