import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMarkerWatch } from './marker-watch.ts';

test('tells where the marker ends in the piece that completes it', () => {
  const watch = createMarkerWatch('</think>');
  expect(watch.push('so it is 7.</th')).toBeUndefined();
  expect(watch.push('ink>\n7')).toBe(4);
  expect(watch.seen()).toBe(true);
  expect(watch.push('</think>')).toBeUndefined();
});

test('takes the characters for text where the marker is a token', () => {
  const watch = createMarkerWatch('</think>', true);
  expect([watch.push('`</think>`'), watch.push('</think>'), watch.push('<think>', true)]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  expect(watch.push('</think>', true)).toBe('</think>'.length);
  expect(watch.seen()).toBe(true);
});

test('finds the marker in any text cut at any places, or does not, as a search of the whole does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(letters),
      fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }),
      (pieces, marker) => {
        const watch = createMarkerWatch(marker);
        let before = 0;
        let end: number | undefined;
        for (const piece of pieces) {
          const within = watch.push(piece);
          if (within !== undefined) end = before + within;
          before += piece.length;
        }
        const start = pieces.join('').indexOf(marker);
        expect(end).toBe(start < 0 ? undefined : start + marker.length);
        expect(watch.seen()).toBe(start >= 0);
      },
    ),
  );
});
