// One training worker: a model of its own over the shared parameters. Answers each request with one reply.
import { parentPort, workerData } from 'node:worker_threads';
import { TiegelError } from '../base/index.ts';
import { createTape, createTensorRuntime } from '../tensor/index.ts';
import { evaluateJob } from './evaluation.ts';
import { computeShard } from './gradient-shard.ts';
import { createModel, type Model } from './model.ts';
import { rollOut, taskWords } from './rollout.ts';
import { taskTokenizer } from './vocabulary.ts';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './worker-protocol.ts';

const { shape, words: source, ...shared } = workerData as WorkerSetup;
const port = parentPort as NonNullable<typeof parentPort>;

const memoryBytes = 2 ** 30;
const referenceMemoryBytes = 2 ** 29;
const tokenizer = taskTokenizer(source);
const words = taskWords();
const runtime = await createTensorRuntime({ bytes: memoryBytes });
const model = createModel(runtime, shape);
const tape = createTape(runtime);
const { values, gradients } = model.parameters;
const sharedValues = new Float32Array(shared.values);
const sharedReference = new Float32Array(shared.reference);
const shardGradients = new Float32Array(shared.shardGradients);
let reference: Model | undefined;
let teacher: Model | undefined;

port.on('message', async (request: WorkerRequest) => {
  port.postMessage(await reply(request));
});

async function reply(request: WorkerRequest): Promise<WorkerReply> {
  try {
    tape.reset();
    values.set(sharedValues);
    switch (request.type) {
      case 'gradients': {
        const frozen = request.withReference ? await referenceModel() : undefined;
        const isTaught = request.shards.some(({ shard }) =>
          shard.some(({ objective }) => objective === 'distil'),
        );
        const taughtBy = isTaught ? await teacherModel() : undefined;
        const results = request.shards.map(({ slot, shard }) => {
          const result = computeShard(tape, model, shard, frozen, taughtBy);
          shardGradients.set(gradients, slot * gradients.length);
          return result;
        });
        return { type: 'gradients', results };
      }
      case 'roll-out': {
        const by = request.job.byTeacher ? await teacherModel() : model;
        return { type: 'roll-out', groups: rollOut(by, tokenizer, words, request.job) };
      }
      case 'evaluate':
        return { type: 'evaluate', rows: evaluateJob(model, tokenizer, request.job) };
    }
  } catch (error) {
    const known = TiegelError.isInstance(error) ? error : undefined;
    const message = String((error as Error)?.stack ?? error);
    return { type: 'failed', failure: { code: known?.code, details: known?.details ?? {}, message } };
  }
}

/** Created when it is first needed, since most runs have no KL term. */
async function referenceModel(): Promise<Model> {
  reference ??= createModel(await createTensorRuntime({ bytes: referenceMemoryBytes }), shape);
  reference.parameters.values.set(sharedReference);
  return reference;
}

/** Created when it is first needed, from weights that never change. */
async function teacherModel(): Promise<Model> {
  if (teacher) return teacher;
  if (!shared.teacher) throw new TypeError('worker: the run has no teacher');
  const made = createModel(await createTensorRuntime({ bytes: memoryBytes }), shared.teacher.shape);
  made.parameters.values.set(new Float32Array(shared.teacher.values));
  teacher = made;
  return made;
}
