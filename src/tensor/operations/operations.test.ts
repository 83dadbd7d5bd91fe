// Every operation in both builds: value and gradients against PyTorch's (fixtures/tensor), gradients against central
// differences, gradients of activations against those of parameters.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { KernelBuild } from '../kernels.ts';
import { createParameters, type Parameters, zeroGradients } from '../parameters.ts';
import { createTensorRuntime, type TensorRuntime } from '../runtime.ts';
import { createTape, type Tape } from '../tape.ts';
import type { Parameter, Tensor } from '../tensor.ts';
import { add } from './add.ts';
import { causalAttention } from './attention.ts';
import { appendKeyValues, createKeyValueCache, decodeAttention } from './decode-attention.ts';
import { embedding } from './embedding.ts';
import { linear } from './linear.ts';
import { logProbabilityLoss } from './log-probability-loss.ts';
import { rmsNorm } from './rms-norm.ts';
import { createRopeTable, rope } from './rope.ts';
import { swiglu } from './swiglu.ts';

type Recorded = { readonly shape: readonly number[]; readonly values: readonly number[] };
type Case = {
  readonly settings: Settings;
  readonly inputs: Readonly<Record<string, Recorded>>;
  readonly output: Recorded;
  readonly upstream: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly logProbabilities?: readonly number[];
};
type Settings = {
  readonly indices: number[];
  readonly positions: number[];
  readonly targets: number[];
  readonly weights: number[];
  readonly epsilon: number;
  readonly base: number;
  readonly normaliser: number;
  readonly batch: number;
  readonly length: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
};
type Operation = (tape: Tape, inputs: Readonly<Record<string, Tensor>>, settings: Settings) => Tensor;

