// safetensors, the tensor file of Hugging Face (safetensors/README.md): eight bytes of header length, a JSON header, then
// the data without a gap. A file is a list of named arrays and nothing can be run by reading it.
import type { ByteSource } from '../gguf/byte-source.ts';

/** Bytes of an element, by the format's names; of less than a byte, elements are packed and a tensor has whole bytes. */
export const elementBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  F6_E2M3: 0.75,
  F6_E3M2: 0.75,
  F4: 0.5,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type ElementType = keyof typeof elementBytes;

export type SafetensorsTensor = {
  readonly name: string;
  readonly type: ElementType;
  /** Row-major, the last dimension's elements are neighbours; empty for a scalar. */
  readonly shape: readonly number[];
  /** First byte of the data, from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
};

/** A file whose header has been read and checked. */
export type Safetensors = {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  readonly source: ByteSource;
};

/** Bytes before the header: its length as uint64. */
export const lengthBytes = 8;
