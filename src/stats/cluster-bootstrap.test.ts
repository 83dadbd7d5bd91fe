import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { clusterBootstrap, clusterSampler, quantileOf } from './cluster-bootstrap.ts';
import { wilsonInterval } from './proportion.ts';

function singles(positives: number, total: number) {
  return Array.from({ length: total }, (_, index) => ({ positives: index < positives ? 1 : 0, total: 1 }));
}

function interval(clusters: readonly { positives: number; total: number }[]): readonly [number, number] {
  const rates = clusterBootstrap(clusters, seededRandom(3), 4000);
  return [quantileOf(rates, 0.025), quantileOf(rates, 0.975)];
}

describe('clusterBootstrap', () => {
  test('agrees with Wilson where clusters hold one observation each', () => {
    const [low, high] = interval(singles(120, 400));
    const { lower, upper } = wilsonInterval(120, 400);
    expect(Math.abs(low - lower)).toBeLessThan(0.006);
    expect(Math.abs(high - upper)).toBeLessThan(0.006);
  });

  test('is √k wider where the k observations of a cluster are copies', () => {
    const [low, high] = interval(singles(120, 400));
    const copies = singles(30, 100).map(({ positives }) => ({ positives: 4 * positives, total: 4 }));
    const [wideLow, wideHigh] = interval(copies);
    expect((wideHigh - wideLow) / (high - low)).toBeGreaterThan(1.8);
    expect((wideHigh - wideLow) / (high - low)).toBeLessThan(2.2);
  });

  test('gives the same from the same seed', () => {
    expect(clusterBootstrap(singles(3, 9), seededRandom(5), 50)).toEqual(
      clusterBootstrap(singles(3, 9), seededRandom(5), 50),
    );
  });

  test.each([
    [0, 60],
    [60, 60],
    [0, 1],
  ])('is no point at %i of %i, and as wide as Jeffreys says', (positives, total) => {
    const [low, high] = interval(singles(positives, total));
    const { lower, upper } = wilsonInterval(positives, total);
    expect(high - low).toBeGreaterThan((upper - lower) / 3);
    expect(high - low).toBeLessThan(1.5 * (upper - lower));
    expect(low >= 0 && high <= 1).toBe(true);
  });

  test('is no point where all clusters say the same of both kinds', () => {
    const halves = Array.from({ length: 30 }, () => ({ positives: 1, total: 2 }));
    const [low, high] = interval(halves);
    expect(low).toBeLessThan(0.49);
    expect(high).toBeGreaterThan(0.51);
    const differences = clusterBootstrap(
      halves.map(() => ({ positives: 0, total: 1 })),
      seededRandom(3),
      4000,
      -1,
    );
    expect(quantileOf(differences, 0.025)).toBeLessThan(-0.01);
    expect(quantileOf(differences, 0.975)).toBeGreaterThan(0.01);
  });

  test('has nothing to say of nothing', () => {
    expect(() => clusterBootstrap([{ positives: 0, total: 0 }], seededRandom(1), 5)).toThrow(TypeError);
    expect(() => clusterBootstrap([], seededRandom(1), 5)).toThrow(TypeError);
  });
});

test('quantileOf among infinite values is infinite, not unknown', () => {
  const values = [1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  expect([0, 0.6, 1].map((p) => quantileOf(values, p))).toEqual([
    1,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
});

test('quantileOf goes linearly from one value to the next', () => {
  expect([0, 0.25, 0.5, 0.875, 1].map((p) => quantileOf([1, 2, 4, 8, 16], p))).toEqual([1, 2, 4, 12, 16]);
});

describe('where all clusters agree', () => {
  const draws = (positives: number, total: number, count: number, least?: number) => {
    const clusters = Array.from({ length: count }, () => ({ positives, total }));
    const draw = clusterSampler(clusters, seededRandom(8), least);
    return Array.from({ length: 4000 }, draw);
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('the share of unseen clusters has the mean of Beta(1/2, n + 1/2)', () => {
    expect(Math.abs(mean(draws(0, 1, 2)) - 0.5 / 3)).toBeLessThan(0.02);
    expect(Math.abs(mean(draws(1, 1, 2)) - (1 - 0.5 / 3))).toBeLessThan(0.02);
  });

  test('an extreme rate is left in one direction only, and every draw leaves it', () => {
    expect(draws(0, 1, 5).every((rate) => rate > 0 && rate < 1)).toBe(true);
    expect(draws(1, 1, 5).every((rate) => rate > 0 && rate < 1)).toBe(true);
    expect(draws(-1, 1, 5, -1).every((rate) => rate > -1 && rate < 1)).toBe(true);
  });

  test('a rate in between is left to both sides equally often, within the limits', () => {
    const rates = draws(1, 2, 3);
    expect(rates.every((rate) => rate > 0 && rate < 1)).toBe(true);
    const below = rates.filter((rate) => rate < 0.5).length / rates.length;
    expect(Math.abs(below - 0.5)).toBeLessThan(0.03);
  });
});

test('a resample draws as many clusters as there are', () => {
  const rates = new Set(clusterBootstrap(singles(1, 2), seededRandom(4), 500));
  expect([...rates].sort()).toEqual([0, 0.5, 1]);
});
