import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOfGguf, temporaryDirectory, tinyModel } from '../tiny-model.ts';
import type { GgufValue } from './gguf.ts';
import { parseGguf } from './read-gguf.ts';
import { readTensor } from './read-tensor.ts';
import { storedTypeOf, writeGguf } from './write-gguf.ts';

const float32 = fc.float({ noNaN: true });
const scalarValue: fc.Arbitrary<GgufValue> = fc.oneof(
  fc.record({ type: fc.constant('uint8' as const), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ type: fc.constant('int16' as const), value: fc.integer({ min: -32768, max: 32767 }) }),
  fc.record({ type: fc.constant('uint32' as const), value: fc.nat({ max: 2 ** 32 - 1 }) }),
  fc.record({ type: fc.constant('uint64' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({
    type: fc.constant('int64' as const),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({ type: fc.constant('float32' as const), value: float32 }),
  fc.record({ type: fc.constant('float64' as const), value: fc.double() }),
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'binary' }) }),
);
const arrayValue: fc.Arbitrary<GgufValue> = fc.oneof(
  fc
    .array(fc.string({ unit: 'binary' }))
    .map((value) => ({ type: 'array', elementType: 'string', value }) as const),
  fc.array(fc.boolean()).map((value) => ({ type: 'array', elementType: 'bool', value }) as const),
  fc.int32Array().map((value) => ({ type: 'array', elementType: 'int32', value }) as const),
  fc
    .float32Array({ noNaN: true })
    .map((value) => ({ type: 'array', elementType: 'float32', value }) as const),
  fc.bigUint64Array().map((value) => ({ type: 'array', elementType: 'uint64', value }) as const),
);
const metadata = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,8}(\.[a-z_]{1,12})?$/), fc.oneof(scalarValue, arrayValue), {
    noNullPrototype: true,
  })
  .map((entries) => new Map(Object.entries(entries)));
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([row, rows]) =>
    fc
      .float32Array({ minLength: row * rows, maxLength: row * rows, noNaN: true, noDefaultInfinity: true })
      .map((data) => ({ shape: [row, rows], data })),
  );

test('whatever is written is read back', () => {
  fc.assert(
    fc.property(metadata, fc.array(matrix, { maxLength: 5 }), (entries, matrices) => {
      const tensors = matrices.map((found, index) => ({
        ...found,
        name: `tensor.${index}`,
        type: 'F32' as const,
      }));
      const gguf = parseGguf(bytesOfGguf({ metadata: entries, tensors }));
      expect(gguf.metadata).toEqual(entries);
      expect(gguf.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
        tensors.map(({ name, shape }) => ({ name, shape })),
      );
      for (const { name, data } of tensors) expect(readTensor(gguf, name)).toEqual(data);
    }),
  );
});

test('the same model gives the same bytes, and nothing but the file is left in the directory', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'model.gguf');
  writeGguf(path, tinyModel());
  expect(Buffer.compare(readFileSync(path), bytesOfGguf(tinyModel()))).toBe(0);
  expect(readdirSync(directory.path)).toEqual(['model.gguf']);
});

test('vectors and rows that are not whole blocks stay F32', () => {
  expect(storedTypeOf({ shape: [64, 3], type: 'Q8_0' })).toBe('Q8_0');
  expect(storedTypeOf({ shape: [48, 3], type: 'Q8_0' })).toBe('F32');
  expect(storedTypeOf({ shape: [48, 3], type: 'F16' })).toBe('F16');
  expect(storedTypeOf({ shape: [64], type: 'Q8_0' })).toBe('F32');
});

test('what the format cannot say is refused', () => {
  const tensor = { name: 'a', shape: [2, 2], type: 'F32' as const, data: new Float32Array(3) };
  expect(() => bytesOfGguf({ metadata: new Map(), tensors: [tensor] })).toThrow('a has 3 values, not [2,2]');
  const tooLarge = new Map<string, GgufValue>([['a', { type: 'uint8', value: 256 }]]);
  expect(() => bytesOfGguf({ metadata: tooLarge, tensors: [] })).toThrow('256 is not of type uint8');
});
