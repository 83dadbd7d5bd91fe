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

const indexName = 'model.safetensors.index.json';
const maxShards = 512;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** @throws TGL_FILE_NOT_FOUND, TGL_SAFETENSORS_INVALID, TGL_CONVERSION_REFUSED */
export function openCheckpoint(directory: string): Checkpoint {
  const isSharded = existsSync(join(directory, indexName));
  const map = isSharded ? readJsonFile(directory, indexName, indexSchema).weight_map : undefined;
  const files = map ? [...new Set(Object.values(map))] : ['model.safetensors'];
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

function checkpointTensor(shard: Safetensors, tensor: SafetensorsTensor): CheckpointTensor {
  const { name, shape } = tensor;
  return { name, shape, stretches: (multiple) => floatStretches(shard, tensor, multiple) };
}
