// Attention with a cache of keys and values, for inference only. A sequence owns a slot of the cache; each row of a
// call names its slot, so a finished sequence is dropped by not naming it any more.
import type { Region, TensorRuntime } from '../runtime.ts';
import type { Tape } from '../tape.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { type HeadLayout, headWidthOf } from './attention.ts';
import { expectIndices } from './embedding.ts';

/** Keys and values of one layer, slots · keyValueHeads · capacity · headWidth floats each; the kernels know the order. */
export type KeyValueCache = HeadLayout & {
  readonly slots: number;
  /** Positions of a slot: what was asked for, rounded up to whole panels of keys. */
  readonly capacity: number;
  readonly headWidth: number;
  readonly keys: number;
  readonly values: number;
  readonly spare: number;
};

/** Cache entries of the rows of a call: one slot and one position per row, int32 [rows] each. */
export type CacheEntries = { readonly slots: Int32Array; readonly positions: Int32Array };

/** Keys that one query is compared with at a time. */
const panelPositions = 16;

/** @throws TGL_TENSOR_MEMORY */
export function createKeyValueCache(
  region: Region,
  options: HeadLayout & { readonly slots: number; readonly capacity: number; readonly headWidth: number },
): KeyValueCache {
  const { slots, keyValueHeads, headWidth } = options;
  const capacity = Math.ceil(options.capacity / panelPositions) * panelPositions;
  const allocate = (...shape: number[]): number => region.allocate('createKeyValueCache', shape);
  return {
    ...options,
    capacity,
    keys: allocate(slots, keyValueHeads, capacity, headWidth),
    values: allocate(slots, keyValueHeads, capacity, headWidth),
    spare: allocate(capacity),
  };
}

/**
 * Stores the keys and values of rows qkv [rows, (heads + 2·keyValueHeads)·headWidth] at their entries.
 *
 * @throws TGL_TENSOR_SHAPE also for an entry outside the cache
 */
export function appendKeyValues(tape: Tape, qkv: Tensor, cache: KeyValueCache, entries: CacheEntries): void {
  const { heads, keyValueHeads, headWidth, capacity, keys, values } = cache;
  const { rows, slots, positions } = locate('appendKeyValues', tape, qkv, cache, entries);
  // biome-ignore format: one call
  tape.runtime.kernels.appendKeyValues(
    qkv.offset, keys, values, slots, positions, rows, capacity, heads, keyValueHeads, headWidth,
  );
}

/**
 * Copies the first positions of a slot to another one: a beginning that two sequences have in common.
 *
 * @throws TGL_TENSOR_SHAPE for a slot or a position outside the cache
 */
export function copyKeyValues(
  runtime: TensorRuntime,
  cache: KeyValueCache,
  from: number,
  to: number,
  positions: number,
): void {
  const { keyValueHeads, headWidth, capacity, keys, values } = cache;
  expectIndices('copyKeyValues', Int32Array.of(from, to), cache.slots);
  expectIndices('copyKeyValues', Int32Array.of(positions), capacity + 1);
  const held = Math.ceil(positions / panelPositions) * panelPositions * headWidth;
  for (let head = 0; head < keyValueHeads; head++) {
    const offsetOf = (slot: number): number => (slot * keyValueHeads + head) * capacity * headWidth;
    for (const start of [keys / 4, values / 4]) {
      const source = start + offsetOf(from);
      runtime.floats.copyWithin(start + offsetOf(to), source, source + held);
    }
  }
}

/**
 * Attention of one new row per sequence, already appended, over everything its slot holds up to its position →
 * [rows, heads·headWidth].
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function decodeAttention(
  tape: Tape,
  qkv: Tensor,
  cache: KeyValueCache,
  entries: CacheEntries,
): Tensor {
  const { heads, keyValueHeads, headWidth, capacity, keys, values, spare } = cache;
  const { rows, slots, positions } = locate('decodeAttention', tape, qkv, cache, entries);
  const y = tape.allocate('decodeAttention', [rows, heads * headWidth]);
  // biome-ignore format: one call
  tape.runtime.kernels.decodeAttention(
    qkv.offset, keys, values, y.offset, slots, positions, rows, capacity, heads, keyValueHeads, headWidth, spare,
  );
  return y;
}

function locate(
  operation: string,
  tape: Tape,
  qkv: Tensor,
  cache: KeyValueCache,
  entries: CacheEntries,
): { readonly rows: number; readonly slots: number; readonly positions: number } {
  const rows = entries.slots.length;
  const fits =
    headWidthOf(operation, qkv, cache) === cache.headWidth &&
    qkv.shape[0] === rows &&
    entries.positions.length === rows;
  const received = [qkv, `slots [${rows}], positions [${entries.positions.length}]`];
  expectShape(fits, operation, received, `heads of width ${cache.headWidth}, one slot and position a row`);
  expectIndices(operation, entries.slots, cache.slots);
  expectIndices(operation, entries.positions, cache.capacity);
  return {
    rows,
    slots: tape.integers(operation, entries.slots),
    positions: tape.integers(operation, entries.positions),
  };
}
