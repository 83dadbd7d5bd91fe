import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom, systemEntropy } from '../../base/index.ts';
import { hintOf, isWellFormedKey, makeKey } from './key-format.ts';

const kinds = ['inference', 'administration'] as const;

test.each(kinds)('a key for %s can be told from a text with one character changed', (kind) => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(61), fc.nat(48), (seed, letter, place) => {
      const random = seededRandom(seed);
      const key = makeKey(kind, (length) => Uint8Array.from({ length }, () => random.integer(0, 255)));
      expect(key).toMatch(/^tgl_[sa]k_[0-9A-Za-z]{49}$/);
      expect(isWellFormedKey(key)).toBe(true);
      const other = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'[letter] as string;
      const at = 'tgl_sk_'.length + place;
      const changed = key.slice(0, at) + other + key.slice(at + 1);
      expect(isWellFormedKey(changed)).toBe(changed === key);
    }),
  );
});

test('the check is the CRC-32 of what stands before it', () => {
  const zeros = makeKey('inference', (length) => new Uint8Array(length));
  // crc32('tgl_sk_' followed by 43 times '0') by zlib, in base 62.
  expect(zeros.slice(0, 50)).toBe(`tgl_sk_${'0'.repeat(43)}`);
  const value = [...zeros.slice(50)].reduce(
    (sum, letter) =>
      sum * 62 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.indexOf(letter),
    0,
  );
  expect(value).toBe(crc(zeros.slice(0, 50)));
});

/** Bit by bit, after the definition in ISO 3309. */
function crc(text: string): number {
  let register = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ (register & 1 ? 0xedb88320 : 0);
  }
  return (register ^ 0xffffffff) >>> 0;
}

test('each character is as likely as any other', () => {
  const counts = new Map<string, number>();
  for (let round = 0; round < 2000; round++)
    for (const letter of makeKey('inference', systemEntropy).slice(7, 50))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const expected = (2000 * 43) / 62;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 61 degrees of freedom: more than 130 comes once in a million runs.
  expect(counts.size).toBe(62);
  expect(chiSquare).toBeLessThan(130);
});

test('a hint tells which key it is and not what it is', () => {
  const key = makeKey('administration', systemEntropy);
  expect(hintOf(key)).toBe(`tgl_ak_...${key.slice(-4)}`);
  expect(hintOf('an-old-one-1234')).toBe('tgl_...1234');
});
