// One gradient shard of a batch: forward pass, loss and backward pass. The gradient is left in the model's parameters.
import {
  createTape,
  divergenceLoss,
  entropies,
  logProbabilityLoss,
  scalarOf,
  type Tape,
  tokenLogProbabilities,
  zeroGradients,
} from '../tensor/index.ts';
import type { PaddedBatch } from './dataset.ts';
import { forwardAt, type Model } from './model.ts';
import { type PolicySettings, policyObjective, type SequenceSpan } from './objective/policy-objective.ts';

/** Cross-entropy: this part's share of the mean over the batch. */
type ImitationPart = {
  readonly objective: 'imitate';
  readonly paddedBatch: PaddedBatch;
  /** Completion tokens of the whole batch. */
  readonly normaliser: number;
};

/** The loss of a policy: arrays run parallel to the prediction indices of the batch; a span is one completion there. */
type PolicyPart = {
  readonly objective: 'policy';
  readonly paddedBatch: PaddedBatch;
  readonly sequences: readonly SequenceSpan[];
  /** float32 [predictions] */
  readonly oldLogProbabilities: Float32Array;
  readonly settings: PolicySettings;
};

/** This part's share of the mean divergence from the teacher over all predictions. */
type DistilPart = {
  readonly objective: 'distil';
  readonly paddedBatch: PaddedBatch;
  readonly beta: number;
  /** Predictions of the whole batch. */
  readonly normaliser: number;
};

/** Parts that are computed one after another; their gradients add up. */
export type GradientShard = readonly (ImitationPart | PolicyPart | DistilPart)[];

/** Sums over the shard, so that the results of shards can be added. */
export type ShardResult = {
  readonly loss: number;
  readonly predictions: number;
  readonly entropySum: number;
  readonly klSum: number;
  readonly clippedTokens: number;
};

/**
 * Computes the parts of a shard and leaves the sum of their gradients in the parameters of `model`.
 *
 * @param reference the frozen model of a KL term; its own runtime
 * @param teacher the model from which distilling parts learn; its own runtime
 * @throws TGL_TENSOR_NOT_FINITE, TGL_TENSOR_MEMORY
 */
export function computeShard(
  tape: Tape,
  model: Model,
  shard: GradientShard,
  reference: Model | undefined,
  teacher?: Model,
): ShardResult {
  zeroGradients(model.parameters);
  let sum: ShardResult = { loss: 0, predictions: 0, entropySum: 0, klSum: 0, clippedTokens: 0 };
  for (const part of shard) {
    const result = computePart(tape, model, part, reference, teacher);
    sum = {
      loss: sum.loss + result.loss,
      predictions: sum.predictions + result.predictions,
      entropySum: sum.entropySum + result.entropySum,
      klSum: sum.klSum + result.klSum,
      clippedTokens: sum.clippedTokens + result.clippedTokens,
    };
  }
  return sum;
}

function computePart(
  tape: Tape,
  model: Model,
  part: GradientShard[number],
  reference: Model | undefined,
  teacher: Model | undefined,
): ShardResult {
  const { paddedBatch } = part;
  tape.reset();
  const logits = forwardAt(tape, model, paddedBatch, paddedBatch.predictionIndices);
  const predictions = paddedBatch.predictionIndices.length;
  if (part.objective === 'imitate') {
    const { loss, value } = logProbabilityLoss(tape, logits, {
      targets: paddedBatch.targets,
      weights: new Float32Array(predictions).fill(1),
      normaliser: part.normaliser,
    });
    tape.backward(loss);
    return { loss: value, predictions, entropySum: 0, klSum: 0, clippedTokens: 0 };
  }
  const entropySum = entropies(tape, logits).reduce((sum, entropy) => sum + entropy, 0);
  if (part.objective === 'distil') {
    if (!teacher) throw new TypeError('computeShard: a distilling part needs a teacher');
    const { loss, value } = divergenceLoss(tape, logits, {
      ...part,
      teacher: logitsBy(teacher, paddedBatch),
    });
    tape.backward(loss);
    return { loss: value, predictions, entropySum, klSum: 0, clippedTokens: 0 };
  }
  const current = tokenLogProbabilities(tape, logits, paddedBatch.targets);
  const { loss, coefficients, clippedTokens, klSum } = policyObjective(
    part.sequences,
    {
      current: current.values,
      old: part.oldLogProbabilities,
      reference: reference && logProbabilitiesBy(reference, paddedBatch),
    },
    part.settings,
  );
  tape.backward(scalarOf(tape, current, loss, coefficients));
  return { loss, predictions, entropySum, klSum, clippedTokens };
}

function logProbabilitiesBy(model: Model, paddedBatch: PaddedBatch): Float32Array {
  using tape = createTape(model.runtime, { recording: false });
  const logits = forwardAt(tape, model, paddedBatch, paddedBatch.predictionIndices);
  return tokenLogProbabilities(tape, logits, paddedBatch.targets).values.slice();
}

function logitsBy(model: Model, paddedBatch: PaddedBatch): Float32Array {
  using tape = createTape(model.runtime, { recording: false });
  return forwardAt(tape, model, paddedBatch, paddedBatch.predictionIndices).values.slice();
}
