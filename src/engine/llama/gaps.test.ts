import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EvaluatedSequence, gapsToFill as gapsWithin } from './gaps.ts';

const gapsToFill = (evaluated: readonly EvaluatedSequence[]): readonly number[] => gapsWithin(evaluated, 32);
const decoding = (...sequences: readonly number[]) => sequences.map((sequence) => ({ sequence, tokens: 1 }));

test('gaps as long as the shorter stretch beside them are filled', () => {
  expect(gapsToFill(decoding(0, 1, 2, 4, 5, 7, 8, 9, 11, 12, 14, 15))).toEqual([3, 6, 10, 13]);
  expect(gapsToFill(decoding(0, 1, 4, 5, 6))).toEqual([2, 3]);
  expect(gapsToFill(decoding(0, 1, 5, 6))).toEqual([]);
  expect(gapsToFill(decoding(3, 4, 6))).toEqual([5]);
});

test('single sequences stay apart: two rows alone cost less than three together', () => {
  expect(gapsToFill(decoding(0, 2))).toEqual([]);
  expect(gapsToFill(decoding(0, 2, 4, 6))).toEqual([]);
});

test('a gap beside a prompt stays: the prompt is gone through by itself anyway', () => {
  expect(gapsToFill([...decoding(0, 1), { sequence: 3, tokens: 20 }, ...decoding(5, 6)])).toEqual([]);
  expect(gapsToFill([{ sequence: 0, tokens: 9 }, ...decoding(1, 3, 4)])).toEqual([2]);
  expect(gapsToFill([])).toEqual([]);
});

test('a gap is filled if the whole of it has room', () => {
  const evaluated = decoding(0, 1, 4, 5, 7);
  expect([3, 2, 1, 0].map((room) => gapsWithin(evaluated, room))).toEqual([[2, 3, 6], [2, 3], [6], []]);
});

test('what is filled lies between, was not evaluated anyway, and is never more than that was', () => {
  const sequences = fc.uniqueArray(fc.integer({ min: 0, max: 31 }), { minLength: 1 });
  fc.assert(
    fc.property(sequences, (unordered) => {
      const ordered = unordered.toSorted((one, other) => one - other);
      const filled = gapsToFill(decoding(...ordered));
      expect(filled.filter((sequence) => ordered.includes(sequence))).toEqual([]);
      expect(filled).toEqual([...new Set(filled)].toSorted((one, other) => one - other));
      for (const sequence of filled) {
        expect(sequence).toBeGreaterThan(ordered[0] as number);
        expect(sequence).toBeLessThan(ordered.at(-1) as number);
      }
      expect(filled.length).toBeLessThanOrEqual(ordered.length);
    }),
  );
});
