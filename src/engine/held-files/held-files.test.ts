import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import type { LoadedFile } from '../../catalog/index.ts';
import { type HeldFiles, holdFiles } from './held-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-held-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const never = new AbortController().signal;
const corrupt = expect.objectContaining({ code: 'TGL_BLOB_CORRUPT' });

function write(name: string, content: Uint8Array | string): LoadedFile {
  const path = join(directory, name);
  writeFileSync(path, content);
  return { path, digest: digestOf(content) };
}

function replaceBy(path: string, make: (path: string) => unknown): void {
  rmSync(path);
  make(path);
}

const hold = (files: readonly LoadedFile[], named: readonly LoadedFile[] = []): Promise<HeldFiles> =>
  holdFiles(files, 3, named, never);

/** What a child process reads at the path that it is given. */
function readByChild({ descriptors, pathFor }: HeldFiles, path: string): string {
  return spawnSync('cat', [pathFor(path)], {
    stdio: ['ignore', 'pipe', 'inherit', ...descriptors],
  }).stdout.toString();
}

test('a child reads the bytes that were compared', async () => {
  const files = [write('one', 'first'), write('two', 'second')];
  using held = await hold(files);
  expect(files.map(({ path }) => readByChild(held, path))).toEqual(['first', 'second']);
  expect(() => held.requireUnchanged()).not.toThrow();
});

test('a file longer than one chunk has the digest of all its bytes', async () => {
  const bytes = new Uint8Array(3_000_000).map((_, index) => index * 7);
  using held = await hold([write('long', bytes)]);
  expect(held.descriptors).toHaveLength(1);
});

describe('before it is used', () => {
  test.each<[string, (path: string) => void]>([
    ['flipped', (path) => writeFileSync(path, 'Content')],
    ['truncated', (path) => truncateSync(path, 3)],
    ['emptied', (path) => truncateSync(path, 0)],
    ['missing', (path) => rmSync(path)],
    ['a directory', (path) => replaceBy(path, mkdirSync)],
    ['a pipe', (path) => replaceBy(path, () => spawnSync('mkfifo', [path]))],
    ['a link to another file', (path) => replaceBy(path, () => symlinkSync(import.meta.filename, path))],
  ])('a file that is %s is refused', async (_, change) => {
    const files = [write('sound', 'sound'), write('file', 'content')];
    change(files[1]!.path);
    await expect(hold(files)).rejects.toEqual(corrupt);
    await expect(hold([files[0]!], [files[1]!])).rejects.toEqual(corrupt);
  });
});

describe.skipIf(process.platform !== 'linux')('between check and use (Linux)', () => {
  test.each<[string, (path: string) => void]>([
    ['exchanged', (path) => renameSync(write('other', 'another').path, path)],
    ['removed', (path) => rmSync(path)],
  ])('a file that is %s is read as it was compared', async (_, change) => {
    const file = write('file', 'content');
    using held = await hold([file]);
    change(file.path);
    expect(readByChild(held, file.path)).toBe('content');
  });

  test('shards are found beside the first one, as they were compared', async () => {
    const names = ['model-00001-of-00002.gguf', 'model-00002-of-00002.gguf'];
    const files = names.map((name) => write(name, name));
    using held = await hold(files);
    expect(() => held.requireUnchanged()).not.toThrow();
    const [first = ''] = files.map(({ path }) => held.pathFor(path));
    const beside = first.replace('00001-of', '00002-of');
    expect(beside).toBe(held.pathFor(files[1]!.path));
    for (const { path } of files) rmSync(path);
    expect(files.map(({ path }) => readByChild(held, path))).toEqual(names);
  });

  test('a name beside the first shard that means another file is told', async () => {
    const names = ['model-00001-of-00002.gguf', 'model-00002-of-00002.gguf'];
    const files = names.map((name) => write(name, name));
    using held = await hold(files);
    const beside = held.pathFor(files[1]!.path);
    rmSync(beside);
    symlinkSync(files[1]!.path, beside);
    expect(() => held.requireUnchanged()).toThrow(corrupt);
  });
});

describe('while it is used', () => {
  test.each<[string, (path: string) => void]>([
    ['written to', (path) => writeFileSync(path, 'Content')],
    ['written with what it held', (path) => writeFileSync(path, readFileSync(path))],
    ['truncated', (path) => truncateSync(path, 3)],
  ])('a file that was %s is told', async (_, change) => {
    const file = write('file', 'content');
    using held = await hold([file]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    change(file.path);
    expect(() => held.requireUnchanged()).toThrow(corrupt);
  });

  test('a file that is opened by its name is told when that means another one', async () => {
    const program = write('program', 'content');
    using held = await hold([], [program]);
    expect(held.pathFor(program.path)).toBe(program.path);
    renameSync(write('other', 'content').path, program.path);
    expect(() => held.requireUnchanged()).toThrow(corrupt);
  });
});

test('who does not want to wait any more gets his reason', async () => {
  const stop = new AbortController();
  const holding = holdFiles([write('file', 'content')], 3, [], stop.signal);
  stop.abort(new Error('closed'));
  await expect(holding).rejects.toThrow('closed');
});
