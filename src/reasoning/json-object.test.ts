import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonObjectAt } from './json-object.ts';

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));

test('an object is found behind white space and before anything', () => {
  fc.assert(
    fc.property(
      object,
      fc.constantFrom('', ' ', '\n\t'),
      fc.string(),
      fc.nat(2),
      (value, before, after, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(jsonObjectAt(`x${before}${text}${after}`, 1)).toEqual({
          value: JSON.parse(text),
          end: 1 + before.length + text.length,
        });
      },
    ),
  );
});

test('whatever the text, it is an object of JSON or none', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '1',
    'true',
    'a',
    '<',
    ' ',
    '\n',
    '"a":',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const found = jsonObjectAt(text, 0);
      const ends = Array.from({ length: text.length + 1 }, (_, end) => end).filter((end) =>
        isObject(text.slice(0, end).trimEnd()),
      );
      expect(found?.end).toBe(ends[0]);
    }),
    { numRuns: 2000 },
  );
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

test('what is nested too deep to be written out again is none', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(jsonObjectAt(nested(127), 0)).toBeDefined();
  expect(jsonObjectAt(nested(128), 0)).toBeUndefined();
});

test.each(['["a"]', '"a"', '1', '', ' \n', '{'])('%j is no object', (text) => {
  expect(jsonObjectAt(text, 0)).toBeUndefined();
});
