import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createShortLivedMap } from './short-lived-map.ts';
import { keptOfMembers } from './short-lived-testing.ts';

test('a map of what is short-lived has what a map would have, in the same order', () => {
  const step = fc.record({ type: fc.constantFrom('set', 'take', 'get'), key: fc.nat({ max: 5 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const map = createShortLivedMap<number, { readonly at: number }>();
      const expected = new Map<number, { readonly at: number }>();
      for (const [at, { type, key }] of steps.entries()) {
        if (type === 'set') {
          map.set(key, { at });
          expected.delete(key);
          expected.set(key, { at });
        } else if (type === 'take') {
          expect(map.take(key)).toEqual(expected.get(key));
          expected.delete(key);
        }
        expect(map.get(key)).toEqual(expected.get(key));
        expect(map.has(key)).toBe(expected.has(key));
        expect(map.size()).toBe(expected.size);
        expect([...map.keys()]).toEqual([...expected.keys()]);
      }
    }),
  );
});

/** What V8 does is found out here: should a Map keep nothing one day, the other has lost its reason. */
test('members that come and go are kept among the old objects by a Map, and only their names by the other', () => {
  expect(keptOfMembers('short-lived-map')).toBeLessThan(200);
  expect(keptOfMembers('map')).toBeGreaterThan(400);
});
