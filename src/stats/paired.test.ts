// Oracles: binomial sums, and the coverage by complete enumeration.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairedDifference } from './paired.ts';

describe('the p-value', () => {
  test('is twice the binomial tail', () => {
    // 2 x (1 + 14 + 91) / 2^14 and 2 x (1 + 10) / 2^10
    expect(pairedDifference({ pairs: 50, onlyFirst: 12, onlySecond: 2 }).pValue).toBeCloseTo(
      212 / 16_384,
      12,
    );
    expect(pairedDifference({ pairs: 10, onlyFirst: 1, onlySecond: 9 }).pValue).toBeCloseTo(22 / 1024, 12);
  });

  test('is 1 where nothing differs or both directions are alike', () => {
    expect(pairedDifference({ pairs: 9, onlyFirst: 0, onlySecond: 0 }).pValue).toBe(1);
    expect(pairedDifference({ pairs: 9, onlyFirst: 2, onlySecond: 2 }).pValue).toBe(1);
  });

  test('without a difference is at most 5 % in at most 5 % of samples', () => {
    for (let discordant = 1; discordant <= 40; discordant++) {
      let rejected = 0;
      for (let first = 0; first <= discordant; first++) {
        const { pValue } = pairedDifference({
          pairs: 40,
          onlyFirst: first,
          onlySecond: discordant - first,
        });
        if (pValue <= 0.05) rejected += binomial(first, discordant, 0.5);
      }
      expect(rejected).toBeLessThanOrEqual(0.05);
    }
  });
});

test('the interval holds its 95 % within two points in small samples', () => {
  const pairs = 30;
  for (const [first, second] of [
    [0.1, 0.1],
    [0.2, 0.05],
    [0.4, 0.1],
  ] as const) {
    let covered = 0;
    for (let onlyFirst = 0; onlyFirst <= pairs; onlyFirst++)
      for (let onlySecond = 0; onlySecond <= pairs - onlyFirst; onlySecond++) {
        const { lower, upper } = pairedDifference({ pairs, onlyFirst, onlySecond });
        if (lower <= first - second && first - second <= upper)
          covered +=
            binomial(onlyFirst, pairs, first) * binomial(onlySecond, pairs - onlyFirst, second / (1 - first));
      }
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.99);
  }
});

test('exchanging the sides mirrors everything', () => {
  const side = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(side, side, side, (both, onlyFirst, onlySecond) => {
      const pairs = both + onlyFirst + onlySecond + 1;
      const one = pairedDifference({ pairs, onlyFirst, onlySecond });
      const other = pairedDifference({ pairs, onlyFirst: onlySecond, onlySecond: onlyFirst });
      expect(other.estimate).toBeCloseTo(-one.estimate, 12);
      expect(other.lower).toBeCloseTo(-one.upper, 12);
      expect(other.pValue).toBe(one.pValue);
      expect(one.lower <= one.upper).toBe(true);
    }),
  );
});

test('counts that are none are refused', () => {
  expect(() => pairedDifference({ pairs: 0, onlyFirst: 0, onlySecond: 0 })).toThrow(TypeError);
  expect(() => pairedDifference({ pairs: 3, onlyFirst: 2, onlySecond: 2 })).toThrow(TypeError);
  expect(() => pairedDifference({ pairs: 3, onlyFirst: 0.5, onlySecond: 0 })).toThrow(TypeError);
});

function binomial(successes: number, trials: number, rate: number): number {
  let probability = (1 - rate) ** (trials - successes);
  for (let k = 1; k <= successes; k++) probability *= ((trials - successes + k) / k) * rate;
  return probability;
}

test('the estimate and the interval of 12 and 2 in 50 pairs', () => {
  // By hand: 13/52 − 3/52 ± 1.96 √((16/52 − (10/52)²) / 52)
  const { estimate, lower, upper } = pairedDifference({ pairs: 50, onlyFirst: 12, onlySecond: 2 });
  expect(estimate).toBeCloseTo(0.2, 12);
  expect(lower).toBeCloseTo(0.0508916704, 9);
  expect(upper).toBeCloseTo(0.3337237142, 9);
});

test('one pair is enough, and a negative count is refused', () => {
  expect(pairedDifference({ pairs: 1, onlyFirst: 1, onlySecond: 0 }).estimate).toBe(1);
  expect(() => pairedDifference({ pairs: 3, onlyFirst: -1, onlySecond: 0 })).toThrow(
    'pairedDifference: 3, -1, 0',
  );
  expect(() => pairedDifference({ pairs: 3, onlyFirst: 0, onlySecond: -1 })).toThrow(
    'pairedDifference: 3, 0, -1',
  );
});
