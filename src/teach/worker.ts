// One training worker: a model of its own over the shared parameters. Answers each request with one reply.
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { TiegelError } from '../base/index.ts';
import { createTape, createTensorRuntime, logProbabilityLoss, zeroGradients } from '../tensor/index.ts';
import { type Batch, batchAt } from './dataset.ts';
import { evaluateJob } from './evaluation.ts';
import { createModel, forward } from './model.ts';
import { modelShapeOf } from './model-shape.ts';
import { taskTokenizer } from './vocabulary.ts';
import type { BatchFacts, WorkerReply, WorkerRequest, WorkerSetup } from './worker-protocol.ts';

const { recipe, ...shared } = workerData as WorkerSetup;
const port = parentPort as NonNullable<typeof parentPort>;

const memoryBytes = 2 ** 30;
const tokenizer = taskTokenizer();
const runtime = await createTensorRuntime({ bytes: memoryBytes });
const model = createModel(runtime, modelShapeOf(recipe, tokenizer));
const tape = createTape(runtime);
const { values, gradients } = model.parameters;
const sharedValues = new Float32Array(shared.values);
const laneGradients = new Float32Array(shared.laneGradients);

port.on('message', (request: WorkerRequest) => {
  port.postMessage(reply(request));
});

function reply(request: WorkerRequest): WorkerReply {
  try {
    values.set(sharedValues);
    if (request.type === 'evaluate')
      return { type: 'evaluate', rows: evaluateJob(model, tokenizer, request.job) };
    const batch = batchAt(recipe, tokenizer, request.step);
    const losses = request.lanes.map((lane) => laneLoss(batch, lane));
    return { type: 'gradients', losses, batch: factsOf(batch) };
  } catch (error) {
    const known = TiegelError.isInstance(error) ? error : undefined;
    const message = String((error as Error)?.stack ?? error);
    return { type: 'failed', failure: { code: known?.code, details: known?.details ?? {}, message } };
  }
}

/** Loss of one lane, as its share of the batch mean; leaves its gradient in the lane's slot. */
function laneLoss(batch: Batch, lane: number): number {
  const { tokens, targets, weights, rows, length } = batch.lanes[lane] as Batch['lanes'][number];
  zeroGradients(model.parameters);
  tape.reset();
  const logits = forward(tape, model, tokens, rows, length);
  const { loss, value } = logProbabilityLoss(tape, logits, {
    targets,
    weights,
    normaliser: batch.completionTokens,
  });
  tape.backward(loss);
  laneGradients.set(gradients, lane * gradients.length);
  return value;
}

function factsOf(batch: Batch): BatchFacts {
  const hash = createHash('sha256');
  for (const lane of batch.lanes) hash.update(lane.tokens).update(lane.weights);
  return { tokens: batch.tokens, digest: hash.digest('hex') };
}
