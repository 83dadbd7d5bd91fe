// A model in one GGUF file or in shards (llama.cpp's gguf-split): NAME-00001-of-0000N.gguf and its siblings, of which
// the first has the metadata and each has some of the tensors. Read as if it were one file.
import { basename, dirname, join } from 'node:path';
import { TiegelError } from '../../base/index.ts';
import { joinSources } from './byte-source.ts';
import type { Gguf, GgufTensor } from './gguf.ts';
import { invalidMetadata, requireInteger } from './metadata.ts';
import { openGgufFile } from './read-gguf.ts';

/** Caps of a model in shards; the largest published ones have about 50 files. */
const maxShards = 512;
const maxTensors = 2 ** 16;

const shardName = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

/** The file names of all shards, if a name is that of one of them. */
export function shardNames(name: string): readonly string[] | undefined {
  const [, stem, number, count] = shardName.exec(name) ?? [];
  if (stem === undefined || !inRange(Number(count)) || Number(number) < 1 || Number(number) > Number(count)) {
    return undefined;
  }
  return Array.from({ length: Number(count) }, (_, index) => shardNameOf(stem, index + 1, Number(count)));
}

/** The name that llama.cpp looks for; shards count from 1. */
export function shardNameOf(stem: string, number: number, count: number): string {
  const digits = (value: number): string => String(value).padStart(5, '0');
  return `${stem}-${digits(number)}-of-${digits(count)}.gguf`;
}

function inRange(count: number): boolean {
  return count >= 2 && count <= maxShards;
}

/**
 * Opens a model and checks its headers: one file, or the first of its shards with all the others. The files stay open,
 * for tensor data, until it is disposed of.
 *
 * @throws TGL_FILE_NOT_FOUND, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED
 */
export function openGguf(path: string): Gguf & Disposable {
  using opened = new DisposableStack();
  const first = opened.use(openGgufFile(path));
  const count = first.metadata.has('split.count')
    ? requireInteger(first, 'split.count', { low: 0, high: maxShards })
    : 1;
  if (count < 2) return { ...first, [Symbol.dispose]: keep(opened) };

  const names = shardNames(basename(path));
  if (names?.length !== count || names[0] !== basename(path)) {
    throw invalidMetadata(first, 'split.count', `the file is not named as the first of ${count} shards`);
  }
  const shards = names.map((name, index) => {
    const shard = index === 0 ? first : opened.use(openGgufFile(join(dirname(path), name)));
    requireInteger(shard, 'split.count', { low: count, high: count });
    requireInteger(shard, 'split.no', { low: index, high: index });
    return shard;
  });
  const tensors = joinTensors(shards);
  requireInteger(first, 'split.tensors.count', { low: tensors.length, high: tensors.length });
  const source = joinSources(shards.map((shard) => shard.source));
  return { ...first, tensors, source, [Symbol.dispose]: keep(opened) };
}

/** Moves the open files out of the scope that would close them. */
function keep(opened: DisposableStack): () => void {
  const kept = opened.move();
  return () => kept.dispose();
}

function joinTensors(shards: readonly Gguf[]): readonly GgufTensor[] {
  const joined = new Map<string, GgufTensor>();
  let start = 0;
  for (const { tensors, source } of shards) {
    for (const tensor of tensors) {
      if (joined.has(tensor.name) || joined.size === maxTensors) {
        const problem = joined.has(tensor.name)
          ? 'the tensor is in two shards'
          : 'there are too many tensors';
        throw new TiegelError('TGL_GGUF_INVALID', { problem, offset: 0, where: `tensor ${tensor.name}` });
      }
      joined.set(tensor.name, { ...tensor, offset: start + tensor.offset });
    }
    start += source.size;
  }
  return [...joined.values()];
}
