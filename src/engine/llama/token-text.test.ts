import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenText } from './token-text.ts';

const ofBytes = (bytes: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(bytes));

test('a character appears whole, with the last of its bytes', () => {
  const textOf = createTokenText(ofBytes);
  expect([...Buffer.from('aÄ€𝒳')].map(textOf)).toEqual(['a', '', 'Ä', '', '', '€', '', '', '', '𝒳']);
});

test('any text comes out as it was, one byte at a time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const textOf = createTokenText(ofBytes);
      expect([...Buffer.from(text)].map(textOf).join('')).toBe(ofBytes([...Buffer.from(text)]));
    }),
  );
});

test('bytes that are no character do not hold up what follows', () => {
  const textOf = createTokenText(ofBytes);
  expect([0x80, 0x80, 0x61].map(textOf).join('')).toBe('\uFFFD\uFFFDa');
});
