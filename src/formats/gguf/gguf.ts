// GGUF, the file format of ggml (ggml/docs/gguf.md): metadata as typed key-value pairs, then tensor descriptions, then
// tensor data, all little-endian. Versions 2 and 3 are alike but for byte order. Arrays of arrays, which the format
// allows and ggml refuses, do not exist here.
import type { ByteSource } from './byte-source.ts';
import type { TensorType } from './tensor-type.ts';

/** GGUF value types; the index is the number in the file. */
export const valueTypes = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'bool',
  'string',
  'array',
  'uint64',
  'int64',
  'float64',
] as const;

type NumberType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';
export type ElementType = NumberType | 'uint64' | 'int64' | 'bool' | 'string';

/** Elements of an array: strings and booleans as they are, numbers in the typed array of their type. */
export type GgufElements =
  | readonly string[]
  | readonly boolean[]
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

export type GgufValue =
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: 'uint64' | 'int64'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'array'; readonly elementType: ElementType; readonly value: GgufElements };

export type GgufMetadata = ReadonlyMap<string, GgufValue>;

export type GgufTensor = {
  readonly name: string;
  readonly type: TensorType;
  /** Dimensions in ggml's order: the first is the row length, whose elements are neighbours in memory. */
  readonly shape: readonly number[];
  /** First byte of the data, from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
};

/** A file whose header has been read and checked; tensor data stays where it is until it is asked for. */
export type Gguf = {
  readonly version: number;
  /** Tensor data begins at multiples of this many bytes. */
  readonly alignment: number;
  readonly metadata: GgufMetadata;
  /** First byte of each metadata value, for messages. */
  readonly metadataOffsets: ReadonlyMap<string, number>;
  readonly tensors: readonly GgufTensor[];
  readonly source: ByteSource;
};

export const magic = 0x46554747; // "GGUF"
export const defaultAlignment = 32;

/** A number as the file holds it: rounded to 32 bits. */
export function float32(value: number): GgufValue {
  return { type: 'float32', value: Math.fround(value) };
}

/** The next multiple of `alignment` at or above `offset`. */
export function alignUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
