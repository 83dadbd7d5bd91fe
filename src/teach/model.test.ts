import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { createTape, createTensorRuntime, type KernelBuild, logProbabilityLoss } from '../tensor/index.ts';
import { createModel, forward, initialise, type Model, type ModelShape } from './model.ts';

type Recorded = {
  readonly shape: ModelShape;
  readonly batch: number;
  readonly length: number;
  readonly tokens: number[];
  readonly targets: number[];
  readonly weights: number[];
  readonly loss: number;
  readonly logits: number[];
  readonly parameters: Record<string, number[]>;
  readonly gradients: Record<string, number[]>;
};

const fixture = new URL('../../fixtures/tensor/model.json', import.meta.url);
const recorded = JSON.parse(readFileSync(fixture, 'utf8')) as Recorded;
const { batch, length } = recorded;
const tokens = Int32Array.from(recorded.tokens);

describe.each<KernelBuild>(['relaxed', 'plain'])('the %s build', (build) => {
  test('logits, loss and the gradient of every parameter are those of PyTorch', async () => {
    const model = await recordedModel(build);
    using tape = createTape(model.runtime);
    const logits = forward(tape, model, tokens, batch, length);
    expect(relativeError(logits.values, recorded.logits)).toBeLessThan(1e-5);
    const weights = Float32Array.from(recorded.weights);
    const { loss, value } = logProbabilityLoss(tape, logits, {
      targets: Int32Array.from(recorded.targets),
      weights,
      normaliser: weights.reduce((sum, weight) => sum + weight, 0),
    });
    expect(Math.abs(value / recorded.loss - 1)).toBeLessThan(1e-6);
    tape.backward(loss);
    expect([...model.parameters.tensors.keys()].sort()).toEqual(Object.keys(recorded.gradients).sort());
    for (const [name, gradients] of Object.entries(recorded.gradients)) {
      expect(relativeError(model.parameters.get(name).gradients, gradients), name).toBeLessThan(1e-5);
    }
  });

  test('gradients of two halves of a batch add up to those of the whole', async () => {
    const model = await recordedModel(build);
    const gradients = (rows: readonly number[]): Float32Array => {
      model.parameters.gradients.fill(0);
      for (const row of rows) accumulate(model, row, row + 1);
      return model.parameters.gradients.slice();
    };
    const apart = gradients([0, 1, 2]);
    model.parameters.gradients.fill(0);
    accumulate(model, 0, 3);
    expect(relativeError(apart, model.parameters.gradients)).toBeLessThan(1e-5);
  });
});

test('padding on the right changes nothing for the positions before it', async () => {
  const model = await recordedModel('plain');
  using tape = createTape(model.runtime, { recording: false });
  const whole = forward(tape, model, tokens.slice(0, 10), 1, 10).values;
  const padded = forward(tape, model, Int32Array.from([...tokens.slice(0, 10), 0, 5, 7]), 1, 13).values;
  expect(padded.subarray(0, whole.length)).toEqual(whole);
});

test('initialisation: deviations 0.02 and less on the residual stream, ones, zeros; the same for the same seed', async () => {
  const shape = { ...recorded.shape, vocabularySize: 512, width: 64, feedForward: 128, layers: 2 };
  const model = createModel(await createTensorRuntime({ bytes: 16e6 }), shape);
  initialise(model, seededRandom(1));
  const deviation = (name: string): number => {
    const { values } = model.parameters.get(name);
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  };
  expect(deviation('token_embd.weight')).toBeCloseTo(0.02, 3);
  expect(deviation('blk.1.ffn_down.weight')).toBeCloseTo(0.01, 3);
  expect(new Set(model.parameters.get('blk.0.attn_norm.weight').values)).toEqual(new Set([1]));
  expect(new Set(model.parameters.get('blk.0.attn_q.bias').values)).toEqual(new Set([0]));
  const first = model.parameters.values.slice();
  initialise(model, seededRandom(1));
  expect(model.parameters.values).toEqual(first);
  initialise(model, seededRandom(2));
  expect(model.parameters.values).not.toEqual(first);
});

test('a head width that rotation cannot split is a shape error', async () => {
  const runtime = await createTensorRuntime({ bytes: 16e6 });
  expect(() => createModel(runtime, { ...recorded.shape, heads: 8 })).toThrowError(
    expect.objectContaining({ code: 'TGL_TENSOR_SHAPE' }),
  );
});

async function recordedModel(build: KernelBuild): Promise<Model> {
  const model = createModel(await createTensorRuntime({ bytes: 16e6, build }), recorded.shape);
  for (const [name, values] of Object.entries(recorded.parameters))
    model.parameters.get(name).values.set(values);
  return model;
}

/** Forward and backward over sequences first … end − 1 of the recorded batch. */
function accumulate(model: Model, first: number, end: number): void {
  using tape = createTape(model.runtime);
  const range = [first * length, end * length] as const;
  const logits = forward(tape, model, tokens.slice(...range), end - first, length);
  const { loss } = logProbabilityLoss(tape, logits, {
    targets: Int32Array.from(recorded.targets.slice(...range)),
    weights: Float32Array.from(recorded.weights.slice(...range)),
    normaliser: 1,
  });
  tape.backward(loss);
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    size += expected[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}
