import { expect, test } from 'vitest';
import { createKeyedUniforms } from './keyed-uniform.ts';

const key = (value: number): Uint8Array => new Uint8Array(32).fill(value);

test('the same key, context and token give the same number, and any other another', () => {
  const { behind } = createKeyedUniforms(key(1));
  const [one, other] = behind([1, 2], [7, 8]) as unknown as [number, number];
  expect(behind([1, 2], [8, 7])).toEqual(Float64Array.of(other, one));
  expect(behind([2, 1], [7])[0]).not.toBe(one);
  expect(behind([1], [7])[0]).not.toBe(one);
  expect(createKeyedUniforms(key(2)).behind([1, 2], [7])[0]).not.toBe(one);
});

test('numbers lie evenly between 0 and 1', () => {
  const numbers = createKeyedUniforms(key(3))
    .behind([5], [...Array(20_000).keys()])
    .toSorted();
  // Kolmogorov and Smirnov's distance; 1.63 / √n is exceeded in one of a hundred.
  const distance = Math.max(
    ...numbers.map((value, index) => Math.abs(value - (index + 0.5) / numbers.length)),
  );
  expect(distance).toBeLessThan(1.63 / Math.sqrt(numbers.length));
  expect([numbers[0], numbers.at(-1)].every((value) => (value as number) > 0 && (value as number) < 1)).toBe(
    true,
  );
});

test('a key of another length is refused', () => {
  expect(() => createKeyedUniforms(new Uint8Array(16))).toThrow('a key has 32 bytes, and this one 16');
});
