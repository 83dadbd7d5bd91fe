import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holmAdjusted } from './holm.ts';

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

test('steps down as in the textbook', () => {
  // Against 0.05: 0.005 x 4 and 0.011 x 3 pass, 0.02 x 2 passes, 0.04 x 1 passes; with 0.03 in place of 0.02 it stops.
  expect(holmAdjusted([0.02, 0.04, 0.005, 0.011]).map((p) => Number(p.toFixed(3)))).toEqual([
    0.04, 0.04, 0.02, 0.033,
  ]);
  expect(holmAdjusted([0.03, 0.04, 0.005, 0.011]).filter((p) => p <= 0.05)).toHaveLength(2);
});

test('lies between no correction and that of Bonferroni, and keeps the order', () => {
  fc.assert(
    fc.property(probabilities, (pValues) => {
      const adjusted = holmAdjusted(pValues);
      for (const [index, p] of pValues.entries()) {
        expect(adjusted[index]).toBeGreaterThanOrEqual(p);
        expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, p * pValues.length));
      }
      for (const [a, p] of pValues.entries())
        for (const [b, other] of pValues.entries())
          if (p < other) expect(adjusted[a]).toBeLessThanOrEqual(adjusted[b] as number);
    }),
  );
});

test('a p-value outside [0, 1] is refused', () => {
  expect(() => holmAdjusted([0.2, Number.NaN])).toThrow(TypeError);
  expect(() => holmAdjusted([1.2])).toThrow(TypeError);
});

test('the ends of [0, 1] are probabilities, and no p-values stay none', () => {
  expect(holmAdjusted([])).toEqual([]);
  expect(holmAdjusted([1, 0])).toEqual([1, 0]);
  expect(() => holmAdjusted([-0.1])).toThrow(TypeError);
});
