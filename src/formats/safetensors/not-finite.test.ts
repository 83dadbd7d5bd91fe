import { expect, test } from 'vitest';
import { findNotFiniteTensors } from './not-finite.ts';
import { parseSafetensors } from './read-safetensors.ts';
import { type ElementType, elementBytes } from './safetensors.ts';

function foundIn(type: ElementType, data: Uint8Array): unknown {
  const shape = [data.length / elementBytes[type]];
  const header = Buffer.from(JSON.stringify({ a: { dtype: type, shape, data_offsets: [0, data.length] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = parseSafetensors(Buffer.concat([length, header, data]));
  return [...findNotFiniteTensors(file, file.tensors.get('a')!)].find((found) => found !== undefined);
}

test.each(Object.keys(elementBytes) as ElementType[])('%s: NaN is found where the type has it', (type) => {
  const bytes = new Uint8Array(3 * 2 ** 20);
  expect(foundIn(type, bytes)).toBeUndefined();
  bytes.fill(0xff, 2 ** 21, 2 ** 21 + 8);
  const element = 2 ** 21 / elementBytes[type];
  // The types of 6 and 4 bits have finite numbers only, and the one without minus zero has its NaN there.
  const hasNaN = /F/.test(type) && !/^F[46](_|$)|FNUZ$/.test(type);
  expect(foundIn(type, bytes)).toEqual(hasNaN ? { value: 'NaN', element } : undefined);
});

test.each([
  ['F8_E5M2', 0x7b, undefined],
  ['F8_E5M2', 0x7c, 'Infinity'],
  ['F8_E5M2', 0xfc, '-Infinity'],
  ['F8_E5M2', 0x7d, 'NaN'],
  ['F8_E4M3', 0x7e, undefined],
  ['F8_E4M3', 0x7f, 'NaN'],
  ['F8_E4M3FNUZ', 0x80, 'NaN'],
  ['F8_E5M2FNUZ', 0x80, 'NaN'],
  ['F8_E5M2FNUZ', 0x7f, undefined],
  ['F8_E8M0', 0xfe, undefined],
  ['F8_E8M0', 0xff, 'NaN'],
] as const)('%s: the byte %i is %s', (type, byte, value) => {
  expect(foundIn(type, Uint8Array.of(0, byte))).toEqual(value && { value, element: 1 });
});
