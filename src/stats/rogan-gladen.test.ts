// Reference intervals: 40 of 200 observed by a judge of sensitivity .92 and specificity .94, by a parametric bootstrap
// that was written apart from this one; with binomial draws of the judge's counts in place of Beta draws.
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { betaQuantile } from './incomplete-beta.ts';
import { correctedRate, trueRate } from './rogan-gladen.ts';

const clusters = Array.from({ length: 200 }, (_, index) => ({ positives: index < 40 ? 1 : 0, total: 1 }));

function judgeOf(labels: number) {
  return {
    truePositives: labels * 0.92,
    falseNegatives: labels * 0.08,
    trueNegatives: labels * 0.94,
    falsePositives: labels * 0.06,
  };
}

describe('correctedRate', () => {
  test.each([
    ['practically unlimited', 1_000_000, 0.099, 0.227],
    ['1,000', 1000, 0.098, 0.23],
    ['200', 200, 0.088, 0.234],
    ['50', 50, 0.043, 0.243],
  ] as const)('has the interval of a judge with %s labels of each kind', (_, labels, lower, upper) => {
    const rate = correctedRate(clusters, judgeOf(labels), seededRandom(2));
    expect(rate.estimate).toBeCloseTo(0.14 / 0.86, 10);
    expect(Math.abs(rate.lower - lower)).toBeLessThan(0.012);
    expect(Math.abs(rate.upper - upper)).toBeLessThan(0.008);
  });

  test('fewer labels never narrow it', () => {
    const widths = [1000, 200, 50].map((labels) => {
      const { lower, upper } = correctedRate(clusters, judgeOf(labels), seededRandom(2));
      return upper - lower;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });

  test('a judge that cannot err leaves the rate as it is', () => {
    expect(correctedRate(clusters, null, seededRandom(2)).estimate).toBe(0.2);
  });

  test('a judge that may be no better than chance leaves everything open', () => {
    const guessing = { truePositives: 6, falseNegatives: 5, trueNegatives: 6, falsePositives: 5 };
    expect(correctedRate(clusters, guessing, seededRandom(2))).toMatchObject({ lower: 0, upper: 1 });
  });
});

test('with the errors of string matching an observed 20 % is a true 2 %', () => {
  expect(trueRate(0.2, { sensitivity: 0.958, specificity: 0.815 })).toBeCloseTo(0.02, 2);
});

test('a corrected rate stays within [0, 1]', () => {
  expect(trueRate(0.01, { sensitivity: 0.9, specificity: 0.9 })).toBe(0);
  expect(trueRate(0.99, { sensitivity: 0.9, specificity: 0.9 })).toBe(1);
  expect(trueRate(0.5, { sensitivity: 0.5, specificity: 0.5 })).toBeNaN();
});

test('a judge that is worse than chance says nothing about the rate', () => {
  expect(trueRate(0.5, { sensitivity: 0.3, specificity: 0.3 })).toBeNaN();
  const worse = { truePositives: 1, falseNegatives: 9, trueNegatives: 1, falsePositives: 9 };
  const rate = correctedRate(clusters, worse, seededRandom(2));
  expect(rate).toEqual({ estimate: Number.NaN, lower: 0, upper: 1 });
});

test('draws in which the judge is no better than chance widen the interval on both sides', () => {
  // About one draw in a hundred has sensitivity + specificity below 1 here.
  const weak = { truePositives: 14, falseNegatives: 6, trueNegatives: 13, falsePositives: 7 };
  const halves = Array.from({ length: 400 }, (_, index) => ({ positives: index % 2, total: 1 }));
  const { lower, upper } = correctedRate(halves, weak, seededRandom(2));
  const { lower: surerLower, upper: surerUpper } = correctedRate(
    halves,
    { truePositives: 140, falseNegatives: 60, trueNegatives: 130, falsePositives: 70 },
    seededRandom(2),
  );
  expect(lower).toBeLessThan(surerLower);
  expect(upper).toBeGreaterThan(surerUpper);
});

test('what few labels leave open is what Jeffreys’ prior says', () => {
  const many = 1_000_000;
  const certain = { truePositives: many, falseNegatives: 0, trueNegatives: many, falsePositives: 0 };
  // Alike but for one in a thousand, so that the clusters add next to nothing.
  const quarters = (count: number) =>
    Array.from({ length: 40 }, (_, index) => ({ positives: 250 * count + (index % 2), total: 1000 }));
  // Four labels, all right: a share that is Beta(4.5, 0.5). 0.25 is a rate of 0.25 / sensitivity, 0.75 one of 1 - 0.25 / specificity.
  const least = betaQuantile(0.025, 4.5, 0.5);
  const unsure = correctedRate(quarters(1), { ...certain, truePositives: 4 }, seededRandom(2));
  expect(Math.abs(unsure.upper - 0.25 / least)).toBeLessThan(0.04);
  const unspecific = correctedRate(quarters(3), { ...certain, trueNegatives: 4 }, seededRandom(2));
  expect(Math.abs(unspecific.lower - (1 - 0.25 / least))).toBeLessThan(0.04);
});

test('a few draws in which the judge is no better than chance do not leave everything open', () => {
  const weak = { truePositives: 14, falseNegatives: 6, trueNegatives: 14, falsePositives: 6 };
  const most = Array.from({ length: 40 }, (_, index) => ({ positives: 750 + (index % 2), total: 1000 }));
  expect(correctedRate(most, weak, seededRandom(2)).lower).toBeGreaterThan(0.5);
});

test('a judge measured on few labels of one kind counts as uncertain of them, though it made no error', () => {
  const flawless = { truePositives: 4, falseNegatives: 0, trueNegatives: 4, falsePositives: 0 };
  const all = Array.from({ length: 400 }, (_, index) => ({ positives: index % 4 === 0 ? 1 : 0, total: 1 }));
  const { estimate, lower, upper } = correctedRate(all, flawless, seededRandom(2));
  expect(estimate).toBe(0.25);
  expect(lower).toBe(0);
  expect(upper).toBeGreaterThan(0.3);
});
