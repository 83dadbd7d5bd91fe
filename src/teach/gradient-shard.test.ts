// Shards on a small model: whatever the objective and however a shard is cut, gradients are those of one full pass.
import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { createTape, createTensorRuntime, logProbabilityLoss, zeroGradients } from '../tensor/index.ts';
import { padBatch } from './dataset.ts';
import { computeShard } from './gradient-shard.ts';
import { createModel, forward, initialise, type Model } from './model.ts';
import type { PolicySettings } from './objective/policy-objective.ts';

const samples = [
  { tokens: [5, 9, 1, 20, 7], completionStart: 2 },
  { tokens: [11, 2, 8, 3, 14, 6, 6], completionStart: 3 },
  { tokens: [4, 17, 0, 6, 25, 13, 1, 28], completionStart: 1 },
];
const predictions = 3 + 4 + 7;
const onPolicy: PolicySettings = { ratio: 'token', clip: { low: 0.2, high: 0.28 }, klWeight: 0 };

let model: Model;
/** Of the mean loss over completions, by a full pass; and the log-probabilities at the prediction indices. */
let expected: {
  readonly loss: number;
  readonly gradients: Float32Array;
  readonly logProbabilities: Float32Array;
};

async function smallModel(seed: number): Promise<Model> {
  const runtime = await createTensorRuntime({ bytes: 2 ** 25, build: 'plain' });
  const made = createModel(runtime, {
    vocabularySize: 29,
    width: 32,
    layers: 2,
    heads: 4,
    keyValueHeads: 2,
    feedForward: 64,
    contextLength: 24,
    ropeBase: 10000,
    normEpsilon: 1e-6,
  });
  initialise(made, seededRandom(seed));
  return made;
}

beforeAll(async () => {
  model = await smallModel(5);
  const { tokens, rows, length, predictionIndices, targets } = padBatch(samples);
  const fullTargets = new Int32Array(rows * length);
  const weights = new Float32Array(rows * length);
  predictionIndices.forEach((row, index) => {
    fullTargets[row] = targets[index]!;
    weights[row] = 1;
  });
  using tape = createTape(model.runtime);
  zeroGradients(model.parameters);
  const logits = forward(tape, model, tokens, rows, length);
  const options = { targets: fullTargets, weights, normaliser: predictions };
  const { loss, value, logProbabilities } = logProbabilityLoss(tape, logits, options);
  tape.backward(loss);
  expected = {
    loss: value,
    gradients: model.parameters.gradients.slice(),
    logProbabilities: Float32Array.from(predictionIndices, (row) => logProbabilities[row]!),
  };
});

function expectGradients(scale: number): void {
  const { gradients } = model.parameters;
  let distance = 0;
  let size = 0;
  expected.gradients.forEach((value, index) => {
    distance += (scale * value - gradients[index]!) ** 2;
    size += (scale * value) ** 2;
  });
  expect(Math.sqrt(distance / size)).toBeLessThan(1e-5);
}

/** The samples as completions with one advantage, cut into padded batches of so many samples. */
function policyShard(advantage: number, settings: PolicySettings, rows: number) {
  let before = 0;
  return Array.from({ length: Math.ceil(samples.length / rows) }, (_, part) => {
    const own = samples.slice(part * rows, (part + 1) * rows);
    let end = 0;
    const sequences = own.map(({ tokens, completionStart }) => {
      const start = end;
      end += tokens.length - completionStart;
      return { start, end, advantage, weight: 1 / predictions };
    });
    const oldLogProbabilities = expected.logProbabilities.slice(before, before + end);
    before += end;
    const paddedBatch = padBatch(own);
    return { objective: 'policy' as const, paddedBatch, sequences, oldLogProbabilities, settings };
  });
}

describe('a shard', () => {
  test('that imitates has the loss and gradient of the whole pass, also in several padded batches', () => {
    using tape = createTape(model.runtime);
    for (const rows of [3, 1]) {
      const shard = Array.from({ length: samples.length / rows }, (_, part) => ({
        objective: 'imitate' as const,
        paddedBatch: padBatch(samples.slice(part * rows, (part + 1) * rows)),
        normaliser: predictions,
      }));
      const result = computeShard(tape, model, shard, undefined);
      expect(result.loss).toBeCloseTo(expected.loss, 5);
      expect(result.predictions).toBe(predictions);
      expectGradients(1);
    }
  });

  test('of a policy goes up the log-probabilities by the advantage: −2 gives minus twice the gradient', () => {
    using tape = createTape(model.runtime);
    for (const rows of [3, 2]) {
      const result = computeShard(tape, model, policyShard(-2, onPolicy, rows), undefined);
      expectGradients(-2);
      expect(result).toMatchObject({ clippedTokens: 0, klSum: 0, predictions });
      expect(result.loss).toBeCloseTo(2, 5);
      expect(result.entropySum / predictions).toBeCloseTo(Math.log(29), 1);
    }
  });

  test('with itself as reference has no divergence; with another model it has', async () => {
    using tape = createTape(model.runtime);
    const settings = { ...onPolicy, klWeight: 0.5 };
    const same = computeShard(tape, model, policyShard(1, settings, 3), model);
    expect(same.klSum).toBeLessThan(1e-9);
    expectGradients(1);
    const other = computeShard(tape, model, policyShard(1, settings, 3), await smallModel(6));
    expect(other.klSum).toBeGreaterThan(1e-4);
    expect(other.loss - same.loss).toBeCloseTo((0.5 * other.klSum) / predictions, 6);
  });
});

describe('a shard that distils', () => {
  const shard = (beta: number, rows: number) =>
    Array.from({ length: Math.ceil(samples.length / rows) }, (_, part) => ({
      objective: 'distil' as const,
      paddedBatch: padBatch(samples.slice(part * rows, (part + 1) * rows)),
      beta,
      normaliser: predictions,
    }));

  test.each([0, 0.5, 1])('learns nothing from itself at beta %d', (beta) => {
    using tape = createTape(model.runtime);
    const result = computeShard(tape, model, shard(beta, 3), undefined, model);
    expect(result.loss).toBeCloseTo(0, 6);
    expect(result.predictions).toBe(predictions);
  });

  test('has one gradient however it is cut, and going down it comes nearer to the teacher', async () => {
    const [student, teacher] = [await smallModel(7), await smallModel(8)];
    using tape = createTape(student.runtime);
    const first = computeShard(tape, student, shard(1, 3), undefined, teacher);
    const whole = student.parameters.gradients.slice();
    const again = computeShard(tape, student, shard(1, 1), undefined, teacher);
    expect(again.loss).toBeCloseTo(first.loss, 6);
    const { gradients, values } = student.parameters;
    const apart = Math.max(...gradients.map((value, index) => Math.abs(value - whole[index]!)));
    expect(apart).toBeLessThan(1e-5);
    whole.forEach((slope, index) => {
      values[index]! -= 0.05 * slope;
    });
    expect(computeShard(tape, student, shard(1, 3), undefined, teacher).loss).toBeLessThan(first.loss);
  });
});
