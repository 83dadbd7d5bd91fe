import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addToBottomK, type BottomK, emptyBottomK, mergeBottomK, sharedIn } from './bottom-k.ts';
import {
  addToCountMin,
  type CountMin,
  countOf,
  emptyCountMin,
  largestCount,
  mergeCountMin,
} from './count-min.ts';
import { keyedHash, spread } from './hash.ts';
import { addToHyperLogLog, distinctIn, hyperLogLogBytes, mergeHyperLogLog } from './hyper-log-log.ts';
import { addToMinHash, emptyMinHash, mergeMinHash, similarityOf } from './min-hash.ts';
import { addToQuantiles, mergeQuantiles, quantileCells, quantileIn } from './quantile-sketch.ts';

/** What every sketch promises, in the same words for all of them. */
type Kind<Sketch> = {
  readonly name: string;
  readonly empty: () => Sketch;
  readonly add: (sketch: Sketch, hash: number) => void;
  readonly merge: (into: Sketch, other: Sketch) => void;
};

function kind<Sketch>(of: Kind<Sketch>): Kind<unknown> {
  return of as Kind<unknown>;
}

const kinds = [
  kind<Uint8Array>({
    name: 'HyperLogLog',
    empty: () => new Uint8Array(hyperLogLogBytes),
    add: addToHyperLogLog,
    merge: mergeHyperLogLog,
  }),
  kind<BottomK>({
    name: 'bottom-k',
    empty: () => emptyBottomK(8),
    add: addToBottomK,
    merge: mergeBottomK,
  }),
  kind<Uint32Array>({ name: 'MinHash', empty: emptyMinHash, add: addToMinHash, merge: mergeMinHash }),
  kind<CountMin>({
    name: 'count-min',
    empty: () => emptyCountMin(2, 16),
    add: addToCountMin,
    merge: mergeCountMin,
  }),
  kind<Uint32Array>({
    name: 'quantiles',
    empty: () => new Uint32Array(quantileCells),
    add: addToQuantiles,
    merge: mergeQuantiles,
  }),
];

const hashes = fc.array(fc.nat(0xffff_ffff).map(spread), { maxLength: 60 });

describe.each(kinds)('$name', ({ empty, add, merge }) => {
  const of = (...streams: readonly (readonly number[])[]): unknown => {
    const sketch = empty();
    for (const hash of streams.flat()) add(sketch, hash);
    return sketch;
  };
  const merged = (...sketches: readonly unknown[]): unknown => {
    const all = empty();
    for (const sketch of sketches) merge(all, sketch);
    return all;
  };

  test('merged equals that of the union, in any order and grouping', () => {
    fc.assert(
      fc.property(hashes, hashes, hashes, (a, b, c) => {
        const all = of(a, b, c);
        expect(merged(of(a), of(b), of(c))).toEqual(all);
        expect(merged(of(c), of(a), of(b))).toEqual(all);
        expect(merged(of(a), merged(of(b), of(c)))).toEqual(all);
        expect(merged(merged(of(a), of(b)), of(c))).toEqual(all);
      }),
    );
  });

  test('does not depend on the order of what is added', () => {
    fc.assert(
      fc.property(hashes, (a) => {
        expect(of(a)).toEqual(of(a.toReversed()));
      }),
    );
  });
});

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => spread(from + index));

test('HyperLogLog counts different hashes within four standard errors, and repeats not at all', () => {
  for (const size of [0, 1, 10, 100, 1000, 50_000]) {
    const registers = new Uint8Array(hyperLogLogBytes);
    for (const hash of [...range(0, size), ...range(0, Math.min(size, 500))])
      addToHyperLogLog(registers, hash);
    expect(Math.abs(distinctIn(registers) - size)).toBeLessThanOrEqual(0.26 * size);
  }
});

test('bottom-k keeps the smallest different hashes, sorted, and tells how many two sets share', () => {
  fc.assert(
    fc.property(hashes, (given) => {
      const sample = emptyBottomK(8);
      for (const hash of given) addToBottomK(sample, hash);
      const expected = [...new Set(given)].sort((a, b) => a - b).slice(0, 8);
      expect([...sample.hashes.subarray(0, sample.size)]).toEqual(expected);
    }),
  );
  const [one, other] = [emptyBottomK(64), emptyBottomK(64)];
  for (const hash of range(0, 40)) addToBottomK(one, hash);
  for (const hash of range(30, 60)) addToBottomK(other, hash);
  expect(sharedIn(one, other)).toBe(10);
});

test('MinHash estimates the similarity of two sets', () => {
  const [one, other] = [emptyMinHash(), emptyMinHash()];
  for (const hash of range(0, 3000)) addToMinHash(one, hash);
  for (const hash of range(1000, 4000)) addToMinHash(other, hash);
  // 2000 of 4000 are shared; the standard error of 64 bins is 0.0625.
  expect(Math.abs(similarityOf(one, other) - 0.5)).toBeLessThan(0.25);
  expect(similarityOf(emptyMinHash(), emptyMinHash())).toBe(0);
});

test('count-min never counts too low, and finds the share of what is seen most often', () => {
  fc.assert(
    fc.property(hashes, (given) => {
      const sketch = emptyCountMin(2, 16);
      for (const hash of given) addToCountMin(sketch, hash);
      for (const hash of given)
        expect(countOf(sketch, hash)).toBeGreaterThanOrEqual(given.filter((each) => each === hash).length);
    }),
  );
  const sketch = emptyCountMin(2, 64);
  for (const hash of [...range(0, 500), ...Array<number>(500).fill(7)]) addToCountMin(sketch, hash);
  expect(largestCount(sketch)).toBeGreaterThanOrEqual(500);
  expect(largestCount(sketch)).toBeLessThan(540);
});

test('a quantile lies within 14 % of the true one, over the whole range', () => {
  const values = Array.from({ length: 1001 }, (_, index) => 10 ** ((index / 1000) * 7));
  const counts = new Uint32Array(quantileCells);
  for (const value of values) addToQuantiles(counts, value);
  for (const share of [0, 0.01, 0.25, 0.5, 0.75, 0.99]) {
    const truth = values[Math.floor(share * values.length)]!;
    expect(Math.abs((quantileIn(counts, share) ?? 0) / truth - 1)).toBeLessThan(0.14);
  }
  expect(quantileIn(new Uint32Array(quantileCells), 0.5)).toBeUndefined();
});

test('the keyed hash is HalfSipHash-2-4', () => {
  // Key 00 to 07 and message 00 to 07 of the reference implementation, whose output is d0 b8 84 8f.
  expect(keyedHash([0x03020100, 0x07060504], 0x03020100, 0x07060504)).toBe(0x8f84b8d0);
});
