import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PolicySettings, policyObjective, type SequenceSpan } from './policy-objective.ts';

const onPolicy: PolicySettings = { ratio: 'token', clip: { low: 0.2, high: 0.28 }, klWeight: 0 };
const sequences: readonly SequenceSpan[] = [
  { start: 0, end: 3, advantage: 0.7, weight: 0.1 },
  { start: 3, end: 5, advantage: -0.4, weight: 0.25 },
];

test('on policy the gradient is REINFORCE with a baseline: minus weight × advantage', () => {
  const current = Float32Array.of(-1, -2, -0.5, -3, -0.1);
  const { coefficients, clippedTokens, klSum } = policyObjective(
    sequences,
    { current, old: current, reference: undefined },
    onPolicy,
  );
  const expected = [-0.07, -0.07, -0.07, 0.1, 0.1];
  coefficients.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, 6);
  });
  expect([clippedTokens, klSum]).toEqual([0, 0]);
});

test('a reference alone pulls log-probabilities towards its own', () => {
  const current = Float32Array.of(Math.log(0.5), Math.log(0.25));
  const reference = Float32Array.of(Math.log(0.25), Math.log(0.5));
  const { loss, coefficients, klSum } = policyObjective(
    [{ start: 0, end: 2, advantage: 0, weight: 1 }],
    { current, old: current, reference },
    { ...onPolicy, klWeight: 0.5 },
  );
  expect(klSum).toBeCloseTo(0.193147 + 0.306853, 5);
  expect(loss).toBeCloseTo(0.25, 5);
  expect(coefficients[0]).toBeGreaterThan(0);
  expect(coefficients[1]).toBeLessThan(0);
});

describe.each(['token', 'sequence'] as const)('ratios by %s', (ratio) => {
  test('coefficients are the derivatives of the loss, clipped or not', () => {
    const logProbability = fc.double({ min: -0.6, max: 0.6, noNaN: true });
    const numbers = fc.array(logProbability, { minLength: 5, maxLength: 5 });
    const settings: PolicySettings = { ratio, clip: { low: 0.2, high: 0.28, dual: 3 }, klWeight: 0.3 };
    fc.assert(
      fc.property(numbers, numbers, numbers, (current, old, reference) => {
        // Halves are exact in f32, so a difference measures the derivative well; corners are avoided by the step.
        const at = (values: readonly number[]) =>
          policyObjective(
            sequences,
            {
              current: Float32Array.from(values),
              old: Float32Array.from(old),
              reference: Float32Array.from(reference),
            },
            settings,
          );
        const { coefficients } = at(current);
        const step = 2 ** -9;
        for (let token = 0; token < 5; token++) {
          const moved = (by: number) =>
            at(current.map((value, index) => (index === token ? value + by : value)));
          const [up, down] = [moved(step), moved(-step)];
          if (up.clippedTokens !== down.clippedTokens) continue;
          expect(coefficients[token]).toBeCloseTo((up.loss - down.loss) / (2 * step), 3);
        }
      }),
    );
  });
});

test('a token beyond the bound in the wished direction is clipped and counted', () => {
  const old = Float32Array.of(-1, -1);
  const current = Float32Array.of(-0.5, -1);
  const { coefficients, clippedTokens } = policyObjective(
    [{ start: 0, end: 2, advantage: 1, weight: 1 }],
    { current, old, reference: undefined },
    onPolicy,
  );
  expect(clippedTokens).toBe(1);
  expect([...coefficients]).toEqual([0, -1]);
});

test('one ratio for a sequence is the geometric mean of its tokens, so that they are clipped together', () => {
  const old = Float32Array.of(-1, -1);
  const current = Float32Array.of(-0.4, -1);
  const sequence = [{ start: 0, end: 2, advantage: 1, weight: 1 }];
  const tokens = { current, old, reference: undefined };
  const shared = policyObjective(sequence, tokens, { ...onPolicy, ratio: 'sequence' });
  // e^0.3 lies above 1.28 for both tokens; by token the second one has ratio 1.
  expect(shared.clippedTokens).toBe(2);
  expect(shared.loss).toBeCloseTo(-2.56, 5);
  expect(policyObjective(sequence, tokens, onPolicy).clippedTokens).toBe(1);
});

test('a token without an advantage is not counted as clipped', () => {
  const { clippedTokens } = policyObjective(
    [{ start: 0, end: 1, advantage: 0, weight: 1 }],
    { current: Float32Array.of(0), old: Float32Array.of(-1), reference: undefined },
    onPolicy,
  );
  expect(clippedTokens).toBe(0);
});
