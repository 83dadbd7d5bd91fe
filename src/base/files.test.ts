import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Disk } from './disk.ts';
import {
  createFileAtomically,
  makeDirectory,
  moveDurably,
  removeDurably,
  streamFileAtomically,
  writeFileAtomically,
} from './files.ts';
import { recordingDisk } from './testing.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'tiegel-files-'));

test('the file holds the new content, with the mode asked for, and nothing is left beside it', () => {
  const path = join(folder(), 'value');
  writeFileAtomically(path, 'one');
  writeFileAtomically(path, [Buffer.from('tw'), Buffer.from('o')], { mode: 0o600 });
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(path, '..'))).toEqual(['value']);
});

test('bytes, name and directory are made safe in this order, for every way to write a file', async () => {
  const disk = recordingDisk();
  const path = join(folder(), 'value');
  const order = ['open', 'write', 'sync', 'rename', 'sync-directory'];
  writeFileAtomically(path, 'one', { disk });
  expect(disk.operations.map(({ type }) => type)).toEqual(order);
  await streamFileAtomically(path, [Buffer.from('two')], { disk });
  expect(disk.operations.slice(order.length).map(({ type }) => type)).toEqual(order);
  expect(createFileAtomically(`${path}.new`, 'three', { disk })).toBe(true);
  moveDurably(`${path}.new`, `${path}.moved`, disk);
  removeDurably(`${path}.moved`, disk);
  makeDirectory(join(path, '..', 'a', 'b'), 0o700, disk);
  expect(disk.undurable()).toEqual([]);
  expect(disk.operations.at(-1)).toMatchObject({ type: 'sync-directory' });
});

test('a disk that is full at the n-th operation is one typed error and leaves the old file, for every n', async () => {
  const writes = {
    atomically: async (path: string, disk: Disk) => writeFileAtomically(path, 'new', { disk }),
    streamed: (path: string, disk: Disk) => streamFileAtomically(path, [Buffer.from('new')], { disk }),
  };
  for (const write of Object.values(writes)) {
    for (let failAt = 1; failAt <= 4; failAt++) {
      const path = join(folder(), 'value');
      writeFileAtomically(path, 'old');
      await expect(write(path, recordingDisk(failAt))).rejects.toMatchObject({
        code: 'TGL_DISK_FULL',
        details: { path },
      });
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(join(path, '..'))).toEqual(['value']);
    }
  }
});

test('a place where nothing can be written is a typed error that names it', () => {
  const path = join(folder(), 'nowhere', 'value');
  expect(() => writeFileAtomically(path, 'new')).toThrow(
    expect.objectContaining({ code: 'TGL_FILE_NOT_WRITABLE', details: { path, reason: 'ENOENT' } }),
  );
});

test('content that fails half-way leaves the old file, no partial one, and its own error', () => {
  const path = join(folder(), 'value');
  writeFileAtomically(path, 'old');
  const failing = function* () {
    yield Buffer.from('new');
    throw Object.assign(new Error('the source is gone'), { code: 'ENOENT' });
  };
  expect(() => writeFileAtomically(path, failing())).toThrow('the source is gone');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(join(path, '..'))).toEqual(['value']);
});

test('of two who create a file, the second leaves what the first has written', () => {
  const path = join(folder(), 'value');
  expect(createFileAtomically(path, 'first')).toBe(true);
  expect(createFileAtomically(path, 'second')).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(readdirSync(join(path, '..'))).toEqual(['value']);
});

test('a process killed while it writes leaves the old content or the new one', async () => {
  const directory = folder();
  const path = join(directory, 'value');
  writeFileSync(path, 'A'.repeat(1_000_000));
  const program = `
    import { writeFileAtomically } from '${join(import.meta.dirname, 'files.ts')}';
    process.stdout.write('ready');
    for (let turn = 0; ; turn++) writeFileAtomically('${path}', (turn % 2 ? 'A' : 'B').repeat(1_000_000));`;
  for (let trial = 0; trial < 5; trial++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 5 + trial * 9));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(readFileSync(path, 'utf8')).toMatch(/^(A{1000000}|B{1000000})$/);
  }
});

test('directories are made with those above them, and a place that takes none is an error, not an endless loop', () => {
  const parent = folder();
  makeDirectory(join(parent, 'a', 'b'));
  makeDirectory(join(parent, 'a', 'b'));
  expect(readdirSync(join(parent, 'a'))).toEqual(['b']);
  writeFileSync(join(parent, 'file'), '');
  expect(() => makeDirectory(join(parent, 'file', 'below'))).toThrow();
  if (process.platform === 'linux') expect(() => makeDirectory('/proc/nowhere/below')).toThrow();
});
