import { expect, test } from 'vitest';
import { estimatedBatch } from './estimated-batch.ts';

test('before it runs, a larger model is taken to read prompts in smaller steps, within bounds', () => {
  expect(estimatedBatch(3e6, 1)).toBe(64);
  expect(estimatedBatch(0.5e9, 2)).toBe(16);
  expect(estimatedBatch(1.1e9, 2)).toBe(8);
  expect(estimatedBatch(40e9, 2)).toBe(8);
});
