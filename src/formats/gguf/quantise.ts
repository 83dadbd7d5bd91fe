// Float32 rows ↔ the stored forms this project writes: F32, F16 (round to nearest, ties to even) and Q8_0, which is
// ggml's reference quantiser: blocks of 32 with one F16 scale d = max|x| / 127 and signed bytes round(x / d), halves
// away from zero.
import { TiegelError } from '../../base/index.ts';
import { type TensorType, tensorTypes } from './tensor-type.ts';

export type WritableType = 'F32' | 'F16' | 'Q8_0';

const { blockLength, blockBytes } = tensorTypes.Q8_0;
const largestHalf = 65504;

/**
 * The stored bytes of values, whose number is a multiple of the type's block length.
 *
 * @throws TypeError for a value that the type cannot hold: NaN, infinity or, but for F32, what overflows a half float.
 */
export function encodeValues(values: Float32Array, type: WritableType): Uint8Array {
  const largest = largestMagnitude(values);
  const limit = { F32: Number.MAX_VALUE, F16: largestHalf, Q8_0: largestHalf * 127 }[type];
  if (!(largest <= limit)) throw new TypeError(`encodeValues: ${type} cannot hold ${largest}`);
  if (type === 'F32') return bytesOf(values);
  return type === 'F16' ? bytesOf(new Float16Array(values)) : encodeQ8(values);
}

/**
 * The values of stored bytes.
 *
 * @throws TGL_GGUF_UNSUPPORTED for types other than F32, F16, BF16 and Q8_0.
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
      return decodeQ8(aligned);
    default:
      throw new TiegelError('TGL_GGUF_UNSUPPORTED', {
        problem: `values of type ${type}`,
        where: 'tensor data',
      });
  }
}

function encodeQ8(values: Float32Array): Uint8Array {
  const encoded = new Uint8Array((values.length / blockLength) * blockBytes);
  const view = new DataView(encoded.buffer);
  for (let block = 0; block * blockLength < values.length; block++) {
    const source = values.subarray(block * blockLength, (block + 1) * blockLength);
    const scale = Math.fround(largestMagnitude(source) / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const start = block * blockBytes;
    view.setFloat16(start, scale, true);
    for (let index = 0; index < blockLength; index++) {
      const scaled = Math.fround(source[index]! * inverse);
      view.setInt8(start + 2 + index, Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5));
    }
  }
  return encoded;
}

function decodeQ8(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array((bytes.length / blockBytes) * blockLength);
  for (let block = 0; block * blockBytes < bytes.length; block++) {
    const start = block * blockBytes;
    const scale = view.getFloat16(start, true);
    for (let index = 0; index < blockLength; index++) {
      values[block * blockLength + index] = scale * view.getInt8(start + 2 + index);
    }
  }
  return values;
}

/** BF16 is the upper half of an F32. */
function decodeBrainFloat(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/** NaN if one of the values is. */
function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

function bytesOf(values: Float32Array | Float16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
