import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cacheBytesPerToken, memoryNeeds } from './memory-needs.ts';
import { distillQwenOneAndAHalfBillion } from './published-shapes.ts';
import { quantisedTensors } from './quantised-tensors.ts';
import { bytesReadPerToken, cpuWeightBytes } from './weight-memory.ts';

const { configuration } = distillQwenOneAndAHalfBillion;
const shape = { ...configuration, headWidth: 128 };
const tensors = quantisedTensors(distillQwenOneAndAHalfBillion, 'Q4_K_M');
const weights = cpuWeightBytes(tensors, []);
const mebibyte = 2 ** 20;

test('the tensors of R1-Distill-Qwen-1.5B have the bytes that llama-quantize gives them', () => {
  const total = (quantisation: 'Q8_0' | 'Q4_K_M'): readonly number[] => {
    const stored = quantisedTensors(distillQwenOneAndAHalfBillion, quantisation);
    return [stored.reduce((sum, { byteLength }) => sum + byteLength, 0), bytesReadPerToken(stored)];
  };
  // Measured on files that llama-quantize wrote.
  expect(total('Q4_K_M')).toEqual([1_111_370_240, 980_097_536]);
  expect(total('Q8_0')[1]).toBe(1_640_622_080);
});

test('a token takes keys and values of every layer, two bytes each', () => {
  expect(cacheBytesPerToken(shape)).toBe(28_672);
  expect(cacheBytesPerToken({ layers: 48, keyValueHeads: 8, headWidth: 128 })).toBe(196_608);
});

test('of latent attention a token keeps one vector a layer, as llama.cpp says of DeepSeek-V3', () => {
  const latent = { queryRank: 1536, keyValueRank: 512, keyWidth: 192, ropeWidth: 64, valueWidth: 128 };
  expect(cacheBytesPerToken({ layers: 61, keyValueHeads: 1, headWidth: 576, latent })).toBe(61 * 576 * 2);
});

test('of experts a token reads those that it passes', () => {
  const matrix = { shape: [64, 32], type: 'F32', byteLength: 1000 } as const;
  const parts = ['blk.0.ffn_up_exps.weight', 'blk.0.ffn_up_shexp.weight', 'blk.0.attn_q.weight'];
  const stored = parts.map((name) => ({ ...matrix, name }));
  expect(bytesReadPerToken(stored, { count: 8, used: 2 })).toBe(2250);
  expect(bytesReadPerToken(stored)).toBe(3000);
});

test('the cache holds whole contexts of all slots, rounded up to 256 tokens', () => {
  const cache = (slots: number, contextLength: number): number =>
    memoryNeeds(shape, weights, { slots, contextLength }).cache;
  expect(cache(1, 2048)).toBe(56 * mebibyte);
  expect(cache(4, 1024)).toBe(112 * mebibyte);
  expect(cache(1, 32_768)).toBe(896 * mebibyte);
  expect(cache(1, 1)).toBe(cache(1, 256));
});

test('the buffers are as large as llama.cpp says they are, or up to a tenth larger', () => {
  // From its log, for 0.5 B and steps of 512 tokens: of computing, and of logits.
  const half = { ...shape, width: 896, layers: 24, feedForward: 4864 };
  for (const [slots, contextLength, said] of [
    [4, 1024, 36.51 + 2.32],
    [4, 8192, 43.51 + 2.32],
    [1, 32_768, 67.51 + 0.58],
    [16, 512, 36.01 + 9.27],
  ] as const) {
    const { compute } = memoryNeeds(half, weights, { slots, contextLength });
    expect(compute / mebibyte / said).toBeGreaterThanOrEqual(1);
    expect(compute / mebibyte / said).toBeLessThan(1.1);
  }
});

test('repacking for AMX makes the weights larger, and doubles a tied embedding', () => {
  // From the log of llama.cpp: 950.71 and 125.74 MiB for this model, 559.41 and 138.22 for Qwen2.5-0.5B.
  expect(cpuWeightBytes(tensors, ['AMX_INT8', 'REPACK']) / mebibyte).toBeCloseTo(950.71 + 125.74, 0);
  const half = {
    ...distillQwenOneAndAHalfBillion,
    configuration: { ...configuration, width: 896, layers: 24, heads: 14, feedForward: 4864 },
    headWidth: 64,
    tiedEmbedding: true,
  };
  const halfTensors = quantisedTensors(half, 'Q8_0');
  expect(cpuWeightBytes(halfTensors, ['AMX_INT8']) / mebibyte).toBeCloseTo(559.41 + 138.22, 0);
  expect(cpuWeightBytes(halfTensors, ['AVX2', 'REPACK'])).toBe(525_120_000);
  expect(cpuWeightBytes(halfTensors, ['NEON', 'REPACK'])).toBe(525_120_000 + 144_643_072);
});

test('more slots and longer contexts never need less', () => {
  const size = fc.record({
    slots: fc.integer({ min: 1, max: 64 }),
    contextLength: fc.integer({ min: 1, max: 2 ** 17 }),
  });
  fc.assert(
    fc.property(size, fc.integer({ min: 0, max: 4096 }), ({ slots, contextLength }, more) => {
      const { total, ...parts } = memoryNeeds(shape, weights, { slots, contextLength });
      expect(total).toBeCloseTo(parts.weights + parts.cache + parts.compute + parts.runtime, 3);
      const longer = { slots, contextLength: contextLength + more };
      expect(memoryNeeds(shape, weights, longer).total).toBeGreaterThanOrEqual(total);
      expect(memoryNeeds(shape, weights, { slots: slots + 1, contextLength }).total).toBeGreaterThan(total);
    }),
  );
});
