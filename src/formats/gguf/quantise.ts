// Float32 rows ↔ the stored forms this project writes: F32, F16 (round to nearest, ties to even) and blocks of 8, 5 or 4
// bits, whose formulas stand in quantise-blocks.ts.
import { TiegelError } from '../../base/index.ts';
import { decodeBlocks, encodeBlocks } from './quantise-blocks.ts';
import type { TensorType } from './tensor-type.ts';

/** Every type that is written here. */
export const writableTypes = ['F32', 'F16', 'Q8_0', 'Q5_0', 'Q4_0'] as const;

export type WritableType = (typeof writableTypes)[number];

const maxHalf = 65504;
/** Beyond these magnitudes a value, or the scale of a block that holds it, overflows a half float. */
const largest: Readonly<Record<WritableType, number>> = {
  F32: Number.MAX_VALUE,
  F16: maxHalf,
  Q8_0: maxHalf * 127,
  Q5_0: maxHalf * 16,
  Q4_0: maxHalf * 8,
};

/**
 * The stored bytes of values, whose number is a multiple of the type's block length.
 *
 * @throws TypeError for a value that the type cannot hold: NaN, infinity or, but for F32, what overflows a half float.
 */
export function encodeValues(values: Float32Array, type: WritableType): Uint8Array {
  const found = largestMagnitude(values);
  if (!(found <= largest[type])) throw new TypeError(`encodeValues: ${type} cannot hold ${found}`);
  if (type === 'F32') return bytesOf(values);
  return type === 'F16' ? bytesOf(new Float16Array(values)) : encodeBlocks(values, type);
}

/**
 * The values of stored bytes.
 *
 * @throws TGL_GGUF_UNSUPPORTED for types other than BF16 and those that are written here.
 */
export function decodeValues(bytes: Uint8Array, type: TensorType): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset, byteLength } = aligned;
  switch (type) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'F16':
      return Float32Array.from(new Float16Array(buffer, byteOffset, byteLength / 2));
    case 'BF16':
      return decodeBrainFloat(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'Q8_0':
    case 'Q5_0':
    case 'Q4_0':
      return decodeBlocks(aligned, type);
    default:
      throw new TiegelError('TGL_GGUF_UNSUPPORTED', {
        problem: `values of type ${type}`,
        where: 'tensor data',
      });
  }
}

/** BF16 is the upper half of an F32. */
function decodeBrainFloat(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) words[index] = halves[index]! << 16;
  return new Float32Array(words.buffer);
}

/** NaN if one of the values is. */
function largestMagnitude(values: Float32Array): number {
  let magnitude = 0;
  for (let index = 0; index < values.length; index++) {
    magnitude = Math.max(magnitude, Math.abs(values[index]!));
  }
  return magnitude;
}

function bytesOf(values: Float32Array | Float16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
