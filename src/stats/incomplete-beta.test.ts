// Oracles: closed forms (DLMF 8.17) and the binomial tail, which the function equals for whole numbers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { betaQuantile, incompleteBeta } from './incomplete-beta.ts';

const inside = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

describe('incompleteBeta', () => {
  test('has the closed forms of b = 1 and a = 1', () => {
    for (const x of [0, 0.01, 0.3, 0.5, 0.9, 1]) {
      for (const power of [1, 2, 7.5, 40]) {
        expect(incompleteBeta(x, power, 1)).toBeCloseTo(x ** power, 13);
        expect(incompleteBeta(x, 1, power)).toBeCloseTo(1 - (1 - x) ** power, 13);
      }
    }
  });

  test('is the arcsine law at a = b = 1/2', () => {
    for (const x of [0.1, 0.5, 0.77])
      expect(incompleteBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 13);
  });

  test('equals the binomial tail for whole numbers', () => {
    fc.assert(
      fc.property(inside, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (x, a, b) => {
        expect(incompleteBeta(x, a, b)).toBeCloseTo(binomialTail(a, a + b - 1, x), 11);
      }),
    );
  });

  test('is reflected about the middle', () => {
    const shape = fc.double({ min: 0.5, max: 5000, noNaN: true });
    fc.assert(
      fc.property(inside, shape, shape, (x, a, b) => {
        expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('refuses what lies outside its domain', () => {
    expect(() => incompleteBeta(1.1, 1, 1)).toThrow(TypeError);
    expect(() => incompleteBeta(0.5, 0, 1)).toThrow(TypeError);
    expect(() => incompleteBeta(Number.NaN, 1, 1)).toThrow(TypeError);
  });
});

test('betaQuantile undoes incompleteBeta', () => {
  fc.assert(
    fc.property(inside, fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (p, a, b) => {
      expect(incompleteBeta(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 10);
    }),
  );
});

/** P(X >= least) for X ~ Binomial(trials, rate), summed term by term. */
function binomialTail(least: number, trials: number, rate: number): number {
  let sum = 0;
  for (let k = least; k <= trials; k++) {
    let term = 1;
    for (let factor = 1; factor <= k; factor++) term *= ((trials - k + factor) / factor) * rate;
    sum += term * (1 - rate) ** (trials - k);
  }
  return sum;
}

test('each argument alone is held to its domain', () => {
  expect(() => incompleteBeta(0.5, 1, 0.4)).toThrow(TypeError);
  expect(() => incompleteBeta(-0.1, 1, 1)).toThrow(TypeError);
  expect(incompleteBeta(0.5, 0.5, 0.5)).toBeCloseTo(0.5, 12);
});

test('shapes for which the fraction would take too long are refused in bounded time', () => {
  expect(() => incompleteBeta(0.5, 1e14, 1e14)).toThrow('no convergence');
});
