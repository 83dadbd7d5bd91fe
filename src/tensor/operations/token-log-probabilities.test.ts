import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { KernelBuild } from '../kernels.ts';
import { createParameters, type Parameters, zeroGradients } from '../parameters.ts';
import { createTensorRuntime } from '../runtime.ts';
import { createTape } from '../tape.ts';
import { logProbabilityLoss } from './log-probability-loss.ts';
import { entropies, scalarOf, tokenLogProbabilities } from './token-log-probabilities.ts';

const rows = 5;
const vocabulary = 7;
const targets = Int32Array.of(3, 0, 6, 2, 2);

describe.each<KernelBuild>(['wide', 'relaxed', 'plain'])('the %s build', (build) => {
  let parameters: Parameters;
  beforeAll(async () => {
    const runtime = await createTensorRuntime({ bytes: 2 ** 22, build });
    parameters = createParameters(runtime, [{ name: 'logits', shape: [rows, vocabulary], decay: false }]);
    const random = seededRandom(3);
    for (let index = 0; index < parameters.count; index++) parameters.values[index] = 4 * random.next() - 2;
  });

  test('gives the log-probabilities of the loss, and its gradient for minus its weights', () => {
    using tape = createTape(parameters.runtime);
    const logits = parameters.get('logits');
    const weights = Float32Array.of(1, -0.5, 0, 2, 0.25);
    zeroGradients(parameters);
    const known = logProbabilityLoss(tape, logits, { targets, weights, normaliser: 1 });
    const expected = known.logProbabilities.slice();
    tape.backward(known.loss);
    const gradients = parameters.gradients.slice();

    tape.reset();
    zeroGradients(parameters);
    const logProbabilities = tokenLogProbabilities(tape, logits, targets);
    expect([...logProbabilities.values]).toEqual([...expected]);
    const value = -weights.reduce((sum, weight, row) => sum + weight * expected[row]!, 0);
    const loss = scalarOf(
      tape,
      logProbabilities,
      value,
      weights.map((weight) => -weight),
    );
    expect(loss.values[0]).toBeCloseTo(known.value, 5);
    tape.backward(loss);
    expect(parameters.gradients).toEqual(gradients);
  });

  test('entropy is that of the softmax', () => {
    using tape = createTape(parameters.runtime);
    const logits = tape.allocate('test', [2, vocabulary]);
    logits.values.fill(1);
    logits.values.fill(-1000, vocabulary + 2);
    const [even, coin] = entropies(tape, logits);
    expect(even).toBeCloseTo(Math.log(vocabulary), 6);
    expect(coin).toBeCloseTo(Math.log(2), 6);
  });

  test('entropy is −Σ p log p for logits of any size', () => {
    const row = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(row, (values) => {
        using tape = createTape(parameters.runtime);
        const logits = tape.allocate('test', [1, values.length]);
        logits.values.set(values);
        const mass = values.reduce((sum, value) => sum + Math.exp(value), 0);
        const expected = values.reduce((sum, value) => {
          const probability = Math.exp(value) / mass;
          return sum - probability * Math.log(probability);
        }, 0);
        expect(Math.abs(entropies(tape, logits)[0]! - expected)).toBeLessThan(1e-5);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test('targets that do not fit are refused', () => {
    using tape = createTape(parameters.runtime);
    const refused = expect.objectContaining({ code: 'TGL_TENSOR_SHAPE' });
    const logits = parameters.get('logits');
    expect(() => tokenLogProbabilities(tape, logits, Int32Array.of(1))).toThrow(refused);
    expect(() => tokenLogProbabilities(tape, logits, new Int32Array(rows).fill(vocabulary))).toThrow(refused);
    const y = tokenLogProbabilities(tape, logits, targets);
    expect(() => scalarOf(tape, y, 0, new Float32Array(1))).toThrow(refused);
  });
});
