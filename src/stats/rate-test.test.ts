// Error rates are simulated, sizes follow from closed forms, and expectations are taken over both outcomes exactly.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { anytimeUpperBound, testRate } from './rate-test.ts';

const shares = fc.array(fc.constantFrom(0, 0.25, 0.5, 1), { minLength: 1, maxLength: 80 });
const inside = fc.double({ min: 0.01, max: 0.99, noNaN: true });

function evidence(direction: 'below' | 'above', rate: number, values: readonly number[]): number {
  const running = testRate(direction, rate);
  for (const value of values) running.add(value);
  return running.logEvidence();
}

describe('under the hypothesis', () => {
  test.each([
    ['below', 0.05],
    ['below', 0.3],
    ['above', 0.05],
    ['above', 0.7],
  ] as const)(
    'looking after every trial claims "%s %d" falsely in at most 5 % of runs',
    (direction, rate) => {
      const runs = 1000;
      let claims = 0;
      for (let run = 0; run < runs; run++) {
        const random = seededRandom(7, run);
        const running = testRate(direction, rate);
        for (let trial = 0; trial < 300; trial++) {
          running.add(random.next() < rate ? 1 : 0);
          if (running.logEvidence() >= Math.log(20)) {
            claims++;
            break;
          }
        }
      }
      // Three standard errors above 5 %.
      expect(claims / runs).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
      expect(claims).toBeGreaterThan(0);
    },
  );

  test('one more value does not raise the expected evidence', () => {
    fc.assert(
      fc.property(inside, inside, (rate, excess) => {
        const mean = rate + (1 - rate) * excess;
        const expected =
          mean * Math.exp(evidence('below', rate, [1])) + (1 - mean) * Math.exp(evidence('below', rate, [0]));
        expect(expected).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  test('what is found does not depend on the order', () => {
    fc.assert(
      fc.property(shares, inside, (values, rate) => {
        const backward = evidence('below', rate, values.toReversed());
        expect(evidence('below', rate, values)).toBeCloseTo(backward, 8);
      }),
    );
  });
});

describe('against the hypothesis', () => {
  test('trials without a success that are needed, next to those of a test that looks once', () => {
    for (const [rate, once, sequential] of [
      [0.1, 29, 35],
      [0.05, 59, 71],
      [0.02, 149, 179],
      [0.01, 299, 360],
    ] as const) {
      expect((1 - rate) ** once).toBeLessThanOrEqual(0.05);
      expect(evidence('below', rate, Array(sequential).fill(0))).toBeGreaterThanOrEqual(Math.log(20));
      expect(evidence('below', rate, Array(sequential - 1).fill(0))).toBeLessThan(Math.log(20));
    }
  });

  test('both directions mirror each other', () => {
    fc.assert(
      fc.property(shares, inside, (values, rate) => {
        const mirrored = values.map((value) => 1 - value);
        expect(evidence('above', rate, values)).toBeCloseTo(evidence('below', 1 - rate, mirrored), 8);
      }),
    );
  });

  test('the bound is where the test turns', () => {
    fc.assert(
      fc.property(shares, (values) => {
        const bound = anytimeUpperBound(values);
        const mean = values.reduce<number>((sum, value) => sum + value, 0) / values.length;
        expect(bound).toBeGreaterThanOrEqual(mean);
        if (bound > 0.999) return;
        expect(evidence('below', bound + 1e-6, values)).toBeGreaterThanOrEqual(Math.log(20));
        expect(evidence('below', bound - 1e-6, values)).toBeLessThan(Math.log(20));
      }),
    );
  });
});

test('nothing seen, nothing known', () => {
  expect(anytimeUpperBound([])).toBe(1);
  expect(testRate('below', 0.05).logEvidence()).toBeCloseTo(0, 12);
});

test('what is no share, and what nothing could refute, is refused', () => {
  expect(() => testRate('below', 0.5).add(1.1)).toThrow(TypeError);
  expect(() => testRate('below', 0.5).add(Number.NaN)).toThrow(TypeError);
  expect(() => testRate('below', 1)).toThrow(TypeError);
  expect(() => testRate('above', 0)).toThrow(TypeError);
  expect(() => anytimeUpperBound([2])).toThrow(TypeError);
});

test.each([
  [0.1, 35],
  [0.05, 71],
  [0.02, 179],
] as const)('the bound falls below %d with the trial that the test needs, and not before', (rate, needed) => {
  expect(anytimeUpperBound(Array(needed).fill(0))).toBeLessThanOrEqual(rate);
  expect(anytimeUpperBound(Array(needed - 1).fill(0))).toBeGreaterThan(rate);
});

test('values that come in any number and order bound the mean alike', () => {
  const values = [...Array(90).fill(0), ...Array(10).fill(0.5)];
  const bound = anytimeUpperBound(values);
  expect(bound).toBeLessThan(0.2);
  expect(evidence('below', bound + 1e-6, values)).toBeGreaterThanOrEqual(Math.log(20));
  expect(evidence('below', bound - 1e-6, values)).toBeLessThan(Math.log(20));
});

test('a hypothesis and a value are held to [0, 1], ends included', () => {
  expect(() => testRate('below', -0.1)).toThrow(TypeError);
  expect(() => testRate('above', 1.1)).toThrow(TypeError);
  expect(() => testRate('below', 0.5).add(-0.1)).toThrow(TypeError);
  expect(testRate('below', 0).logEvidence()).toBeCloseTo(0, 12);
  expect(testRate('above', 1).logEvidence()).toBeCloseTo(0, 12);
});

test('evidence stays finite after many trials of either kind', () => {
  expect(evidence('below', 0.5, Array(5000).fill(0))).toBeGreaterThan(1000);
  expect(Number.isFinite(evidence('below', 0.5, Array(5000).fill(1)))).toBe(true);
});
