// Ranges against the obvious model of them: one flag per byte.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRange, type ByteRange, lengthOf, missingRanges } from './byte-ranges.ts';

const total = 40;
const range = fc
  .tuple(fc.nat(total), fc.nat(total))
  .map(([a, b]): ByteRange => [Math.min(a, b), Math.max(a, b)]);

test('what was added is there, what was not is missing, in pieces of the right size', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 8 }), fc.integer({ min: 1, max: 15 }), (added, largest) => {
      const flags = new Array<boolean>(total).fill(false);
      for (const [from, to] of added) flags.fill(true, from, to);
      const ranges = added.reduce((kept: readonly ByteRange[], each) => addRange(kept, each), []);
      const missing = missingRanges(ranges, total, largest);
      expect(lengthOf(ranges)).toBe(flags.filter(Boolean).length);
      expect(missing.every(([from, to]) => from < to && to - from <= largest)).toBe(true);
      for (const [from, to] of missing) flags.fill(true, from, to);
      expect(flags.every(Boolean)).toBe(true);
      expect(lengthOf(ranges) + lengthOf(missing)).toBe(total);
    }),
  );
});

test('ranges that touch are one', () => {
  expect(
    addRange(
      [
        [0, 4],
        [8, 9],
      ],
      [4, 8],
    ),
  ).toEqual([[0, 9]]);
  expect(addRange([[4, 5]], [2, 2])).toEqual([[4, 5]]);
});
