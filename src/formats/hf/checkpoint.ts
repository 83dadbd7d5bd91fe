// The weights of a checkpoint: model.safetensors, or shards that model.safetensors.index.json names. Opened together and
// read tensor by tensor.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { floatStretches, openSafetensors } from '../safetensors/read-safetensors.ts';
import type { Safetensors, SafetensorsTensor } from '../safetensors/safetensors.ts';
import { readJsonFile, refused } from './json-file.ts';

export type CheckpointTensor = Pick<SafetensorsTensor, 'name' | 'shape'> & {
  /** Stretches of values in row-major order; every one but the last is a multiple of so many values. */
  readonly stretches: (multiple: number) => Iterable<Float32Array>;
};

export type Checkpoint = Disposable & { readonly tensors: ReadonlyMap<string, CheckpointTensor> };

const singleName = 'model.safetensors';
const indexName = 'model.safetensors.index.json';
const maxShards = 512;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** @throws TGL_FILE_NOT_FOUND, TGL_SAFETENSORS_INVALID, TGL_CONVERSION_REFUSED */
export function openCheckpoint(directory: string): Checkpoint {
  refusePickles(directory);
  const isSharded = existsSync(join(directory, indexName));
  const map = isSharded ? readJsonFile(directory, indexName, indexSchema).weight_map : undefined;
  const files = map ? [...new Set(Object.values(map))] : [singleName];
  // A name from the index must not lead out of the directory.
  const wrong = files.find((file) => !/^[\w][\w.-]*\.safetensors$/.test(file));
  if (wrong !== undefined || files.length > maxShards) {
    const problem =
      wrong === undefined ? `${files.length} shards` : `a shard is named ${JSON.stringify(wrong)}`;
    throw refused(directory, problem, indexName);
  }
  using opened = new DisposableStack();
  const tensors = new Map<string, CheckpointTensor>();
  for (const file of files) {
    const shard = opened.use(openSafetensors(join(directory, file)));
    for (const tensor of shard.tensors.values()) {
      if (map && map[tensor.name] !== file) {
        throw refused(directory, `${file} holds a tensor that is not listed for it`, `tensor ${tensor.name}`);
      }
      tensors.set(tensor.name, checkpointTensor(shard, tensor));
    }
  }
  const missing = Object.keys(map ?? {}).find((name) => !tensors.has(name));
  if (missing !== undefined) throw refused(directory, 'its shard does not hold it', `tensor ${missing}`);
  const kept = opened.move();
  return { tensors, [Symbol.dispose]: () => kept.dispose() };
}

/** @throws TGL_CONVERSION_REFUSED for a directory whose weights are pickles only */
function refusePickles(directory: string): void {
  if ([indexName, singleName].some((name) => existsSync(join(directory, name)))) return;
  const pickles = ['pytorch_model.bin', 'pytorch_model.bin.index.json'];
  const found = pickles.find((name) => existsSync(join(directory, name)));
  if (found === undefined) return;
  const problem =
    'its weights are pickles, which run code when they are read; save them as safetensors where you trust them';
  throw refused(directory, problem, found);
}

function checkpointTensor(shard: Safetensors, tensor: SafetensorsTensor): CheckpointTensor {
  const { name, shape } = tensor;
  return { name, shape, stretches: (multiple) => floatStretches(shard, tensor, multiple) };
}
