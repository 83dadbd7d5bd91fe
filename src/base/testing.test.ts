// The checker of durability has to find what it is there for, or the tests that lean on it show nothing.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Disk } from './disk.ts';
import { makeDirectory, writeFileAtomically } from './files.ts';
import { recordingDisk } from './testing.ts';

const value = () => join(mkdtempSync(join(tmpdir(), 'tiegel-disk-')), 'value');

test.each<readonly [name: string, skipped: Partial<Disk>, problem: RegExp]>([
  ['of the file', { fsyncSync: () => {} }, /named before its bytes were synced/],
  ['of the directory', { fsyncDirectorySync: () => {} }, /the name value was not synced/],
])('an atomic write without the fsync %s is found', (_, skipped, problem) => {
  const disk = recordingDisk();
  writeFileAtomically(value(), 'new', { disk: { ...disk, ...skipped } });
  expect(disk.undurable().join()).toMatch(problem);
});

test('a directory whose parent was not synced is found', () => {
  const disk = recordingDisk();
  makeDirectory(join(value(), 'below'), undefined, { ...disk, fsyncDirectorySync: () => {} });
  expect(disk.undurable()).toEqual(['the name value was not synced', 'the name below was not synced']);
});

test('a write behind the fsync is found', () => {
  const disk = recordingDisk();
  const path = value();
  const file = disk.openSync(path, 'w', 0o600);
  disk.writeSync(file, Buffer.from('a'));
  disk.fsyncSync(file);
  disk.writeSync(file, Buffer.from('b'));
  disk.closeSync(file);
  disk.renameSync(path, `${path}.final`);
  expect(disk.undurable()).toContain('value.final was named before its bytes were synced');
});
