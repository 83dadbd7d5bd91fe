// A growing little-endian byte buffer with the scalars of GGUF.
import type { ElementType } from './gguf.ts';
import { type NumericType, numberArray } from './number-arrays.ts';

export type ByteWriter = {
  readonly uint32: (value: number) => void;
  readonly uint64: (value: number) => void;
  /** Length in bytes as uint64, then UTF-8. */
  readonly string: (value: string) => void;
  /** @throws TypeError when the value is not one of the type. */
  readonly scalar: (type: ElementType, value: number | bigint | boolean | string) => void;
  /** What has been written so far. */
  readonly bytes: () => Uint8Array;
};

export function byteWriter(): ByteWriter {
  let buffer = new Uint8Array(1 << 16);
  let length = 0;

  const append = (bytes: Uint8Array): void => {
    if (length + bytes.length > buffer.length) {
      const larger = new Uint8Array(Math.max(length + bytes.length, buffer.length * 2));
      larger.set(buffer);
      buffer = larger;
    }
    buffer.set(bytes, length);
    length += bytes.length;
  };
  const uint32 = (value: number): void => append(encodeNumber('uint32', value));
  const uint64 = (value: number): void => append(encodeNumber('uint64', BigInt(value)));
  const string = (value: string): void => {
    const encoded = new TextEncoder().encode(value);
    uint64(encoded.length);
    append(encoded);
  };
  return {
    uint32,
    uint64,
    string,
    scalar: (type, value) => {
      if (type === 'string') string(value as string);
      else if (type === 'bool') append(encodeNumber('uint8', Number(value)));
      else append(encodeNumber(type, value as number | bigint));
    },
    bytes: () => buffer.subarray(0, length),
  };
}

function encodeNumber(type: NumericType, value: number | bigint): Uint8Array {
  const array = numberArray(type, 1);
  (array as { [index: number]: number | bigint })[0] = value;
  const exact = type === 'float32' ? Math.fround(Number(value)) : value;
  if (!Object.is(array[0], exact)) throw new TypeError(`byteWriter: ${value} is not of type ${type}`);
  return new Uint8Array(array.buffer);
}