const fixture = new URL('../../../fixtures/tensor/operations.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { cases: Record<string, Case> };

const attention: Operation = (tape, { qkv }, settings) => causalAttention(tape, qkv!, settings);
const operations: Record<string, Operation> = {
  linear: (tape, { x, weight, bias }) => linear(tape, x!, weight!, bias),
  linearDeep: (tape, { x, weight }) => linear(tape, x!, weight!),
  embedding: (tape, { table }, { indices }) => embedding(tape, table!, Int32Array.from(indices)),
  rmsNorm: (tape, { x, weight }, { epsilon }) => rmsNorm(tape, x!, weight!, epsilon),
  add: (tape, { a, b }) => add(tape, a!, b!),
  swiglu: (tape, { joined }) => swiglu(tape, joined!),
  causalAttention: attention,
  causalAttentionLong: attention,
  logProbabilityLoss: (tape, { logits }, { targets, weights, normaliser }) =>
    logProbabilityLoss(tape, logits!, {
      targets: Int32Array.from(targets),
      weights: Float32Array.from(weights),
      normaliser,
    }).loss,
};

describe.each<KernelBuild>(['wide', 'relaxed', 'plain'])('the %s build', (build) => {
  let runtime: TensorRuntime;
  beforeAll(async () => {
    runtime = await createTensorRuntime({ bytes: 32e6, build });
    const table = createRopeTable(runtime, { positions: 64, headWidth: 8, base: 10000 });
    operations.rope = (tape, { qkv }, settings) => {
      // In place: a copy keeps the parameter for the next evaluation.
      const copy = add(tape, qkv!, zeros(tape, qkv!));
      return rope(tape, copy, Int32Array.from(settings.positions), table, settings);
    };
  });

  describe.each(Object.keys(cases))('%s', (name) => {
    const recorded = cases[name]!;
    const apply: Operation = (tape, inputs, settings) => operations[name]!(tape, inputs, settings);

    test('has the value and the gradients that PyTorch computes', () => {
      const parameters = parametersOf(runtime, recorded);
      using tape = createTape(runtime);
      const output = apply(tape, inputsOf(parameters), recorded.settings);
      expect(output.shape).toEqual(recorded.output.shape);
      expect(relativeError(output.values, recorded.output.values)).toBeLessThan(1e-5);
      tape.backward(weightedSum(tape, output, recorded.upstream));
      for (const [input, gradients] of Object.entries(recorded.gradients)) {
        expect(relativeError(parameters.get(input).gradients, gradients), input).toBeLessThan(1e-5);
      }
    });

    test('has gradients that agree with central differences', () => {
      const parameters = parametersOf(runtime, recorded);
      const evaluate = (): number => {
        using tape = createTape(runtime, { recording: false });
        const output = apply(tape, inputsOf(parameters), recorded.settings);
        return output.values.reduce((sum, value, index) => sum + value * recorded.upstream[index]!, 0);
      };
      const step = 2 ** -7;
      for (const [input, gradients] of Object.entries(recorded.gradients)) {
        const { values } = parameters.get(input);
        const differences = gradients.map((_, index) => {
          const value = values[index]!;
          values[index] = value + step;
          const above = evaluate();
          values[index] = value - step;
          const below = evaluate();
          values[index] = value;
          return (above - below) / (2 * step);
        });
        expect(relativeError(differences, gradients), input).toBeLessThan(2e-3);
      }
    });

    test('gives activations the gradients it gives parameters, and adds where one is used twice', () => {
      const parameters = parametersOf(runtime, recorded);
      using tape = createTape(runtime);
      const inputs = Object.fromEntries(
        [...parameters.tensors].map(([input, tensor]) => [input, add(tape, tensor, zeros(tape, tensor))]),
      );
      const once = apply(tape, inputs, recorded.settings);
      // Rope works in place, so its input is there for one use only; the case makes the copy inside.
      const output = add(tape, once, apply(tape, inputs, recorded.settings));
      tape.backward(weightedSum(tape, output, recorded.upstream));
      for (const [input, gradients] of Object.entries(recorded.gradients)) {
        const twice = gradients.map((gradient) => 2 * gradient);
        expect(relativeError(parameters.get(input).gradients, twice), input).toBeLessThan(1e-5);
      }
    });
  });

  test('every token has its log-probability, whatever its weight', () => {
    const { settings, logProbabilities, ...recorded } = cases.logProbabilityLoss!;
    const { logits } = inputsOf(parametersOf(runtime, { settings, ...recorded }));
    using tape = createTape(runtime, { recording: false });
    const result = logProbabilityLoss(tape, logits!, {
      targets: Int32Array.from(settings.targets),
      weights: Float32Array.from(settings.weights),
      normaliser: settings.normaliser,
    });
    expect(relativeError(result.logProbabilities, logProbabilities!)).toBeLessThan(1e-5);
    expect(result.value).toBeCloseTo(recorded.output.values[0]!, 5);
  });

  test('decode attention over a cache has the bits of causal attention over the whole sequence', () => {
    const batch = 2;
    const layout = fc.record({
      length: fc.integer({ min: 1, max: 50 }),
      headWidth: fc.constantFrom(8, 24, 32, 40, 64),
      keyValueHeads: fc.integer({ min: 1, max: 2 }),
      group: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(layout, ({ length, headWidth, keyValueHeads, group, seed }) => {
        const heads = group * keyValueHeads;
        using region = runtime.openRegion();
        const cache = createKeyValueCache(region, {
          heads,
          keyValueHeads,
          headWidth,
          slots: batch,
          capacity: length,
        });
        using tape = createTape(runtime, { recording: false });
        const qkv = tape.allocate('test', [batch * length, (heads + 2 * keyValueHeads) * headWidth]);
        const random = seededRandom(seed);
        qkv.values.forEach((_, index) => {
          qkv.values[index] = 4 * random.next() - 2;
        });
        const rows = Int32Array.from({ length: batch * length }, (_, row) => row);
        // The two sequences take each other's slots: a row goes where it says, not where it stands.
        const entries = {
          slots: rows.map((row) => 1 - Math.floor(row / length)),
          positions: rows.map((row) => row % length),
        };
        appendKeyValues(tape, qkv, cache, entries);
        const whole = causalAttention(tape, qkv, { batch, length, heads, keyValueHeads });
        expect(decodeAttention(tape, qkv, cache, entries).values).toEqual(whole.values);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('a row of a product does not depend on how many rows are computed with it', () => {
    const parameters = parametersOf(runtime, cases.linear!);
    const { x, weight, bias } = inputsOf(parameters);
    using tape = createTape(runtime, { recording: false });
    const all = linear(tape, x!, weight!, bias);
    for (let row = 0; row < 13; row++) {
      const alone = linear(tape, embedding(tape, x!, Int32Array.of(row)), weight!, bias);
      expect(alone.values).toEqual(all.values.slice(row * 27, (row + 1) * 27));
    }
  });

  test('extreme logits neither overflow nor lose the certain token', () => {
    using tape = createTape(runtime, { recording: false });
    const logits = tape.allocate('test', [1, 3]);
    logits.values.set([1e30, -1e30, 0]);
    const options = { targets: Int32Array.of(0), weights: Float32Array.of(1), normaliser: 1 };
    expect(logProbabilityLoss(tape, logits, options).value).toBeCloseTo(0, 6);
  });
});

function parametersOf(runtime: TensorRuntime, recorded: Case): Parameters {
  const shapes = Object.entries(recorded.inputs).map(([name, { shape }]) => ({ name, shape, decay: false }));
  const parameters = createParameters(runtime, shapes);
  for (const [name, { values }] of Object.entries(recorded.inputs)) parameters.get(name).values.set(values);
  zeroGradients(parameters);
  return parameters;
}

function inputsOf(parameters: Parameters): Readonly<Record<string, Parameter>> {
  return Object.fromEntries(parameters.tensors);
}

function zeros(tape: Tape, like: Tensor): Tensor {
  const tensor = tape.allocate('zeros', like.shape);
  tensor.values.fill(0);
  return tensor;
}

/** Σ tensor · weights as the loss of a test. */
function weightedSum(tape: Tape, tensor: Tensor, weights: readonly number[]): Tensor {
  const sum = tape.allocate('weightedSum', [1]);
  sum.values[0] = tensor.values.reduce((total, value, index) => total + value * weights[index]!, 0);
  tape.record(sum, () => {
    const { offset } = tape.gradientTarget(tensor);
    tape.runtime.floats.set(weights, offset / 4);
  });
  return sum;
}

/** ‖actual − expected‖ / ‖expected‖ */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    size += expected[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}
