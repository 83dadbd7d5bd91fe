import { expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { randomBeta } from './random-beta.ts';

test.each([
  [0.5, 0.5],
  [0.5, 20.5],
  [2, 5],
  [190.5, 10.5],
])('draws follow Beta(%d, %d)', (a, b) => {
  const random = seededRandom(11);
  const draws = Array.from({ length: 4000 }, () => randomBeta(random, a, b)).sort((x, y) => x - y);
  // Kolmogorov's distance; 1.63 / √n is exceeded by chance once in a hundred seeds.
  const distances = draws.map((draw, index) =>
    Math.abs(incompleteBeta(draw, a, b) - (index + 0.5) / draws.length),
  );
  expect(Math.max(...distances)).toBeLessThan(1.63 / Math.sqrt(draws.length));
});

test('draws of a small shape have the moments of their distribution', () => {
  // The transformed normal that is not refused now and then has a mean that is off by more than this.
  const random = seededRandom(12);
  const draws = Array.from({ length: 100_000 }, () => randomBeta(random, 1, 1));
  const moment = (power: number): number =>
    draws.reduce((sum, draw) => sum + draw ** power, 0) / draws.length;
  for (const power of [1, 2, 3]) expect(Math.abs(moment(power) - 1 / (power + 1))).toBeLessThan(0.003);
});

test('what is no number is refused instead of drawn for ever', () => {
  expect(() => randomBeta(seededRandom(1), Number.NaN, 2)).toThrow('no draw was accepted for the shape NaN');
});

test('the smallest uniform number has a logarithm', () => {
  const zeros = { ...seededRandom(1), next: () => 0 };
  const drawn = randomBeta(zeros, 2, 5);
  expect(drawn > 0 && drawn < 1).toBe(true);
});
