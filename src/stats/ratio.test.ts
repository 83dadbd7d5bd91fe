// Oracles: the delta method by hand, and the coverage over simulated arms.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../base/index.ts';
import { pairedRatio, type RatioCluster, ratioOfMeans } from './ratio.ts';

/** One attempt a cluster: correct with a probability, at a cost of mean 100 that is log-normal. */
function arm(random: Random, count: number, rate: number, variation: number): RatioCluster[] {
  const sigma = Math.sqrt(Math.log(1 + variation ** 2));
  return Array.from({ length: count }, () => ({
    numerator: 100 * Math.exp(sigma * normal(random) - sigma ** 2 / 2),
    denominator: random.next() < rate ? 1 : 0,
  }));
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

describe('a ratio of two means', () => {
  test('has the interval of the delta method on its logarithm', () => {
    // Means 4 and 2, variances of the means 1 and 1/3, covariance 0.5: by hand from four clusters.
    const clusters = [
      { numerator: 2, denominator: 1 },
      { numerator: 3, denominator: 2 },
      { numerator: 4, denominator: 1 },
      { numerator: 7, denominator: 4 },
    ];
    const { estimate, lower, upper } = ratioOfMeans(clusters);
    expect(estimate).toBe(2);
    // v1 = 14/12, v2 = 6/12, c = 8/12
    const half = 1.959963984540054 * Math.sqrt(14 / 12 / 16 + 6 / 12 / 4 - (2 * (8 / 12)) / 8);
    expect(Math.log(upper / estimate)).toBeCloseTo(half, 12);
    expect(Math.log(estimate / lower)).toBeCloseTo(half, 12);
  });

  test.each([
    [100, 0.1, 1],
    [50, 0.2, 1],
    [200, 0.05, 1.5],
    [200, 0.3, 1.5],
    [300, 0.9, 0.5],
  ])(
    'covers the true one in 95 ± 1.5 percent of arms: %i tasks, rate %d, variation %d',
    (count, rate, variation) => {
      const random = seededRandom(20, count);
      const runs = 4_000;
      let covered = 0;
      for (let run = 0; run < runs; run++) {
        const { lower, upper } = ratioOfMeans(arm(random, count, rate, variation));
        if (lower <= 100 / rate && 100 / rate <= upper) covered++;
      }
      expect(covered / runs).toBeGreaterThan(0.935);
      expect(covered / runs).toBeLessThan(0.965);
    },
  );

  test('has no finite upper end where the denominator may be nothing', () => {
    const clusters = Array.from({ length: 20 }, (_, index) => ({
      numerator: 100 + index,
      denominator: index === 0 ? 1 : 0,
    }));
    expect(ratioOfMeans(clusters).upper).toBe(Number.POSITIVE_INFINITY);
    expect(ratioOfMeans(clusters.slice(1)).estimate).toBe(Number.POSITIVE_INFINITY);
  });

  test('does not depend on the order, and scales with the numerators', () => {
    const cluster = fc.record({
      numerator: fc.integer({ min: 1, max: 1_000 }),
      denominator: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 2, maxLength: 30 }), (clusters) => {
        const one = ratioOfMeans(clusters);
        const turned = ratioOfMeans(clusters.toReversed());
        const doubled = ratioOfMeans(
          clusters.map(({ numerator, denominator }) => ({ numerator: 2 * numerator, denominator })),
        );
        expect(one.lower <= one.estimate && one.estimate <= one.upper).toBe(true);
        if (!Number.isFinite(one.estimate)) return;
        expect(turned.lower).toBeCloseTo(one.lower, 6);
        expect(doubled.estimate / one.estimate).toBeCloseTo(2, 9);
        if (Number.isFinite(one.upper)) expect(doubled.upper / one.upper).toBeCloseTo(2, 9);
      }),
    );
  });

  test('is refused where there is nothing, or less than nothing', () => {
    expect(() => ratioOfMeans([])).toThrow('a ratio over no cluster');
    expect(() => ratioOfMeans([{ numerator: -1, denominator: 1 }])).toThrow('-1 / 1 is no ratio');
    expect(() => ratioOfMeans([{ numerator: 1, denominator: Number.NaN }])).toThrow('1 / NaN is no ratio');
  });
});

describe('the ratio of two arms over the same clusters', () => {
  test('is 1 without width where both arms are one', () => {
    const random = seededRandom(1);
    const clusters = arm(random, 50, 0.5, 1).map((cluster) => ({ first: cluster, second: cluster }));
    expect(pairedRatio(clusters, random)).toEqual({ estimate: 1, lower: 1, upper: 1 });
  });

  test('covers the true one in 95 ± 3 % of pairs of arms whose tasks are hard together', () => {
    const runs = 600;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const random = seededRandom(21, run);
      const clusters = Array.from({ length: 150 }, () => {
        const hard = random.next() < 0.5;
        const [one, other] = [
          arm(random, 1, hard ? 0.3 : 0.9, 0.5)[0] as RatioCluster,
          arm(random, 1, hard ? 0.3 : 0.9, 0.5)[0] as RatioCluster,
        ];
        return { first: { ...one, numerator: one.numerator / 4 }, second: other };
      });
      const { lower, upper } = pairedRatio(clusters, random, 300);
      if (lower <= 0.25 && 0.25 <= upper) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.92);
    expect(covered / runs).toBeLessThan(0.98);
  });
});
