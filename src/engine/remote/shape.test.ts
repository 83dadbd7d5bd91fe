import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shapeOf } from './shape.ts';

test('names members and kinds, never values', () => {
  expect(shapeOf({ a: 'secret', b: [1, 2], c: null, d: [], e: [{ f: true }] })).toBe(
    '{a: string, b: [number, …], c: null, d: [], e: [{f: boolean}]}',
  );
});

test('spells out what cannot be seen in a name, and shortens the rest', () => {
  expect(shapeOf({ 'a\u202eb\n': 1 })).toBe('{a⟨U+202E⟩b: number}');
  expect(shapeOf({ ['x'.repeat(99)]: 1 })).toBe(`{${'x'.repeat(32)} …: number}`);
  expect(shapeOf(Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`n${index}`, 1])))).toMatch(
    /…\}?$/,
  );
});

test('is bounded for whatever there is, however deep', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = depth % 2 === 0 ? [deep] : { a: deep };
  expect(shapeOf(deep)).toBe('{a: [{a: [{a: [{…}]}]}]}');
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      expect([...shapeOf(value)].length).toBeLessThanOrEqual(162);
    }),
  );
});

test('tells a list of one from a longer one, and cuts after twelve members', () => {
  expect(shapeOf([1])).toBe('[number]');
  const members = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, true]));
  expect(shapeOf(members(3))).toBe('{n0: boolean, n1: boolean, n2: boolean}');
  const short = (count: number): string =>
    shapeOf(Object.fromEntries(Array.from({ length: count }, (_, i) => [i, 1])));
  expect(short(12)).toMatch(/11: number\}$/);
  expect(short(13)).toMatch(/11: number, …\}$/);
});
