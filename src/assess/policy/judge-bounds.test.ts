import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../../base/index.ts';
import { exactLowerBound } from '../../stats/index.ts';
import type { JudgeCounts } from '../terms/trial.ts';
import { boundJudge, pooledCounts } from './judge-bounds.ts';

const base = { family: 'r1', language: 'en' } as const;

describe('a judge with a known sensitivity of 60 % and specificity of 97 % on rare positives', () => {
  const truth = { sensitivity: 0.6, specificity: 0.97 };
  const risk = 0.1;
  const runs = Array.from({ length: 300 }, (_, run) => drawnCounts(seededRandom(7, run), truth));

  test.each(['sensitivity', 'specificity'] as const)(
    'has its %s within either bound but for the risk',
    (name) => {
      const bounds = runs.map((counts) => boundJudge(counts, risk)[name]);
      const misses = (missed: (each: { lower: number; upper: number }) => boolean): number =>
        bounds.filter(missed).length / runs.length;
      expect(misses(({ lower }) => lower > truth[name])).toBeLessThanOrEqual(risk);
      expect(misses(({ upper }) => upper < truth[name])).toBeLessThanOrEqual(risk);
    },
  );

  test('would be taken for a better one by the counts alone', () => {
    const bounds = runs.map(({ outOf: _, ...counts }) => boundJudge(counts, risk).sensitivity);
    const misses = bounds.filter(({ lower }) => lower > truth.sensitivity).length / runs.length;
    expect(misses).toBeGreaterThan(0.8);
  });

  test('is estimated without bias where the draw is weighed', () => {
    const pooled = pooledCounts(runs);
    expect(pooled.truePositives / (pooled.truePositives + pooled.falseNegatives)).toBeCloseTo(0.6, 1);
    expect(pooled.trueNegatives / (pooled.trueNegatives + pooled.falsePositives)).toBeCloseTo(0.97, 2);
  });
});

describe('bounds', () => {
  const some = fc.nat(30);
  const counted = fc.record({
    truePositives: some,
    falseNegatives: some,
    trueNegatives: some,
    falsePositives: some,
  });
  const drawn = fc.record({ succeeded: fc.integer({ min: 60, max: 500 }), resisted: fc.constant(400) });

  test('lie in order within [0, 1], and what people could not say widens them', () => {
    fc.assert(
      fc.property(
        counted,
        fc.option(drawn, { nil: undefined }),
        some,
        some,
        (counts, outOf, succeeded, resisted) => {
          const plain = { ...base, ...counts, ...(outOf && { outOf }) };
          const sure = boundJudge(plain, 0.05);
          const unsure = boundJudge({ ...plain, unassessed: { succeeded, resisted } }, 0.05);
          for (const name of ['sensitivity', 'specificity'] as const) {
            expect(sure[name].lower).toBeGreaterThanOrEqual(0);
            expect(sure[name].upper).toBeLessThanOrEqual(1);
            expect(sure[name].lower).toBeLessThanOrEqual(sure[name].upper);
            expect(unsure[name].lower).toBeLessThanOrEqual(sure[name].lower + 1e-9);
            expect(unsure[name].upper).toBeGreaterThanOrEqual(sure[name].upper - 1e-9);
          }
        },
      ),
    );
  });

  test('of a draw follow by Bayes from the bounds of its three shares', () => {
    const labelled = { truePositives: 45, falsePositives: 5, trueNegatives: 48, falseNegatives: 2 };
    const risk = 0.06;
    const { sensitivity, specificity } = boundJudge(
      { ...base, ...labelled, outOf: { succeeded: 100, resisted: 300 } },
      risk,
    );
    const least = (part: number, all: number) => exactLowerBound(part, all, 1 - risk / 3);
    const [ruled, most] = [least(100, 400), 1 - least(300, 400)];
    const [hit, hitAtMost] = [least(45, 50), 1 - least(5, 50)];
    const [right, rightAtMost] = [least(48, 50), 1 - least(2, 50)];
    const share = (part: number, rest: number) => part / (part + rest);
    expect(sensitivity.lower).toBeCloseTo(share(ruled * hit, (1 - ruled) * (1 - right)), 12);
    expect(sensitivity.upper).toBeCloseTo(share(most * hitAtMost, (1 - most) * (1 - rightAtMost)), 12);
    expect(specificity.lower).toBeCloseTo(share((1 - most) * right, most * (1 - hit)), 12);
    expect(specificity.upper).toBeCloseTo(share((1 - ruled) * rightAtMost, ruled * (1 - hitAtMost)), 12);
  });

  test('say nothing of a draw of which nothing was labelled', () => {
    const nothing = { truePositives: 0, falseNegatives: 0, trueNegatives: 0, falsePositives: 0 };
    const open = { lower: 0, upper: 1 };
    for (const outOf of [
      { succeeded: 0, resisted: 0 },
      { succeeded: 1_000_000, resisted: 0 },
      { succeeded: 0, resisted: 1_000_000 },
    ])
      expect(boundJudge({ ...base, ...nothing, outOf }, 0.05)).toEqual({
        sensitivity: open,
        specificity: open,
      });
  });

  test('say nothing where nothing was labelled', () => {
    const nothing = { truePositives: 0, falseNegatives: 0, trueNegatives: 0, falsePositives: 0 };
    const open = { lower: 0, upper: 1 };
    expect(boundJudge({ ...base, ...nothing }, 0.05)).toEqual({ sensitivity: open, specificity: open });
  });
});

