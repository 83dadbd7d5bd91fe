import { describe, expect, test } from 'vitest';
import { sampleTask, taskNames } from './registry.ts';

describe.each(taskNames)('%s', (name) => {
  test('every generated answer verifies, on both sides of the split and in both languages', () => {
    for (const split of ['train', 'held-out'] as const) {
      for (let index = 0; index < 1000; index++) {
        const sample = sampleTask(name, 7, index, { split });
        expect(sample.verify(sample.answer)).toMatchObject({ correct: true });
      }
    }
  });
});
