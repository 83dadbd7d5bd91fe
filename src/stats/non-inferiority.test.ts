import { expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { testNonInferiority } from './non-inferiority.ts';

const differences = (equal: number, gained: number, lost: number): number[] => [
  ...Array(equal).fill(0),
  ...Array(gained).fill(1),
  ...Array(lost).fill(-1),
];

test('few pairs without any difference show nothing at one point, many do', () => {
  expect(testNonInferiority(differences(200, 0, 0), 0.01, seededRandom(1)).shown).toBe(false);
  expect(testNonInferiority(differences(500, 0, 0), 0.01, seededRandom(1)).shown).toBe(true);
});

test('what loses more than the margin is called non-inferior in at most 5 % of samples', () => {
  const runs = 600;
  for (const [gain, loss] of [
    [0, 0.02],
    [0.02, 0.04],
    [0.1, 0.12],
  ] as const) {
    let shown = 0;
    for (let run = 0; run < runs; run++) {
      const random = seededRandom(22, run);
      const sample = Array.from({ length: 300 }, () => {
        const drawn = random.next();
        return drawn < gain ? 1 : drawn < gain + loss ? -1 : 0;
      });
      if (testNonInferiority(sample, 0.02, random, 150).shown) shown++;
    }
    // 5 % and three standard errors of a share of so many runs.
    expect(shown / runs).toBeLessThan(0.077);
  }
});

test('what is better is shown with enough pairs, and an estimate is the mean', () => {
  const result = testNonInferiority(differences(900, 60, 40), 0.01, seededRandom(3));
  expect(result.estimate).toBeCloseTo(0.02, 12);
  expect(result.lower).toBeGreaterThan(0.002);
  expect(result.lower).toBeLessThan(0.006);
  expect(result.shown).toBe(true);
});

test('a margin or a difference out of bounds is refused', () => {
  expect(() => testNonInferiority([0], 0, seededRandom(1))).toThrow('a margin of 0');
  expect(() => testNonInferiority([], 0.1, seededRandom(1))).toThrow('no difference to test');
  expect(() => testNonInferiority([1.5], 0.1, seededRandom(1))).toThrow('a difference of 1.5');
});
