import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemEntropy } from '../../base/index.ts';
import { recordingDisk } from '../../base/testing.ts';
import { openPepper } from './pepper.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (given?: string) => openPepper({ directory, entropy: systemEntropy, given });
const write = (name: string, text: string) => writeFileSync(join(directory, name), text, { mode: 0o600 });
const damaged = expect.objectContaining({ code: 'TGL_DATA_DIRECTORY' });

test('is made once, for its user alone', () => {
  const hash = open().hash('a');
  expect(open().hash('a')).toEqual(hash);
  expect(readdirSync(directory)).toEqual(['pepper']);
  expect(statSync(join(directory, 'pepper')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(directory, 'pepper'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

test('survives a crash of the machine, and a full disk leaves none', () => {
  expect(() => openPepper({ directory, entropy: systemEntropy, disk: recordingDisk(2) })).toThrow(
    expect.objectContaining({ code: 'TGL_DISK_FULL' }),
  );
  expect(readdirSync(directory)).toEqual([]);
  const disk = recordingDisk();
  openPepper({ directory, entropy: systemEntropy, disk });
  expect(disk.operations.length).toBeGreaterThan(0);
  expect(disk.undurable()).toEqual([]);
});

test('of two first starts at once is the one that is stored', () => {
  let nested: ReturnType<typeof open> | undefined;
  const entropy = (length: number): Uint8Array => {
    nested ??= open();
    return systemEntropy(length);
  };
  const outer = openPepper({ directory, entropy });
  expect(outer.hash('a')).toEqual(nested!.hash('a'));
});

test('is taken from the ring of an older version, with its keys', () => {
  const hash = open('cd'.repeat(32)).hash('tgl_older').toString('hex');
  write('key-ring.json', JSON.stringify({ version: 1, pepper: 'cd'.repeat(32), keys: [hash] }));
  for (const pepper of [open(), open()]) {
    expect(pepper.hash('tgl_older').toString('hex')).toBe(hash);
    expect(pepper.olderKeys.map((key) => Buffer.from(key).toString('hex'))).toEqual([hash]);
  }
});

test.each(['', '{"version":1,', '{"version":1,"pepper":"00","keys":[]}', 'null'])(
  'from a damaged ring (%j) is a typed error',
  (content) => {
    write('key-ring.json', content);
    expect(() => open()).toThrow(damaged);
  },
);

test.each(['', 'x'.repeat(64), 'ab'.repeat(31)])('in a damaged file (%j) is a typed error', (content) => {
  write('pepper', content);
  expect(() => open()).toThrow(damaged);
});

test('in a file that others can read is a typed error', () => {
  open();
  chmodSync(join(directory, 'pepper'), 0o644);
  expect(() => open()).toThrow(damaged);
});

test.each(['', 'short', 'AB'.repeat(32)])('given as %j is refused', (given) => {
  expect(() => open(given)).toThrow(expect.objectContaining({ code: 'TGL_ENVIRONMENT_INVALID' }));
});
