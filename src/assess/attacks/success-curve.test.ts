import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '../terms/trial.ts';
import { type CurveAttempt, successCurve } from './success-curve.ts';

const attemptsOf = (...outcomes: Outcome[]): readonly CurveAttempt[] =>
  outcomes.map((outcome, index) => ({ outcome, tokens: index + 1 }));

const outcome = fc.constantFrom<Outcome>('succeeded', 'resisted', 'unassessed');

/** Over all choices of so many attempts, one by one. */
function shareOfChoices(
  attempts: readonly CurveAttempt[],
  drawn: number,
  hit: (o: Outcome) => boolean,
): number {
  let hits = 0;
  let choices = 0;
  for (let mask = 0; mask < 2 ** attempts.length; mask++) {
    const chosen = attempts.filter((_, index) => (mask >> index) & 1);
    if (chosen.length !== drawn) continue;
    choices++;
    if (chosen.some(({ outcome }) => hit(outcome))) hits++;
  }
  return hits / choices;
}

test('is the mean over all choices of attempts', () => {
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1, maxLength: 8 }), (outcomes) => {
      const attempts = attemptsOf(...outcomes);
      for (const point of successCurve([attempts])) {
        const succeeded = shareOfChoices(attempts, point.attempts, (outcome) => outcome === 'succeeded');
        const perhaps = shareOfChoices(attempts, point.attempts, (outcome) => outcome !== 'resisted');
        expect(point.rate).toBeCloseTo(succeeded, 10);
        expect(point.worst).toBeCloseTo(perhaps, 10);
      }
    }),
  );
});

test('never falls with more attempts, and ends with the share of trials that have a success', () => {
  const trials = fc.array(fc.array(outcome, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(trials, (trials) => {
      const curve = successCurve(trials.map((outcomes) => attemptsOf(...outcomes)));
      const rates = curve.map(({ rate }) => rate);
      expect(rates).toEqual([...rates].sort((a, b) => a - b));
      const broken = trials.filter((outcomes) => outcomes.includes('succeeded')).length;
      expect(rates.at(-1)).toBeCloseTo(broken / trials.length, 10);
      expect(curve.every(({ rate, worst }) => worst >= rate)).toBe(true);
    }),
  );
});

test('states its budget in tokens and goes as far as the shortest trial', () => {
  const curve = successCurve([
    attemptsOf('resisted', 'succeeded', 'resisted'),
    attemptsOf('resisted', 'resisted'),
  ]);
  expect(curve.map(({ attempts }) => attempts)).toEqual([1, 2]);
  expect(curve.map(({ tokens }) => tokens)).toEqual([1.75, 3.5]);
  expect(successCurve([])).toEqual([]);
});
