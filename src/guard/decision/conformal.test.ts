import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { AdditiveScore } from '../score/additive-score.ts';
import { calibrate, conformalP, type HonestWeek, reachedBy, thresholdAt, weeksNeeded } from './conformal.ts';

/** The score is the one feature. */
const score: AdditiveScore = { bias: 0, terms: [{ centre: 0, scale: 1, weights: [1, 0, 0] }] };

/** Weeks whose looks resemble one another, as those of one account do. */
function weekOf(kind: string, seed: number): HonestWeek {
  const random = seededRandom(seed);
  const level = random.next() * 3 - 1.5;
  const length = random.integer(1, 4);
  const looks = [10, 25, 50, 100].slice(0, length).map((requests) => ({
    view: 'whole' as const,
    requests,
    features: [level + random.next()],
  }));
  return { kind, sources: [kind], looks };
}

const weeks = (count: number, from = 0): readonly HonestWeek[] =>
  Array.from({ length: count }, (_, index) => weekOf(`kind ${index % 10}`, from + index));

describe('a threshold', () => {
  test('is out of reach before there are as many honest weeks as its rate needs', () => {
    expect(weeksNeeded(0.001)).toBe(999);
    expect(thresholdAt(calibrate(score, weeks(998)), 0.001)).toBe(Number.POSITIVE_INFINITY);
    expect(thresholdAt(calibrate(score, weeks(999)), 0.001)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(thresholdAt(calibrate(score, []), 0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  test('is exceeded exactly where p is at most the rate', () => {
    const calibration = calibrate(score, weeks(400));
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 6, noNaN: true }),
        fc.constantFrom(0.01, 0.05, 0.5),
        (value, alpha) => {
          expect(value > thresholdAt(calibration, alpha)).toBe(conformalP(calibration, value) <= alpha);
        },
      ),
    );
  });

  test('is exceeded at any look by no more honest weeks than its rate says', () => {
    let alarms = 0;
    for (let draw = 0; draw < 20; draw++) {
      const calibration = calibrate(score, weeks(99, 10_000 * (draw + 1)));
      const threshold = thresholdAt(calibration, 0.05);
      for (const week of weeks(100, 10_000 * (draw + 1) + 5000))
        if ((reachedBy(score, calibration, week.looks)?.statistic ?? 0) > threshold) alarms++;
    }
    // 100 are expected of 2,000; draws of the calibration spread it by 10, weeks by another 10.
    expect(alarms).toBeGreaterThan(40);
    expect(alarms).toBeLessThan(170);
  });
});

test('p is never below 1 / (n + 1)', () => {
  expect(conformalP(calibrate(score, weeks(200)), 1e9)).toBeCloseTo(1 / 201, 12);
});

test('the statistic of a week never falls as the week goes on, and ignores looks that no honest week had', () => {
  const calibration = calibrate(score, weeks(200));
  const { looks } = weekOf('any', 3);
  let last = Number.NEGATIVE_INFINITY;
  for (let count = 1; count <= looks.length; count++) {
    const reached = reachedBy(score, calibration, looks.slice(0, count))!.statistic;
    expect(reached).toBeGreaterThanOrEqual(last);
    last = reached;
  }
  const later = { view: 'whole' as const, requests: 24_000, features: [1e6] };
  expect(reachedBy(score, calibration, [...looks, later])?.statistic).toBe(last);
  expect(reachedBy(score, calibration, [later])).toBeUndefined();
});

test('the margin grows with how much one source differs from the others, and kinds are named', () => {
  const like = weeks(100).map((week) => ({ ...week, kind: 'a', sources: ['a'] }));
  const unlike = weeks(100, 500).map((week) => ({
    ...{ kind: 'b', sources: ['b'] },
    looks: week.looks.map((look) => ({ ...look, features: [look.features[0]! + 4] })),
  }));
  expect(calibrate(score, [...like, ...unlike]).margin).toBeGreaterThan(1.5);
  expect(calibrate(score, [...like, ...unlike]).kinds).toEqual(['a', 'b']);
  expect(calibrate(score, like).margin).toBe(1);
});

test('kinds of one source stand on one side of the margin, and weeks of both sides on neither', () => {
  const raised = (kind: string, sources: readonly string[], from: number): readonly HonestWeek[] =>
    weeks(100, from).map((week) => ({
      ...{ kind, sources },
      looks: week.looks.map((look) => ({ ...look, features: [look.features[0]! + 4] })),
    }));
  const usual = weeks(200).map((week, index) => ({ ...week, sources: [`source ${index % 2}`] }));
  // Its two kinds would vouch for each other if kinds were told apart by name.
  const oneSource = [...raised('p', ['unusual'], 300), ...raised('q', ['unusual'], 500)];
  expect(calibrate(score, [...usual, ...oneSource]).margin).toBeGreaterThan(1.5);
  const mixed = raised('p', ['source 0', 'source 1'], 300);
  expect(calibrate(score, [...usual, ...mixed]).margin).toBe(calibrate(score, usual).margin);
});
