import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextStore } from './text-store.ts';

test('gives all pieces in their order, whenever it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 700 }), fc.nat(700), (pieces, askedAt) => {
      const store = createTextStore();
      for (const [index, piece] of pieces.entries()) {
        if (index === askedAt) expect(store.text()).toBe(pieces.slice(0, index).join(''));
        store.add(piece);
      }
      expect(store.text()).toBe(pieces.join(''));
      expect(store.text()).toBe(pieces.join(''));
    }),
  );
});
