import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyMetrics } from './metrics.ts';
import { symptomsText, warningsAt } from './symptoms.ts';

const healthy: PolicyMetrics = {
  ...{ rewardMean: 0.5, rewardDeviation: 0.5, accuracy: 0.5, completionLength: 90, terminatedLength: 80 },
  ...{ cutOff: 0.1, withoutSignal: 0.4, groups: 8, rounds: 1, entropy: 0.3, kl: 0, clipFraction: 0 },
  samplingSeconds: 1,
};
const steps = (count: number, change: Partial<PolicyMetrics> = {}): readonly PolicyMetrics[] =>
  Array.from({ length: count }, () => ({ ...healthy, ...change }));
const atSteps = (all: readonly PolicyMetrics[], word: RegExp): readonly number[] =>
  all.flatMap((_, index) =>
    warningsAt(all.slice(0, index + 1)).some((text) => word.test(text)) ? [index + 1] : [],
  );

describe('warnings', () => {
  test('come when a symptom begins, and again whenever it has lasted twice as long', () => {
    const silent = [...steps(10), ...steps(30, { withoutSignal: 1 })];
    expect(atSteps(silent, /nothing was learned/)).toEqual([15, 20, 30]);
    const cutOff = [...steps(10), ...steps(30, { cutOff: 1 })];
    expect(atSteps(cutOff, /the token limit cut off \d+ %/)[0]).toBe(13);
  });

  test('come of completions that fall to less than a third of what they were', () => {
    expect(
      atSteps([...steps(6), ...steps(20, { completionLength: 29 })], /29 tokens, 90 in the first steps/),
    ).toContain(11);
    expect(atSteps([...steps(6), ...steps(20, { completionLength: 31 })], /tokens/)).toEqual([]);
    expect(atSteps(steps(30, { completionLength: 2 }), /tokens/)).toEqual([]);
  });

  test('do not come of a healthy stage, nor of its first steps', () => {
    expect(atSteps(steps(60), /./)).toEqual([]);
    expect(atSteps(steps(4, { withoutSignal: 1, cutOff: 1 }), /./)).toEqual([]);
  });

  test('follow from the metrics alone, so that a run taken up again goes on where it was', () => {
    const metrics = fc.record({
      withoutSignal: fc.constantFrom(0, 1),
      cutOff: fc.constantFrom(0, 1),
      completionLength: fc.constantFrom(1, 90),
    });
    fc.assert(
      fc.property(fc.array(metrics, { maxLength: 40 }), (changes) => {
        const all = changes.map((change) => ({ ...healthy, ...change }));
        const said = all.flatMap((_, index) => warningsAt(all.slice(0, index + 1)));
        expect(symptomsText(all).length > 0).toBe(said.length > 0);
      }),
    );
  });
});

test('a report says what is so at the end, and what was so for a time', () => {
  expect(symptomsText(steps(20))).toEqual([]);
  expect(symptomsText([...steps(20, { cutOff: 0.9 }), ...steps(10)])).toEqual([
    expect.stringMatching(
      /^Most completions were cut off for a time: after \d+ of its 30 steps, but not after the last one\.$/,
    ),
  ]);
  expect(symptomsText([...steps(20), ...steps(10, { completionLength: 5 })])).toEqual([
    expect.stringMatching(
      /^Completions fell to less than a third of their length, and so it was at its last step: .* 5 tokens, 90 /,
    ),
  ]);
});
