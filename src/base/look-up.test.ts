import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookUp } from './look-up.ts';

test('a table answers to its own words and to no other', () => {
  const words = fc.oneof(fc.string(), fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)));
  fc.assert(
    fc.property(fc.dictionary(words, fc.integer()), words, (table, word) => {
      expect(lookUp(table, word)).toBe(new Map(Object.entries(table)).get(word));
    }),
  );
});
