// One lane of a batch: forward, loss, backward. Leaves the gradient in the model's parameters.
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
import type { Rectangle } from './dataset.ts';
import { forwardAt, type Model } from './model.ts';
import { type PolicySettings, policyObjective, type SequenceStretch } from './objective/policy-objective.ts';

/** Cross-entropy: a share of the batch mean. */
type ImitationPart = {
  readonly objective: 'imitate';
  readonly rectangle: Rectangle;
  /** Completion tokens of the whole batch. */
  readonly normaliser: number;
};

/** A policy's loss: arrays run parallel to the rectangle's places, stretches name its completions there. */
type PolicyPart = {
  readonly objective: 'policy';
  readonly rectangle: Rectangle;
  readonly sequences: readonly SequenceStretch[];
  /** float32 [predictions] */
  readonly oldLogProbabilities: Float32Array;
  readonly settings: PolicySettings;
};

/** A share of the mean divergence from the teacher at the places. */
type DistilPart = {
  readonly objective: 'distil';
  readonly rectangle: Rectangle;
  readonly beta: number;
  /** Predictions of the whole batch. */
  readonly normaliser: number;
};

/** Computed one after another; their gradients add up. */
export type Lane = readonly (ImitationPart | PolicyPart | DistilPart)[];

/** Sums over the lane, so that lanes add up. */
export type LaneResult = {
  readonly loss: number;
  readonly predictions: number;
  readonly entropySum: number;
  readonly klSum: number;
  readonly clippedTokens: number;
};

/**
 * @param reference the frozen model of a KL term; its own runtime
 * @param teacher whom distilling parts learn from; its own runtime
 * @throws TGL_TENSOR_NOT_FINITE, TGL_TENSOR_MEMORY
 */
export function computeLane(
  tape: Tape,
  model: Model,
  lane: Lane,
  reference: Model | undefined,
  teacher?: Model,
): LaneResult {
  zeroGradients(model.parameters);
  let sum: LaneResult = { loss: 0, predictions: 0, entropySum: 0, klSum: 0, clippedTokens: 0 };
  for (const part of lane) {
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
  part: Lane[number],
  reference: Model | undefined,
  teacher: Model | undefined,
): LaneResult {
  const { rectangle } = part;
  tape.reset();
  const logits = forwardAt(tape, model, rectangle, rectangle.places);
  const predictions = rectangle.places.length;
  if (part.objective === 'imitate') {
    const { loss, value } = logProbabilityLoss(tape, logits, {
      targets: rectangle.targets,
      weights: new Float32Array(predictions).fill(1),
      normaliser: part.normaliser,
    });
    tape.backward(loss);
    return { loss: value, predictions, entropySum: 0, klSum: 0, clippedTokens: 0 };
  }
  const entropySum = entropies(tape, logits).reduce((sum, entropy) => sum + entropy, 0);
  if (part.objective === 'distil') {
    if (!teacher) throw new TypeError('computeLane: a distilling part needs a teacher');
    const { loss, value } = divergenceLoss(tape, logits, { ...part, teacher: logitsBy(teacher, rectangle) });
    tape.backward(loss);
    return { loss: value, predictions, entropySum, klSum: 0, clippedTokens: 0 };
  }
  const current = tokenLogProbabilities(tape, logits, rectangle.targets);
  const { loss, coefficients, clippedTokens, klSum } = policyObjective(
    part.sequences,
    {
      current: current.values,
      old: part.oldLogProbabilities,
      reference: reference && logProbabilitiesBy(reference, rectangle),
    },
    part.settings,
  );
  tape.backward(scalarOf(tape, current, loss, coefficients));
  return { loss, predictions, entropySum, klSum, clippedTokens };
}

function logProbabilitiesBy(model: Model, rectangle: Rectangle): Float32Array {
  using tape = createTape(model.runtime, { recording: false });
  const logits = forwardAt(tape, model, rectangle, rectangle.places);
  return tokenLogProbabilities(tape, logits, rectangle.targets).values.slice();
}

function logitsBy(model: Model, rectangle: Rectangle): Float32Array {
  using tape = createTape(model.runtime, { recording: false });
  return forwardAt(tape, model, rectangle, rectangle.places).values.slice();
}
