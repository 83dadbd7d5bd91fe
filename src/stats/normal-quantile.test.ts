import { expect, test } from 'vitest';
import { normalQuantile } from './normal-quantile.ts';

test.each([
  [0.5, 0],
  [0.9, 1.2815516],
  [0.95, 1.6448536],
  [0.975, 1.959964],
  [0.9995, 3.2905267],
  [1e-9, -5.997807],
  [1e-15, -7.9413453],
])('below it lies %d: %d', (probability, wanted) => {
  expect(normalQuantile(probability)).toBeCloseTo(wanted, 5);
});

test('is odd around a half, and refuses what is no probability', () => {
  for (const probability of [0.01, 0.2, 0.4])
    expect(normalQuantile(probability)).toBeCloseTo(-normalQuantile(1 - probability), 6);
  for (const wrong of [0, 1, -1, Number.NaN]) expect(() => normalQuantile(wrong)).toThrow('does not lie');
});
