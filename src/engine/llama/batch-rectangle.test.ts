import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestRectangle } from './batch-rectangle.ts';

test('short prompts are read together, long ones one after the other', () => {
  expect(largestRectangle([20, 20, 20, 20], 64)).toEqual({ prompts: 4, tokens: 16 });
  expect(largestRectangle([4, 4, 4, 4, 20, 20], 24)).toEqual({ prompts: 6, tokens: 4 });
  expect(largestRectangle([1000, 1000], 64)).toEqual({ prompts: 1, tokens: 64 });
});

test('a rectangle fits the prompts and the room, and something is always read', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 128 }), (left, room) => {
      const { prompts, tokens } = largestRectangle(left, room);
      expect(tokens).toBeGreaterThan(0);
      expect(prompts * tokens).toBeLessThanOrEqual(room);
      expect(tokens).toBeLessThanOrEqual(Math.min(...left.slice(0, prompts)));
    }),
  );
});
