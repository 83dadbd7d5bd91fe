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

test('a character that follows bytes that are none is not torn apart', () => {
  const bytes = fc.array(fc.constantFrom(0x41, 0x80, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(bytes, (before) => {
      const textOf = createTokenText(ofBytes);
      const all = [...before, ...Buffer.from('Äpfel')];
      const characters = (text: string): string => text.replaceAll('\uFFFD', '');
      expect(characters(all.map(textOf).join(''))).toBe(characters(ofBytes(all)));
    }),
  );
});
