// Models in shards, as llama.cpp's gguf-split writes them.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDecoder } from '../architecture/decoder.ts';
import { temporaryDirectory, tinyModel } from '../tiny-model.ts';
import type { GgufValue } from './gguf.ts';
import { openGguf, shardNameOf, shardNames } from './open-gguf.ts';
import { readTensor } from './read-tensor.ts';
import { type GgufToWrite, writeGguf } from './write-gguf.ts';

const whole = tinyModel();
const integer = (value: number): GgufValue => ({ type: 'uint16', value });

/** The shard of `whole` with number `index`; `metadata` replaces or adds. */
function shard(
  index: number,
  count: number,
  metadata: Readonly<Record<string, GgufValue>> = {},
): GgufToWrite {
  const each = Math.ceil(whole.tensors.length / count);
  const split = {
    'split.no': integer(index),
    'split.count': integer(count),
    'split.tensors.count': { type: 'int32', value: whole.tensors.length } as const,
    ...metadata,
  };
  return {
    metadata: new Map([...(index === 0 ? whole.metadata : []), ...Object.entries(split)]),
    tensors: whole.tensors.slice(index * each, (index + 1) * each),
  };
}

function writeShards(directory: string, shards: readonly GgufToWrite[]): string[] {
  return shards.map((content, index) => {
    const path = join(directory, shardNameOf('tiny', index + 1, shards.length));
    writeGguf(path, content);
    return path;
  });
}

test.each([2, 3, 5])('%i shards read as the one file they were', (count) => {
  using directory = temporaryDirectory();
  const paths = writeShards(
    directory.path,
    Array.from({ length: count }, (_, index) => shard(index, count)),
  );
  using gguf = openGguf(paths[0]!);
  expect(readDecoder(gguf)).toMatchObject({ layers: 2, architecture: 'qwen2' });
  for (const { name, data } of whole.tensors) expect(readTensor(gguf, name)).toEqual(data);
  expect(gguf.source.read(new Uint8Array(8), gguf.source.size - 5)).toBe(5);
});

describe('shards that do not belong together are refused', () => {
  test.each<[string, Readonly<Record<string, GgufValue>>]>([
    ['another count', { 'split.count': integer(3) }],
    ['another number', { 'split.no': integer(0) }],
    ['no number', { 'split.no': { type: 'string', value: '1' } }],
  ])('the second states %s', (_, metadata) => {
    using directory = temporaryDirectory();
    const [first] = writeShards(directory.path, [shard(0, 2), shard(1, 2, metadata)]);
    expect(() => openGguf(first!)).toThrow(expect.objectContaining({ code: 'TGL_GGUF_INVALID' }));
  });

  test('a tensor in two of them', () => {
    using directory = temporaryDirectory();
    const doubled = { ...shard(1, 2), tensors: [...shard(1, 2).tensors, whole.tensors[0]!] };
    const [first] = writeShards(directory.path, [shard(0, 2), doubled]);
    expect(() => openGguf(first!)).toThrow('the tensor is in two shards');
  });

  test('a tensor in none of them', () => {
    using directory = temporaryDirectory();
    const shorter = { ...shard(1, 2), tensors: shard(1, 2).tensors.slice(1) };
    const [first] = writeShards(directory.path, [shard(0, 2), shorter]);
    expect(() => openGguf(first!)).toThrow(/split\.tensors\.count/);
  });

  test('a file that is missing, and a first one under another name or that is not the first', () => {
    using directory = temporaryDirectory();
    const [first, second] = writeShards(directory.path, [shard(0, 2), shard(1, 2)]);
    expect(() => openGguf(second!)).toThrow(/not named as the first/);
    renameSync(first!, join(directory.path, 'other.gguf'));
    expect(() => openGguf(join(directory.path, 'other.gguf'))).toThrow(/not named as the first/);
    renameSync(join(directory.path, 'other.gguf'), first!);
    rmSync(second!);
    expect(() => openGguf(first!)).toThrow(expect.objectContaining({ code: 'TGL_FILE_NOT_FOUND' }));
  });
});

test.each([
  'a.gguf',
  'a-00001-of-00001.gguf',
  'a-00003-of-00002.gguf',
  'a-00000-of-00002.gguf',
  'a-1-of-2.gguf',
])('%s is not the name of a shard', (name) => {
  expect(shardNames(name)).toBeUndefined();
});

test('a count beyond reason is not taken for shards', () => {
  expect(shardNames('a-00001-of-99999.gguf')).toBeUndefined();
});
