// NaN and infinity among the numbers of a safetensors file, for every type of the format and without decoding.
import { TiegelError } from '../../base/index.ts';
import { type NotFinite, notFiniteIn } from '../gguf/not-finite.ts';
import type { TensorType } from '../gguf/tensor-type.ts';
import { type ElementType, elementBytes, type Safetensors, type SafetensorsTensor } from './safetensors.ts';

/** Bytes of a step; a multiple of every element. */
const stepBytes = 2 ** 20;

/** Types that GGUF knows as well; whole numbers are always finite. */
const alike: Readonly<Partial<Record<ElementType, TensorType>>> = {
  F64: 'F64',
  F32: 'F32',
  F16: 'F16',
  BF16: 'BF16',
};

/** Looks through a tensor step by step, as `findNotFinite` does. @throws TGL_SAFETENSORS_INVALID */
export function* findNotFiniteTensors(
  { source }: Safetensors,
  { name, type, offset, byteLength }: SafetensorsTensor,
): Generator<NotFinite | undefined> {
  for (let start = 0; start < byteLength; start += stepBytes) {
    const bytes = new Uint8Array(Math.min(stepBytes, byteLength - start));
    if (source.read(bytes, offset + start) < bytes.length) {
      const problem = 'the file became shorter while being read';
      throw new TiegelError('TGL_SAFETENSORS_INVALID', { problem, where: `tensor ${name}` });
    }
    const found = firstIn(bytes, type);
    yield found && { ...found, element: start / elementBytes[type] + found.element };
  }
}

function firstIn(bytes: Uint8Array, type: ElementType): NotFinite | undefined {
  const same = alike[type];
  if (same !== undefined) return notFiniteIn(bytes, same);
  // Eight bits: E5M2 is the upper half of a half float, E4M3 has NaN alone (arXiv 2209.05433); a scale of powers of two has NaN
  // where all its bits are set, and the types without infinities and without minus zero have it in place of that.
  if (type === 'F8_E8M0' || type === 'F8_E4M3FNUZ' || type === 'F8_E5M2FNUZ') {
    const element = bytes.indexOf(type === 'F8_E8M0' ? 0xff : 0x80);
    return element < 0 ? undefined : { value: 'NaN', element };
  }
  if (type !== 'F8_E5M2' && type !== 'F8_E4M3') return undefined;
  const mask = type === 'F8_E5M2' ? 0x7c : 0x7f;
  const element = bytes.findIndex((byte) => (byte & mask) === mask);
  if (element < 0) return undefined;
  const byte = bytes[element]!;
  const infinite = type === 'F8_E5M2' && (byte & 0x03) === 0;
  return { value: infinite ? (byte > 0x7f ? '-Infinity' : 'Infinity') : 'NaN', element };
}
