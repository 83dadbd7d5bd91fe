import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTimeShare } from './time-share.ts';

test('parts take their share of the time of the other work and the length of one part at most', () => {
  const parts = fc.array(fc.double({ min: 0.1, max: 50, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(parts, fc.double({ min: 0.1, max: 2, noNaN: true }), (parts, share) => {
      const { earn, isDue, spend } = createTimeShare(share);
      let [first, second] = [0, 0];
      for (let step = 0; step < 500; step++) {
        earn(1);
        first++;
        const part = parts[step % parts.length] as number;
        if (!isDue()) continue;
        expect(second).toBeLessThanOrEqual(share * first + Math.max(...parts));
        spend(part);
        second += part;
      }
      expect(second).toBeGreaterThanOrEqual(Math.min(share * 500, parts[0] as number) - Math.max(...parts));
      expect(second).toBeGreaterThan(0);
    }),
  );
});
