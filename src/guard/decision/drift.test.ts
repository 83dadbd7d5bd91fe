import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { Calibration } from '../calibration/calibration.ts';
import { conformalP } from './conformal.ts';
import { driftOf } from './drift.ts';

const statistics = (seed: number, count: number, shift = 0): readonly number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => shift - Math.log(random.next() || 0.5));
};

const calibrated = (seed: number): Pick<Calibration, 'classes'> => {
  const maxima = statistics(seed, 300).toSorted((a, b) => b - a);
  return { classes: { rag: { looks: {}, maxima, kinds: [], margin: 1, profile: [] } } };
};

const judged = (calibration: Pick<Calibration, 'classes'>, all: readonly number[]) =>
  all.map((statistic) => ({ useClass: 'rag' as const, p: conformalP(calibration.classes.rag!, statistic) }));

test('weeks as they were alarm less than once in a hundred times', () => {
  const alarms = Array.from({ length: 300 }, (_, seed) => {
    const calibration = calibrated(1000 + seed);
    return driftOf(calibration, judged(calibration, statistics(seed, 200)))[0]!.drifted;
  });
  expect(alarms.filter(Boolean).length).toBeLessThan(3);
});

test('weeks that resemble harvesting more, or less, than they did are one', () => {
  const calibration = calibrated(1);
  for (const shift of [0.5, -0.5])
    expect(driftOf(calibration, judged(calibration, statistics(2, 200, shift)))).toMatchObject([
      { useClass: 'rag', weeks: 200, drifted: true },
    ]);
});

test('of few weeks, and of classes that were not calibrated, nothing is said', () => {
  const calibration = calibrated(1);
  expect(driftOf(calibration, judged(calibration, statistics(2, 49)))).toEqual([]);
  const chat = Array.from({ length: 100 }, () => ({ useClass: 'chat' as const, p: 0.01 }));
  expect(driftOf(calibration, chat)).toEqual([]);
});
