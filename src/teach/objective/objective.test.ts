// The published conventions as numbers: what each formula gives on small cases that can be checked by hand.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupAdvantages, hasSignal } from './advantages.ts';
import { tokenWeights } from './aggregation.ts';
import { generalisedDivergence, k1, k2, k3, k3Slope, klDivergence } from './divergence.ts';
import { passAtK } from './pass-at-k.ts';
import { clippedSurrogate, sequenceRatio } from './surrogate.ts';

const rounded = (values: readonly number[], digits: number) =>
  values.map((value) => Number(value.toFixed(digits)));

describe('advantages', () => {
  const rewards = [1, 0, 0, 1];
  test.each([
    ['population deviation', { scale: 'std', epsilon: 0, bessel: false } as const, 1],
    ['Bessel and 1e-4', { scale: 'std' } as const, 0.86587543],
    ['without division', { scale: 'none' } as const, 0.5],
  ])('of two right and two wrong: %s', (_, options, size) => {
    const [advantages] = groupAdvantages([rewards], options);
    expect(rounded(advantages!, 8)).toEqual([size, -size, -size, size]);
  });

  test('of eight rewards with a format bonus', () => {
    const [advantages] = groupAdvantages([[1.1, 0.1, 0.1, 0, 1.1, 0.1, 0.1, 0]], { scale: 'std' });
    expect(rounded(advantages!.slice(0, 4), 6)).toEqual([1.613147, -0.468333, -0.468333, -0.676481]);
  });

  test('a small bonus in a group of wrong completions becomes a full advantage by division', () => {
    const [advantages] = groupAdvantages([[0.1, 0, 0, 0]], { scale: 'std', epsilon: 0 });
    expect(advantages![0]).toBeCloseTo(1.5, 10);
  });

  test('by the batch, distances are to the mean of the group and the deviation is that of all', () => {
    const advantages = groupAdvantages(
      [
        [1, 0],
        [1, 1],
      ],
      { scale: 'batch', epsilon: 0 },
    );
    expect(rounded(advantages.flat(), 10)).toEqual([1, -1, 0, 0]);
  });

  test('an unscorable completion gets 0 and does not move the others', () => {
    expect(groupAdvantages([[1, null, 0]], { scale: 'none' })).toEqual([[0.5, 0, -0.5]]);
    expect(groupAdvantages([[null, 1], [null]], { scale: 'std', epsilon: 0 })).toEqual([[0, 0], [0]]);
  });

  test('sum to 0 in every group, whatever the scale', () => {
    const reward = fc.option(fc.double({ min: -2, max: 2, noNaN: true }));
    const scale = fc.constantFrom('std', 'none', 'batch');
    fc.assert(
      fc.property(fc.array(fc.array(reward, { minLength: 1 }), { minLength: 1 }), scale, (groups, chosen) => {
        for (const group of groupAdvantages(groups, { scale: chosen as 'std' })) {
          expect(Math.abs(group.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-6);
        }
      }),
    );
  });

  test('a group has signal where scorable rewards differ', () => {
    expect([[1, 1], [0, null, 0], [null], [], [0, null, 1]].map(hasSignal)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('the clipped surrogate', () => {
  const even = { low: 0.2, high: 0.2 };
  test.each([
    [1, 1.5, even, -1.2, 0],
    [1, 1.5, { low: 0.2, high: 0.28 }, -1.28, 0],
    [-1, 1.5, even, 1.5, 1],
    [-1, 0.5, even, 0.8, 0],
    [1, 0.5, even, -0.5, -1],
    [1, 1, even, -1, -1],
    [-1, 6, { ...even, twoSided: 4 }, 4, 0],
    [-1, 3, { ...even, twoSided: 4 }, 3, 1],
    [-1, 6, { ...even, dual: 3 }, 3, 0],
    [1, 0.5, { ...even, dual: 3 }, -0.5, -1],
  ])('A = %d at ratio %d with %o is %d with slope %d', (advantage, ratio, clip, loss, slope) => {
    const surrogate = clippedSurrogate(ratio, advantage, clip);
    expect(surrogate.loss).toBeCloseTo(loss, 12);
    expect(surrogate.slope).toBe(slope);
  });

  test('the slope is the derivative of the loss away from the corners', () => {
    const step = 1e-6;
    const clip = { low: 0.2, high: 0.28, twoSided: 4, dual: 3 };
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 6, noNaN: true }),
        fc.constantFrom(-1.3, 0.7),
        (ratio, advantage) => {
          fc.pre([0.8, 1.28, 3, 4].every((corner) => Math.abs(ratio - corner) > 1e-4));
          const at = (place: number) => clippedSurrogate(place, advantage, clip).loss;
          const measured = (at(ratio + step) - at(ratio - step)) / (2 * step);
          expect(clippedSurrogate(ratio, advantage, clip).slope).toBeCloseTo(measured, 6);
        },
      ),
    );
  });

  test("GSPO's ratio is the geometric mean", () => {
    expect(sequenceRatio([0.2, -0.1, 0.05])).toBeCloseTo(1.051271, 6);
  });
});

test.each([
  ['sample-mean', 0],
  ['token-mean', 0.333333],
  ['constant', 0.125],
] as const)('%s of two tokens at −1 and four at +1, eight at most, is %d', (aggregation, expected) => {
  const lengths = [2, 4];
  const losses = [-1, 1];
  const weights = tokenWeights(lengths, aggregation, 8);
  const loss = weights.reduce((sum, weight, index) => sum + weight * lengths[index]! * losses[index]!, 0);
  expect(loss).toBeCloseTo(expected, 6);
});

describe('divergences', () => {
  test('estimates from one token', () => {
    const down = Math.log(0.25 / 0.5);
    expect(k1(down)).toBeCloseTo(Math.LN2, 12);
    expect(k2(down)).toBeCloseTo(0.240227, 6);
    expect(k3(down)).toBeCloseTo(0.193147, 6);
    expect(k3(-down)).toBeCloseTo(0.306853, 6);
  });

  test('k3 is finite for any log-probabilities, and its slope is its derivative', () => {
    expect(k3(1e9)).toBeLessThan(1e9);
    expect(k3Slope(1e9)).toBe(0);
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (delta) => {
        // Raising log p_new by h lowers delta by h.
        const measured = (k3(delta - 1e-6) - k3(delta + 1e-6)) / 2e-6;
        expect(k3Slope(delta)).toBeCloseTo(measured, 4);
      }),
    );
  });

  test('of whole distributions', () => {
    const teacher = [0.7, 0.2, 0.1];
    const student = [0.5, 0.25, 0.25];
    expect(klDivergence(teacher, student)).toBeCloseTo(0.0992728, 7);
    expect(klDivergence(student, teacher)).toBeCloseTo(0.1166225, 7);
    expect(generalisedDivergence(teacher, student, 0.5)).toBeCloseTo(0.0263677, 7);
    expect(generalisedDivergence(teacher, student, 0.1)).toBeCloseTo(0.0090229, 7);
    expect(generalisedDivergence(teacher, student, 0)).toBe(klDivergence(teacher, student));
    expect(generalisedDivergence(teacher, student, 1)).toBe(klDivergence(student, teacher));
  });
});

