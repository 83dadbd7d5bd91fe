import { expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { logGammaTail } from './gamma-tail.ts';
import { hitsTail } from './hits-tail.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { uniformityTest } from './kolmogorov.ts';

/** A gamma variable of a whole shape exceeds x where a Poisson variable of mean x stays below the shape. */
function poissonBelow(shape: number, x: number): number {
  let [term, sum] = [Math.exp(-x), 0];
  for (let index = 0; index < shape; index++) {
    sum += term;
    term *= x / (index + 1);
  }
  return sum;
}

test('the tail of a gamma variable is the one that a Poisson variable has', () => {
  for (const shape of [1, 2, 7, 50, 400])
    for (const factor of [0.1, 0.5, 0.9, 1, 1.1, 1.6]) {
      const x = shape * factor;
      expect(Math.exp(logGammaTail(shape, x))).toBeCloseTo(poissonBelow(shape, x), 10);
    }
});

test('far tails, and those of many terms, keep their digits', () => {
  expect(logGammaTail(1, 5_000)).toBeCloseTo(-5_000, 6);
  // Two exponential variables: (1 + x) exp(-x).
  expect(logGammaTail(2, 900)).toBeCloseTo(Math.log(901) - 900, 8);
  // Of 200,000 the sum is all but normal: five deviations are 2.9e-7.
  const five = logGammaTail(200_000, 200_000 + 5 * Math.sqrt(200_000));
  expect(Math.exp(five)).toBeGreaterThan(2.9e-7);
  expect(Math.exp(five)).toBeLessThan(3.3e-7);
  for (const [shape, x] of [
    [0, 1],
    [1, -1],
    [1, Number.NaN],
  ] as const)
    expect(() => logGammaTail(shape, x)).toThrow(TypeError);
});

test('hits of equal chances are binomial, and of unequal ones what adding up all outcomes gives', () => {
  expect(hitsTail(15, Array(50).fill(1 / 16))).toBeCloseTo(incompleteBeta(1 / 16, 15, 36), 15);
  expect(hitsTail(100, Array(100).fill(1 / 16)) * 16 ** 100).toBeCloseTo(1, 10);
  const chances = [0.1, 0.5, 0.25, 0.9];
  const all = Array.from({ length: 16 }, (_, outcome) => {
    const hits = chances.map((_, place) => (outcome >> place) & 1);
    const chance = chances.reduce((product, each, place) => product * (hits[place] ? each : 1 - each), 1);
    return { count: hits.reduce((sum, hit) => sum + hit, 0), chance };
  });
  for (const hits of [0, 1, 2, 3, 4]) {
    const expected = all.filter(({ count }) => count >= hits).reduce((sum, { chance }) => sum + chance, 0);
    expect(hitsTail(hits, chances)).toBeCloseTo(expected, 12);
  }
  expect(() => hitsTail(2, [0.5])).toThrow(TypeError);
});

test('uniform numbers pass as often as they should, and others do not', () => {
  const random = seededRandom(3);
  const draw = (change: (value: number) => number) =>
    uniformityTest(Array.from({ length: 200 }, () => change(random.next()))).p;
  const uniform = Array.from({ length: 500 }, () => draw((value) => value));
  expect(uniform.filter((p) => p < 0.05).length).toBeGreaterThan(10);
  expect(uniform.filter((p) => p < 0.05).length).toBeLessThan(45);
  expect(draw((value) => value ** 2)).toBeLessThan(1e-6);
  expect(draw((value) => 0.25 + value / 2)).toBeLessThan(1e-6);
});
