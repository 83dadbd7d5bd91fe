// Labels are no evidence against what is true, on average, and more of it the farther a supposed rate is from them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelEvidence } from './label-evidence.ts';

const rate = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const labels = fc.integer({ min: 1, max: 60 });
const weight = fc.double({ min: -1, max: 1, noNaN: true });

/** Probabilities of 0 to n hits. */
function binomial(n: number, p: number): readonly number[] {
  let coefficient = 1;
  return Array.from({ length: n + 1 }, (_, hits) => {
    if (hits > 0) coefficient *= (n - hits + 1) / hits;
    return coefficient * p ** hits * (1 - p) ** (n - hits);
  });
}

describe('the evidence of labels', () => {
  test('is at most 1 on average over labels, against the rate that is true of two shares', () => {
    const holds = (p: number, n: number, w: number, q: number, m: number): void => {
      const truth = p + w * q;
      let mean = 0;
      for (const [hits, probability] of binomial(n, p).entries())
        for (const [others, other] of binomial(m, q).entries()) {
          const observed = [
            { weight: 1, hits, labels: n },
            { weight: w, hits: others, labels: m },
          ];
          mean += probability * other * Math.exp(labelEvidence(observed, truth));
        }
      expect(mean).toBeLessThanOrEqual(1 + 1e-6);
    };
    fc.assert(fc.property(rate, labels, weight, rate, labels, holds), { numRuns: 40 });
  });

  test('falls with the supposed rate', () => {
    const falls = (n: number, one: number, other: number, seed: number): void => {
      const observed = [{ weight: 1, hits: seed % (n + 1), labels: n }];
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      expect(labelEvidence(observed, low)).toBeGreaterThanOrEqual(labelEvidence(observed, high) - 1e-6);
    };
    fc.assert(fc.property(labels, rate, rate, fc.nat(), falls));
  });

  test('is none without labels, and certain against what no shares add up to', () => {
    expect(labelEvidence([{ weight: 1, hits: 0, labels: 0 }], 0.5)).toBeLessThanOrEqual(0);
    expect(labelEvidence([{ weight: 1, hits: 3, labels: 9 }], -0.1)).toBe(Number.POSITIVE_INFINITY);
  });
});
