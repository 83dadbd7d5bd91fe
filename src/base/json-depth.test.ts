import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNestedDeeper } from './json-depth.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((most, part) => Math.max(most, depthOf(part)), 0);
}

test('says of any JSON text how deep it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const depth = depthOf(value);
      expect(isNestedDeeper(JSON.stringify(value, undefined, 1), depth)).toBe(false);
      if (depth > 0) expect(isNestedDeeper(JSON.stringify(value), depth - 1)).toBe(true);
    }),
  );
});

test('texts that never end are read to their end', () => {
  expect(isNestedDeeper('["a\\', 1)).toBe(false);
  expect(isNestedDeeper('['.repeat(1_000_000), 64)).toBe(true);
});
