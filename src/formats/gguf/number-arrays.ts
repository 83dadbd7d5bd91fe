// The typed array that holds each number type of GGUF. Element order is the host's, which is little-endian wherever
// Node and llama.cpp run.
import type { ElementType, GgufElements } from './gguf.ts';

export type NumericType = Exclude<ElementType, 'bool' | 'string'>;
export type NumericElements = Exclude<GgufElements, readonly string[] | readonly boolean[]>;

/** A zeroed array; its buffer belongs to it alone. */
export function numberArray(type: NumericType, length: number): NumericElements {
  return new constructors[type](length);
}

/** Bytes of one number. */
export function bytesPerNumber(type: NumericType): number {
  return constructors[type].BYTES_PER_ELEMENT;
}

const constructors = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float64: Float64Array,
} as const;