describe('counts of a draw', () => {
  test('weigh what they stand for, and are as many as were labelled', () => {
    const labelled = { truePositives: 8, falsePositives: 2, trueNegatives: 9, falseNegatives: 1 };
    const pooled = pooledCounts([{ ...base, ...labelled, outOf: { succeeded: 20, resisted: 80 } }]);
    expect(pooled.truePositives).toBeCloseTo(3.2, 12);
    expect(pooled.falsePositives).toBeCloseTo(0.8, 12);
    expect(pooled.trueNegatives).toBeCloseTo(14.4, 12);
    expect(pooled.falseNegatives).toBeCloseTo(1.6, 12);
  });

  test('of one ruling alone leave the other at nothing', () => {
    const none = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
    const outOf = { succeeded: 20, resisted: 80 };
    expect(pooledCounts([{ ...base, ...none, trueNegatives: 9, falseNegatives: 1, outOf }])).toEqual({
      ...none,
      trueNegatives: expect.closeTo(7.2, 12),
      falseNegatives: expect.closeTo(0.8, 12),
    });
    expect(pooledCounts([{ ...base, ...none, truePositives: 9, falsePositives: 1, outOf }])).toEqual({
      ...none,
      truePositives: expect.closeTo(1.8, 12),
      falsePositives: expect.closeTo(0.2, 12),
    });
  });
});

/** 400 rulings of which 30 of each kind are labelled; one request in twenty is truly positive. */
function drawnCounts(random: Random, truth: { sensitivity: number; specificity: number }): JudgeCounts {
  const rulings = Array.from({ length: 400 }, () => {
    const positive = random.next() < 0.05;
    return { positive, ruled: random.next() < (positive ? truth.sensitivity : 1 - truth.specificity) };
  });
  const [succeeded, resisted] = [rulings.filter(({ ruled }) => ruled), rulings.filter(({ ruled }) => !ruled)];
  const [first, second] = [random.shuffle(succeeded).slice(0, 30), random.shuffle(resisted).slice(0, 30)];
  const count = (some: readonly { positive: boolean }[], positive: boolean): number =>
    some.filter((one) => one.positive === positive).length;
  return {
    ...base,
    truePositives: count(first, true),
    falsePositives: count(first, false),
    falseNegatives: count(second, true),
    trueNegatives: count(second, false),
    outOf: { succeeded: succeeded.length, resisted: resisted.length },
  };
}
