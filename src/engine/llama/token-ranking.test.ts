import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankToken } from './token-ranking.ts';

const logits = fc
  .array(fc.oneof(fc.integer({ min: -40, max: 40 }), fc.constant(Number.NEGATIVE_INFINITY)), {
    minLength: 1,
    maxLength: 60,
  })
  .filter((values) => values.some(Number.isFinite))
  .map((values) => Float32Array.from(values));

test('gives logits less the logarithm of the sum of their exponentials, and the likeliest in falling order', () => {
  fc.assert(
    fc.property(logits, fc.nat(70), (values, count) => {
      const total = Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
      const finite = [...values.keys()].filter((token) => Number.isFinite(values[token]));
      const sorted = finite.toSorted((one, other) => values[other]! - values[one]! || one - other);
      const { likeliest } = rankToken(values, 0, count);
      expect(likeliest.map(({ token }) => token)).toEqual(sorted.slice(0, count));
      for (const { token, logProbability } of likeliest) {
        expect(logProbability).toBeCloseTo(Math.min(0, values[token]! - total), 4);
        expect(rankToken(values, token, 0).logProbability).toBe(logProbability);
      }
    }),
  );
});

test('is not disturbed by logits whose exponentials are no numbers', () => {
  const { logProbability, likeliest } = rankToken(Float32Array.of(2000, 1999, -2000), 1, 1);
  expect(logProbability).toBeCloseTo(-Math.log(1 + Math.E), 6);
  expect(likeliest).toEqual([{ token: 0, logProbability: expect.closeTo(-Math.log(1 + Math.exp(-1)), 6) }]);
});
