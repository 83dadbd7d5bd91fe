import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { abstained, chooseAbstention, type ScoredAnswer } from './abstention.ts';

/** Scores that say something, or nothing, of whether an answer is right. */
function answersOf(count: number, seed: number, worth: number): readonly ScoredAnswer[] {
  const random = seededRandom(71, seed);
  return Array.from({ length: count }, () => {
    const score = random.next();
    return { score, correct: random.next() < 0.7 + worth * (score - 0.5) };
  });
}

test.each([
  [0.6, 0.1],
  [0.6, 0.05],
  [0, 0.1],
])('with scores worth %d wrong answers are at most %d of further questions, in the mean', (worth, risk) => {
  let [wrong, coverage] = [0, 0];
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const chosen = chooseAbstention(answersOf(100, 2 * run, worth), risk);
    const other = abstained(answersOf(200, 2 * run + 1, worth), chosen);
    wrong += other.wrong / runs;
    coverage += other.coverage / runs;
  }
  // Four standard errors of the mean over the runs beyond the risk would be a broken promise.
  expect(wrong).toBeLessThan(risk + 0.006);
  expect(coverage).toBeGreaterThan(worth > 0 ? 0.25 : 0.05);
});

test('the bar is the lowest that keeps the bound, and equal scores stay together', () => {
  const answers = [
    ...Array.from({ length: 18 }, () => ({ score: 0.9, correct: true })),
    ...[
      { score: 0.5, correct: true },
      { score: 0.5, correct: false },
      { score: 0.1, correct: false },
    ],
  ];
  // (0 + 1) / 22 and (1 + 1) / 22 keep to a tenth, (2 + 1) / 22 does not.
  expect(chooseAbstention(answers, 0.1)).toEqual({ least: 0.5, coverage: 20 / 21, wrong: 1 / 21 });
  expect(chooseAbstention(answers, 0.05)).toMatchObject({ least: 0.9, wrong: 0 });
});

test('few answers, or none that is right, leave nothing to be answered', () => {
  expect(chooseAbstention([{ score: 1, correct: true }], 0.1)).toEqual({
    least: null,
    coverage: 0,
    wrong: 0,
  });
  expect(abstained([{ score: 1, correct: true }], { least: null })).toEqual({ coverage: 0, wrong: 0 });
});

test('a higher risk never answers less', () => {
  const answer = fc.record({ score: fc.integer({ min: 0, max: 9 }), correct: fc.boolean() });
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1 }), (answers) => {
      const coverages = [0.05, 0.1, 0.3, 0.7].map((risk) => chooseAbstention(answers, risk).coverage);
      expect(coverages).toEqual(coverages.toSorted((one, other) => one - other));
    }),
  );
});

test('what cannot be bounded is refused', () => {
  expect(() => chooseAbstention([], 0.1)).toThrow('no answer');
  expect(() => chooseAbstention([{ score: 1, correct: true }], 0)).toThrow('a risk of 0');
});
