// Labels and trials weighed together are wrong no oftener than they may be, and decide more than the worst corner.
import { expect, test } from 'vitest';
import { claimCases, claimShares } from './claims.ts';

const runs = 150;
/** At a risk of 5 %, so many of 150 runs or more are wrong in one of a million tests. */
const tooMany = 21;

test.each(claimCases)(
  'at a threshold of $threshold with sensitivity $sensitivity, specificity $specificity and $labels labels',
  (one) => {
    for (const side of ['at-most', 'at-least'] as const) {
      const { together } = claimShares({ ...one, side, trueRate: one.threshold }, runs);
      expect(together.met * runs).toBeLessThan(tooMany);
      expect(together['not-met'] * runs).toBeLessThan(tooMany);
    }
    const { together, corner, trials } = claimShares({ ...one, trueRate: 0 }, runs);
    expect(together.met).toBeGreaterThanOrEqual(corner.met);
    expect(trials.together).toBeLessThanOrEqual(trials.corner);
  },
);
