import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMarkerDetector } from './marker-detector.ts';

test('tells where the marker ends in the piece that completes it', () => {
  const detector = createMarkerDetector('</think>');
  expect(detector.push('so it is 7.</th')).toBeUndefined();
  expect(detector.push('ink>\n7')).toBe(4);
  expect(detector.seen()).toBe(true);
  expect(detector.push('</think>')).toBeUndefined();
});

test('takes the characters for text where the marker is a token', () => {
  const detector = createMarkerDetector('</think>', true);
  expect([detector.push('`</think>`'), detector.push('</think>'), detector.push('<think>', true)]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  expect(detector.push('</think>', true)).toBe('</think>'.length);
  expect(detector.seen()).toBe(true);
});

test('finds the marker in any text cut at any places, or does not, as a search of the whole does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(letters),
      fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }),
      (pieces, marker) => {
        const detector = createMarkerDetector(marker);
        let before = 0;
        let end: number | undefined;
        for (const piece of pieces) {
          const within = detector.push(piece);
          if (within !== undefined) end = before + within;
          before += piece.length;
        }
        const start = pieces.join('').indexOf(marker);
        expect(end).toBe(start < 0 ? undefined : start + marker.length);
        expect(detector.seen()).toBe(start >= 0);
      },
    ),
  );
});
