import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearScale, logScale, spread } from './scale.ts';

const above = fc.double({ min: 1e-9, max: 1e9, noNaN: true });

test('a logarithmic scale keeps the order, stays in its place and marks a few round values', () => {
  fc.assert(
    fc.property(fc.array(above, { minLength: 1, maxLength: 20 }), (values) => {
      const { at, ticks } = logScale(values, 40, 400);
      const places = values.toSorted((one, other) => one - other).map(at);
      expect(places).toEqual(places.toSorted((one, other) => one - other));
      for (const place of [...places, at(0), at(1e300)]) {
        expect(place).toBeGreaterThanOrEqual(40);
        expect(place).toBeLessThanOrEqual(400);
      }
      expect(ticks.length).toBeLessThanOrEqual(8);
    }),
  );
  expect(logScale([75, 1_200], 0, 100).ticks).toEqual([100, 200, 500, 1000]);
  expect(logScale([], 0, 100).ticks.length).toBeGreaterThan(0);
});

test('a scale may go up', () => {
  expect([0, 0.5, 1, 2].map(linearScale([0, 1], 200, 100))).toEqual([200, 150, 100, 100]);
});

test('labels lie apart, near where they want to be and not below the end', () => {
  expect(spread([10, 12, 50], 15, 60)).toEqual([10, 25, 50]);
  expect(spread([58, 59], 15, 60)).toEqual([45, 60]);
});
