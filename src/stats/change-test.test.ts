// That nothing changed is refuted too often by no stream of exchangeable answers, and soon by one that changes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { betOnChange, type ChangeTest, changeEvidence, noBets } from './change-test.ts';

const terms = { tolerance: 0.1 } as const;
const limit = Math.log(100);

/** Answers are numbers, as alike as they are near. */
function likenessOf(answers: readonly number[]): number[][] {
  return answers.map((one) => answers.map((other) => Math.exp(-Math.abs(one - other))));
}

const answers = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 3, maxLength: 8 });

test('the mean gain over which of the answers came last is 1 at most, whatever they are', () => {
  fc.assert(
    fc.property(answers, fc.constantFrom(0, 0.1), (drawn, tolerance) => {
      const means = [0, 1].map((stake) => {
        const gains = drawn.map((_, last) => {
          const turned = [...drawn.slice(last + 1), ...drawn.slice(0, last + 1)];
          const { capital } = betOnChange(noBets, likenessOf(turned), { tolerance });
          // Half of the unit begins at the first answer.
          return 2 * Math.exp(capital[stake] as number);
        });
        return gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
      });
      for (const mean of means) expect(mean).toBeLessThan(1 + 1e-9);
      if (tolerance === 0) for (const mean of means) expect(mean).toBeCloseTo(1, 9);
    }),
  );
});

test('answers that are unlike all others as often as is tolerated win nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 8 }), fc.constantFrom(0, 1), (count, stake) => {
      const same = Array.from({ length: count }, () => 0);
      const gain = (last: number) => {
        const { capital } = betOnChange(noBets, likenessOf([...same.slice(1), last]), terms);
        return 2 * Math.exp(capital[stake] as number);
      };
      expect(0.9 * gain(0) + 0.1 * gain(1000)).toBeLessThan(1 + 1e-9);
    }),
  );
});

/** Each answer is to a question of its own that was answered four times before. */
function run(
  seed: number,
  length: number,
  answer: (random: () => number, at: number) => number,
): ChangeTest[] {
  const random = seededRandom(seed);
  const normal = () => random.next() + random.next() + random.next() - 1.5;
  let test = noBets;
  return Array.from({ length }, (_, at) => {
    const before = Array.from({ length: 4 }, normal);
    test = betOnChange(test, likenessOf([...before, answer(normal, at)]), terms);
    return test;
  });
}

test('two thousand answers of a model that did not change are refuted in no more than one run of a hundred', () => {
  const runs = Array.from({ length: 100 }, (_, seed) => run(seed, 2000, (normal) => normal()));
  const refuted = runs.filter((tests) => tests.some((test) => changeEvidence(test) >= limit));
  expect(refuted.length).toBeLessThanOrEqual(1);
});

test('a change is found soon, also after a thousand answers without one', () => {
  const found = Array.from({ length: 20 }, (_, seed) => {
    const tests = run(seed, 1100, (normal, at) => (at < 1000 ? normal() : 5 + normal()));
    return tests.findIndex((test) => changeEvidence(test) >= limit) - 1000;
  });
  for (const after of found) {
    expect(after).toBeGreaterThanOrEqual(0);
    expect(after).toBeLessThan(60);
  }
});

test('a matrix that is none is refused', () => {
  expect(() => betOnChange(noBets, [[1, 1]], terms)).toThrow(TypeError);
});
