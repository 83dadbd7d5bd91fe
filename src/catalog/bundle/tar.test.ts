// The archive against another program, and headers of any other form.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../fixture.ts';
import { readTarHeader, tarEnd, tarHeader, tarPadding } from './tar.ts';

const hasTar = spawnSync('tar', ['--version']).status === 0;

test.skipIf(!hasTar)('tar reads what is written here', () => {
  using directory = temporaryDirectory();
  const contents = { 'manifest.json': '{}', 'blobs/sha256/abc': 'x'.repeat(513), empty: '' };
  const parts = Object.entries(contents).flatMap(([name, text]) => [
    tarHeader({ name, bytes: text.length }),
    Buffer.from(text),
    tarPadding(text.length),
  ]);
  const archive = join(directory.path, 'bundle.tar');
  writeFileSync(archive, Buffer.concat([...parts, tarEnd]));
  const target = join(directory.path, 'out');
  mkdirSync(target);
  execFileSync('tar', ['-xf', archive, '-C', target]);
  for (const [name, text] of Object.entries(contents)) {
    expect(readFileSync(join(target, name), 'utf8')).toBe(text);
  }
});

test.skipIf(!hasTar)('tar understands sizes from 8 GiB on', () => {
  const listed = spawnSync('tar', ['-tvf', '-'], { input: tarHeader({ name: 'large', bytes: 2 ** 36 + 1 }) });
  expect(listed.stdout.toString()).toContain(String(2 ** 36 + 1));
});

test('a header is read back, with any flipped bit it is refused', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abc/.-_0'), minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(name, fc.maxSafeNat(), fc.nat(511), fc.nat(7), (name, bytes, byte, bit) => {
      const header = tarHeader({ name, bytes });
      expect(readTarHeader(header)).toEqual({ name, bytes });
      header[byte]! ^= 1 << bit;
      expect(readTarHeader(header)).toBeUndefined();
    }),
  );
});

test('a name fills its field at most', () => {
  for (const name of ['a', 'b'.repeat(99), 'c'.repeat(100), 'ö'.repeat(50)])
    expect(readTarHeader(tarHeader({ name, bytes: 1 }))).toEqual({ name, bytes: 1 });
  for (const name of ['d'.repeat(101), 'ö'.repeat(51)])
    expect(() => tarHeader({ name, bytes: 1 })).toThrow('the name is too long');
  // A block without a zero anywhere is no header.
  expect(readTarHeader(Buffer.alloc(512, 'e'))).toBeUndefined();
  expect(readTarHeader(Buffer.alloc(512))).toBeUndefined();
});

test('a file ends at a block', () => {
  expect([0, 1, 511, 512, 513].map((bytes) => tarPadding(bytes).length)).toEqual([0, 511, 1, 0, 511]);
  expect(tarEnd).toEqual(new Uint8Array(1024));
});
