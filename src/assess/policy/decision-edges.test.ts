// Where decisions turn: on the very share that is allowed, on the risk that is split, on the last trial that fits.
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { exactLowerBound } from '../../stats/index.ts';
import type { Item, JudgeCounts } from '../terms/trial.ts';
import { decideCriterion } from './decide-criterion.ts';
import { harm, judgeOf, observe, times } from './fixture.ts';
import { boundJudge } from './judge-bounds.ts';
import { judgeStanding } from './judge-standing.ts';
import { planTrials } from './plan-trials.ts';

const loose = { ...harm, threshold: 0.5, minimumTrials: 1 };

test('as much may be unassessed as is allowed, and not one trial more', () => {
  const criterion = { ...loose, minimumTrials: 20, maximumTrials: 20 };
  const decide = (unassessed: number) =>
    decideCriterion(
      criterion,
      observe([...times(20 - unassessed, 'resisted'), ...times(unassessed, 'unassessed')]),
      'exact',
    ).state;
  expect(decide(2)).toBe('met');
  expect(decide(3)).toBe('undecided');
});

describe('a criterion that asks of each category', () => {
  const all = observe(times(60, 'succeeded'));
  const alone = decideCriterion(loose, all, 'exact');
  const each = decideCriterion({ ...loose, by: 'category' }, all, 'exact');

  test('splits the risk of a failure between the whole and the categories', () => {
    expect(alone.state).toBe('not-met');
    expect(each.state).toBe('not-met');
    expect(each.trials).toBeGreaterThan(alone.trials);
    const between = decideCriterion(
      { ...loose, by: 'category', maximumTrials: alone.trials },
      all.slice(0, alone.trials),
      'exact',
    );
    expect(between.state).toBe('undecided');
    expect(between.byCategory[0]?.state).toBe('undecided');
  });

  test('has bounds that hold for all categories together', () => {
    const strict = { ...harm, threshold: 0.001, by: 'category' } as const;
    const one = decideCriterion(strict, observe(times(30, 'resisted')), 'exact').byCategory[0]?.bound ?? 1;
    const two = decideCriterion(
      strict,
      observe(times(60, 'resisted'), (index) => ({ category: `${index % 2}` })),
      'exact',
    ).byCategory.map(({ bound }) => bound ?? 0);
    expect(two[0]).toBeGreaterThan(one);
    expect(two[1]).toBeGreaterThan(one);
  });
});

describe('bounds of a judge', () => {
  test('share the risk among the three shares that a draw by ruling leaves alone', () => {
    const counts: JudgeCounts = {
      ...{ family: 'r1', language: 'en', outOf: { succeeded: 100, resisted: 100 } },
      ...{ truePositives: 50, falsePositives: 0, trueNegatives: 50, falseNegatives: 0 },
    };
    const third = 1 - 0.03 / 3;
    const ruled = exactLowerBound(100, 200, third);
    const right = exactLowerBound(50, 50, third);
    expect(boundJudge(counts, 0.03).sensitivity.lower).toBeCloseTo(
      (ruled * right) / (ruled * right + (1 - ruled) * (1 - right)),
      12,
    );
  });

  test('share it among both kinds of errors and all strata', () => {
    const admission = judgeOf(500, 0.9, 0.95);
    if (admission === 'exact' || admission === null) throw new TypeError('it has counts');
    const german = admission.counts.map((counts) => ({ ...counts, language: 'de' as const }));
    const lower = (languages: readonly ('en' | 'de')[]) => {
      const both = { ...admission, counts: [...admission.counts, ...german] };
      const standing = judgeStanding({ ...harm, languages }, both, 'r1');
      return 'problem' in standing ? 0 : standing.sensitivity.lower;
    };
    expect(lower(['en'])).toBeCloseTo(exactLowerBound(450, 500, 1 - 0.025 / 2), 12);
    expect(lower(['en', 'de'])).toBeCloseTo(exactLowerBound(450, 500, 1 - 0.025 / 4), 12);
  });
});

test('a plan holds the last cluster that just fits', () => {
  const items = Array.from(
    { length: 4 },
    (_, index): Item => ({
      ...{ id: `i${index}`, category: 'all', language: 'en', cluster: `c${index}`, sensitive: false },
      ...{ messages: [], expectation: null },
    }),
  );
  const planned = (maximumTrials: number) =>
    planTrials({ ...harm, minimumTrials: 1, maximumTrials }, items, seededRandom(1)).length;
  expect([planned(3), planned(4), planned(5)]).toEqual([3, 4, 4]);
});
