import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { accusedByEbh } from './e-bh.ts';

test('so many are accused as their e-values carry together', () => {
  expect(accusedByEbh([], 0.1)).toEqual([]);
  expect(accusedByEbh([9.9], 0.1)).toEqual([false]);
  expect(accusedByEbh([10], 0.1)).toEqual([true]);
  // Twenty accounts: one needs 200, two of them 100 each.
  const among = (...given: number[]) => accusedByEbh([...given, ...Array(20 - given.length).fill(0)], 0.1);
  expect(among(199).filter(Boolean)).toHaveLength(0);
  expect(among(100, 100).filter(Boolean)).toHaveLength(2);
  expect(among(200, 99).filter(Boolean)).toHaveLength(1);
  expect(() => accusedByEbh([-1], 0.1)).toThrow(TypeError);
  expect(() => accusedByEbh([1], 1)).toThrow(TypeError);
});

test('more evidence accuses no fewer, and the order does not matter', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(values, fc.nat(), fc.double({ min: 1, max: 100, noNaN: true }), (all, at, factor) => {
      const accused = accusedByEbh(all, 0.1);
      const more = accusedByEbh(
        all.map((e, index) => (index === at % all.length ? e * factor : e)),
        0.1,
      );
      expect(accused.every((one, index) => !one || more[index])).toBe(true);
      expect(accusedByEbh(all.toReversed(), 0.1).toReversed()).toEqual(accused);
    }),
  );
});

test('of honest accounts alone any is accused in at most a share q of the trials', () => {
  const random = seededRandom(5);
  // All or nothing, as one conformal value a week gives it.
  const trials = Array.from({ length: 2000 }, () => {
    const eValues = Array.from({ length: 50 }, () => (random.next() < 0.01 ? 100 : 0));
    return accusedByEbh(eValues, 0.1).some(Boolean);
  });
  expect(trials.filter(Boolean).length / trials.length).toBeLessThan(0.12);
});
