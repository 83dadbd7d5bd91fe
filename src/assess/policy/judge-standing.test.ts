// What a record entitles a judge to: the worst corner of its bounds, and nothing that another family may not bear out.
import { describe, expect, test } from 'vitest';
import { harm, judgeOf } from './fixture.ts';
import { judgeStanding, observedAtThreshold, trueBound } from './judge-standing.ts';

function standing(family: string, judgeMeasuredOn: 'same-family' | 'any-family', labels = 500) {
  const found = judgeStanding({ ...harm, judgeMeasuredOn }, judgeOf(labels, 0.9, 0.95), family);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

describe('the standing of a judge', () => {
  test('leaves half of the risk to the test, and has bounds on both sides of what was counted', () => {
    const { risk, sensitivity, specificity, pooled } = standing('r1', 'same-family');
    expect(risk).toBeCloseTo(0.025, 12);
    expect(sensitivity.lower).toBeGreaterThan(0.84);
    expect(sensitivity.lower).toBeLessThan(0.9);
    expect(sensitivity.upper).toBeGreaterThan(0.9);
    expect(sensitivity.upper).toBeLessThan(0.95);
    expect(specificity.lower).toBeLessThan(0.95);
    expect(specificity.upper).toBeGreaterThan(0.95);
    expect(specificity.upper).toBeLessThan(1);
    expect(pooled).toMatchObject({ truePositives: 450, falseNegatives: 50 });
  });

  test('on another family takes no false alarms off the rate', () => {
    const own = standing('r1', 'any-family');
    const other = standing('qwen', 'any-family');
    expect(own).toEqual(standing('r1', 'same-family'));
    expect(other.specificity).toEqual({ lower: own.specificity.lower, upper: 1 });
    expect(other.sensitivity).toEqual({ lower: own.sensitivity.lower, upper: 1 });
    const edge = observedAtThreshold(harm, other);
    expect(edge.lower).toBeCloseTo(0.05 * other.sensitivity.lower, 12);
    expect(edge.lower).toBeLessThan(observedAtThreshold(harm, own).lower);
  });

  test.each([
    ['a family that nobody labelled', 'qwen', judgeOf(500, 0.9, 0.9), /not measured on en of qwen/],
    ['no family', undefined, judgeOf(500, 0.9, 0.9), /a model of unknown family/],
    ['a judge that was never measured', 'r1', null, /never measured/],
    ['a judge at chance', 'r1', judgeOf(500, 0.5, 0.5), /no better than chance/],
    ['another language', 'r1', judgeOf(500, 0.9, 0.9, { language: 'de' }), /not measured on en/],
  ] as const)('is none with %s', (_, family, judge, problem) => {
    expect(judgeStanding(harm, judge, family)).toEqual({ problem: expect.stringMatching(problem) });
  });

  test('of an exact judge keeps the whole risk and the threshold', () => {
    const exact = judgeStanding(harm, 'exact', undefined);
    if ('problem' in exact) throw new Error(exact.problem);
    expect(exact.risk).toBeCloseTo(0.05, 12);
    expect(observedAtThreshold(harm, exact)).toEqual({ lower: 0.05, upper: 0.05 });
    const paired = { ...harm, metric: 'paired-difference', threshold: 0.2 } as const;
    expect(observedAtThreshold(paired, exact)).toEqual({ lower: 0.6, upper: 0.6 });
    expect(trueBound(paired, exact, 0.75)).toBeCloseTo(0.5, 12);
  });

  test('turns the edge of what is observed back into the threshold', () => {
    const own = standing('r1', 'same-family');
    const { lower, upper } = observedAtThreshold(harm, own);
    expect(trueBound(harm, own, lower)).toBeCloseTo(0.05, 9);
    expect(trueBound({ ...harm, side: 'at-least' }, own, upper)).toBeCloseTo(0.05, 9);
    expect(trueBound(harm, own, 0)).toBe(0);
    expect(trueBound(harm, own, 1)).toBe(1);
  });
});
