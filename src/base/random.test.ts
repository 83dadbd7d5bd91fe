import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstAccepted, keyedRandom, seededRandom } from './random.ts';

test('the same seed and path give the same stream, another path another one', () => {
  const draw = (...path: number[]) => {
    const random = seededRandom(42, ...path);
    return Array.from({ length: 20 }, random.next);
  };
  expect(draw(1, 2)).toEqual(draw(1, 2));
  expect(draw(1, 2)).not.toEqual(draw(2, 1));
  expect(draw(1)).not.toEqual(draw(1, 0));
});

test('neighbouring indices are uncorrelated', () => {
  const first = Array.from({ length: 20_000 }, (_, index) => seededRandom(7, index).next() - 0.5);
  const products = first.slice(1).map((value, index) => value * (first[index] as number));
  const correlation = (12 * products.reduce((a, b) => a + b, 0)) / products.length;
  expect(Math.abs(correlation)).toBeLessThan(0.03);
});

test('values are uniform: chi-squared over 64 cells stays below the 0.1 % limit', () => {
  const cells = new Array<number>(64).fill(0);
  const random = seededRandom(3);
  for (let draw = 0; draw < 64_000; draw++) cells[Math.floor(random.next() * 64)]! += 1;
  const chiSquared = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquared).toBeLessThan(103.4);
});

test('integers stay in their range and reach both ends; a shuffle keeps its elements', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -50, max: 50 }), fc.nat(20), (seed, low, span) => {
      const random = seededRandom(seed);
      const drawn = Array.from({ length: 50 }, () => random.integer(low, low + span));
      expect(drawn.every((value) => Number.isInteger(value) && value >= low && value <= low + span)).toBe(
        true,
      );
      expect(random.shuffle(drawn).sort()).toEqual(drawn.sort());
    }),
  );
  const die = seededRandom(1);
  expect(new Set(Array.from({ length: 200 }, () => die.integer(1, 6))).size).toBe(6);
});

test('drawing again ends with the first draw that is accepted, or after as many as are allowed', () => {
  const attempts: number[] = [];
  const draw = (accepted: number) => (attempt: number) => {
    attempts.push(attempt);
    return attempt === accepted ? `draw ${attempt}` : undefined;
  };
  expect(firstAccepted(5, draw(2))).toBe('draw 2');
  expect(firstAccepted(2, draw(2))).toBeUndefined();
  expect(attempts).toEqual([0, 1, 2, 0, 1]);
});

test('a stream under a key is that of its key and its label', () => {
  const drawn = (fill: number, label: string): number =>
    keyedRandom(new Uint8Array(32).fill(fill), label).next();
  expect(drawn(1, 'a')).toBe(drawn(1, 'a'));
  expect(new Set([drawn(1, 'a'), drawn(1, 'b'), drawn(2, 'a')]).size).toBe(3);
});
