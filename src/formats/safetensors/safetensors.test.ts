import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import { floatStretches, parseSafetensors } from './read-safetensors.ts';
import { encodeSafetensors } from './write-safetensors.ts';

type Entry = { readonly dtype: string; readonly shape: unknown; readonly data_offsets: unknown };

/** A file with this header, followed by so many bytes of data. */
function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataBytes)]);
}

const f32 = (start: number, ...shape: number[]): Entry => ({
  dtype: 'F32',
  shape,
  data_offsets: [start, start + 4 * shape.reduce((product, dimension) => product * dimension, 1)],
});

test('what is written is read back', () => {
  const shapes = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }), { maxLength: 5 });
  fc.assert(
    fc.property(shapes, (given) => {
      const tensors = given.map((shape, index) => {
        const count = shape.reduce((product, dimension) => product * dimension, 1);
        const all = Float32Array.from({ length: count }, (_, at) => index + at / 8);
        return { name: `t.${index}`, shape, all, values: () => [all.subarray(0, 1), all.subarray(1)] };
      });
      const file = parseSafetensors(Buffer.concat([...encodeSafetensors(tensors)]));
      expect(file.metadata.get('format')).toBe('pt');
      expect([...file.tensors.keys()].sort()).toEqual(tensors.map(({ name }) => name).sort());
      for (const { name, shape, all } of tensors) {
        const tensor = file.tensors.get(name)!;
        expect(tensor.shape).toEqual(shape);
        expect([...floatStretches(file, tensor)].flatMap((stretch) => [...stretch])).toEqual([...all]);
      }
    }),
  );
});

test('data begin at a multiple of eight bytes', () => {
  const values = () => [Float32Array.of(1)];
  for (const name of ['a', 'ab', 'abc', 'abcdefgh']) {
    const file = parseSafetensors(Buffer.concat([...encodeSafetensors([{ name, shape: [1], values }])]));
    expect(file.tensors.get(name)!.offset % 8).toBe(0);
  }
});

test('a long tensor is read in stretches of whole rows', () => {
  const rows = 1000;
  const width = 700;
  const all = Float32Array.from({ length: rows * width }, (_, index) => index);
  const [header, ...data] = [
    ...encodeSafetensors([{ name: 'w', shape: [rows, width], values: () => [all] }]),
  ];
  const file = parseSafetensors(Buffer.concat([header!, ...data]));
  const stretches = [...floatStretches(file, file.tensors.get('w')!, width)];
  expect(stretches.length).toBeGreaterThan(1);
  expect(stretches.every((stretch) => stretch.length % width === 0)).toBe(true);
  const bytes = stretches.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  expect(Buffer.concat(bytes).equals(Buffer.from(all.buffer))).toBe(true);
});

test('half floats and brain floats are read', () => {
  const header = {
    half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
    brain: { dtype: 'BF16', shape: [2], data_offsets: [4, 8] },
  };
  const bytes = fileOf(header, 8);
  bytes.set([0x00, 0x3c, 0x00, 0xc0, 0x80, 0x3f, 0x20, 0xc0], bytes.length - 8);
  const file = parseSafetensors(bytes);
  expect([...floatStretches(file, file.tensors.get('half')!)].map((stretch) => [...stretch])).toEqual([
    [1, -2],
  ]);
  expect([...floatStretches(file, file.tensors.get('brain')!)].map((stretch) => [...stretch])).toEqual([
    [1, -2.5],
  ]);
});

describe('refused are', () => {
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['an empty file', new Uint8Array(), 'ends within the header'],
    ['a header longer than the file', fileOf('{}', 0).subarray(0, 9), 'length is said to be 2 bytes'],
    ['a header longer than any', Buffer.alloc(64, 0xff), 'length is said to be'],
    ['a header that is no JSON', fileOf('{', 0), 'not a JSON object'],
    ['a header that is a list', fileOf('[]', 0), 'not a JSON object'],
    ['an unknown type', fileOf({ a: { ...f32(0, 1), dtype: 'F5' } }, 4), '"F5" is unknown'],
    ['half a byte', fileOf({ a: { dtype: 'F4', shape: [3], data_offsets: [0, 2] } }, 2), 'are 1.5'],
    ['a type named like a method', fileOf({ a: { ...f32(0, 1), dtype: 'toString' } }, 4), 'is unknown'],
    ['a negative dimension', fileOf({ a: { ...f32(0, 1), shape: [-1] } }, 4), 'shape is [-1]'],
    ['a shape that overflows', fileOf({ a: { ...f32(0, 1), shape: [2 ** 52, 2] } }, 4), 'are 36'],
    ['offsets that do not fit the shape', fileOf({ a: { ...f32(0, 1), data_offsets: [0, 8] } }, 8), 'span 8'],
    ['a hole', fileOf({ a: f32(0, 1), b: f32(8, 1) }, 12), 'a hole before it'],
    ['an overlap', fileOf({ a: f32(0, 2), b: f32(4, 1) }, 8), 'overlap'],
    [
      'a name that stands twice',
      fileOf(`{"a":${JSON.stringify(f32(0, 1))},"a":${JSON.stringify(f32(4, 1))}}`, 8),
      'hole',
    ],
    ['data beyond the last tensor', fileOf({ a: f32(0, 1) }, 8), 'data end at byte'],
    ['data that are cut off', fileOf({ a: f32(0, 2) }, 4), 'data end at byte'],
    ['a key that may scale the values', fileOf({ a: { ...f32(0, 1), scale: 2 } }, 4), 'the key "scale"'],
    ['metadata that are no strings', fileOf({ __metadata__: { a: 1 } }, 0), 'object of strings'],
  ];
  test.each(cases)('%s', (_, bytes, problem) => {
    expect(() => parseSafetensors(bytes)).toThrow(
      expect.objectContaining({ code: 'TGL_SAFETENSORS_INVALID', message: expect.stringContaining(problem) }),
    );
  });

  test('integers where numbers are wanted', () => {
    const file = parseSafetensors(fileOf({ a: { dtype: 'I32', shape: [1], data_offsets: [0, 4] } }, 4));
    expect(() => [...floatStretches(file, file.tensors.get('a')!)]).toThrow('its type is I32');
  });

  test('any damage to a header, or it is read as another valid file', () => {
    const bytes = fileOf({ a: f32(0, 2), b: f32(8, 3) }, 20);
    fc.assert(
      fc.property(fc.nat(bytes.length - 21), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = byte;
        try {
          const { tensors } = parseSafetensors(damaged);
          const total = [...tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
          expect(total).toBe(20);
        } catch (error) {
          expect(TiegelError.isInstance(error) && error.code).toBe('TGL_SAFETENSORS_INVALID');
        }
      }),
      { numRuns: 500 },
    );
  });
});
