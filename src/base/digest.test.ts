import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf, digestOfFile, parseDigest } from './digest.ts';

test('the digest of "abc" is the one of FIPS 180-4', () => {
  expect(digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a file has the digest of its bytes', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'tiegel-')), 'file');
  const bytes = new Uint8Array(300_000).map((_, index) => index * 7);
  writeFileSync(path, bytes);
  expect(await digestOfFile(path)).toBe(digestOf(bytes));
});

test('only 64 lower-case hexadecimal digits are a digest', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.anything()), (text) => {
      expect(() => parseDigest(text)).toThrow(/64 lower-case/);
    }),
  );
  expect(() => parseDigest('A'.repeat(64))).toThrow();
  expect(() => parseDigest(`${'a'.repeat(64)}\n`)).toThrow();
  expect(parseDigest('0f'.repeat(32))).toBe('0f'.repeat(32));
});
