// Which matrices a CPU keeps in a form of its own, seen where that is kept beside the file's: in a tied embedding.
import { expect, test } from 'vitest';
import type { TensorType } from '../../formats/index.ts';
import { cpuWeightBytes } from './weight-memory.ts';

const byteLength = 1000;

/** Bytes beside those of the file. */
function added(features: readonly string[], type: TensorType, rows = 64): number {
  const shape = [64, rows];
  return cpuWeightBytes([{ name: 'token_embd.weight', shape, type, byteLength }], features) - byteLength;
}

test.each([
  [['AVX2'], 'Q4_K', true],
  [['AVX2'], 'Q2_K', false],
  [['AVX2'], 'Q8_0', false],
  [['AVX512'], 'Q2_K', true],
  [['AVX512'], 'Q4_K', false],
  [['AVX2', 'AVX512'], 'Q6_K', false],
  [['NEON'], 'Q8_0', true],
  [['NEON'], 'Q2_K', false],
  [[], 'Q4_0', false],
] as const)('%j repacks %s: %s', (features, type, expected) => {
  expect(added([...features, 'REPACK'], type)).toBe(expected ? byteLength : 0);
  expect(added(features, type)).toBe(0);
});

test('rows that do not fill the groups of the kernels stay as they are', () => {
  expect([8, 12, 16, 20].map((rows) => added(['AVX2', 'REPACK'], 'Q4_0', rows))).toEqual([
    ...[byteLength, 0, byteLength, 0],
  ]);
  expect([32, 40, 64].map((rows) => added(['AMX_INT8'], 'Q4_0', rows))).toEqual([byteLength, 0, byteLength]);
});

test('AMX tiles are longer than the blocks of some types', () => {
  expect(added(['AMX_INT8'], 'Q8_0')).toBeCloseTo(byteLength * (1 + 4 / 34));
  expect(added(['AMX_INT8'], 'Q4_K')).toBeCloseTo(byteLength * (1 + 4 / 144));
  expect(added(['AMX_INT8'], 'Q6_K')).toBe(byteLength);
});

test('a vector is never repacked', () => {
  const vector = { name: 'token_embd.weight', shape: [64], type: 'Q4_0', byteLength } as const;
  expect(cpuWeightBytes([vector], ['AVX2', 'REPACK', 'AMX_INT8'])).toBe(byteLength);
});