describe('pass@k', () => {
  test.each([
    [1, 0.25],
    [2, 0.464286],
    [4, 0.785714],
    [7, 1],
  ])('of 2 right in 8 at k = %d is %d', (k, expected) => {
    expect(passAtK({ samples: 8, correct: 2, k })).toBeCloseTo(expected, 6);
  });

  test('is the share of subsets that hold a right one', () => {
    const subsets = (n: number, k: number): number[][] =>
      k === 0
        ? [[]]
        : Array.from({ length: n }, (_, last) => subsets(last, k - 1).map((rest) => [...rest, last])).flat();
    for (const [n, c, k] of [
      [6, 2, 3],
      [5, 1, 2],
      [7, 4, 2],
    ] as const) {
      const all = subsets(n, k);
      const share = all.filter((subset) => subset.some((index) => index < c)).length / all.length;
      expect(passAtK({ samples: n, correct: c, k })).toBeCloseTo(share, 12);
    }
  });
});

describe('edges that a formula has', () => {
  test('the deviation of the batch is padded by epsilon, like that of a group', () => {
    // Deviation of 0, 1 with Bessel's correction: √½.
    const size = 0.5 / (Math.SQRT1_2 + 0.1);
    expect(groupAdvantages([[1, 0]], { scale: 'batch', epsilon: 0.1 })[0]![0]).toBeCloseTo(size, 12);
  });

  test('the slope of k3 holds up to its bound, and a word without probability adds nothing to a divergence', () => {
    expect(k3Slope(20)).toBeCloseTo(1 - Math.exp(20), 0);
    expect(k3Slope(20.001)).toBe(0);
    expect(klDivergence([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 12);
    expect(klDivergence([1, 0], [1, 0])).toBe(0);
  });

  test('as many wrong completions as are drawn can still all be wrong', () => {
    expect(passAtK({ samples: 4, correct: 2, k: 2 })).toBeCloseTo(1 - 1 / 6, 12);
    expect(passAtK({ samples: 4, correct: 2, k: 3 })).toBe(1);
    expect(passAtK({ samples: 4, correct: 0, k: 4 })).toBe(0);
    expect(passAtK({ samples: 3, correct: 3, k: 3 })).toBe(1);
  });

  test('at a bound itself the free branch counts', () => {
    const clip = { low: 0.2, high: 0.28 };
    expect(clippedSurrogate(4, -1, { ...clip, twoSided: 4 }).slope).toBe(1);
    expect(clippedSurrogate(3, -1, { ...clip, dual: 3 }).slope).toBe(1);
    expect(clippedSurrogate(7, -1, clip)).toEqual({ loss: 7, slope: 1 });
    expect(clippedSurrogate(7, -0.5, { ...clip, dual: 3 })).toEqual({ loss: 1.5, slope: 0 });
  });

  test('without an advantage there is neither loss nor slope', () => {
    const { loss, slope } = clippedSurrogate(5, 0, { low: 0.2, high: 0.28, dual: 3 });
    expect(Math.abs(loss)).toBe(0);
    expect(Math.abs(slope)).toBe(0);
  });
});
