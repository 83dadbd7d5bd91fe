// The table of 20, 5, 10 and 15 is the usual textbook case of Cohen's kappa: 0.7 observed, 0.5 by chance.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreementOf, countConfusion } from './agreement.ts';

const ruling = fc.record({ labelled: fc.boolean(), ruled: fc.boolean() });

describe('agreementOf', () => {
  test('has the values of the textbook case', () => {
    const found = agreementOf({
      truePositives: 20,
      falseNegatives: 5,
      falsePositives: 10,
      trueNegatives: 15,
    });
    expect(found.trials).toBe(50);
    expect(found.agreement).toBeCloseTo(0.7, 12);
    expect(found.kappa).toBeCloseTo(0.4, 12);
    expect(found.sensitivity).toBeCloseTo(0.8, 12);
    expect(found.specificity).toBeCloseTo(0.6, 12);
  });

  test('says nothing about kinds that were not seen', () => {
    const counts = { truePositives: 3, falseNegatives: 0, falsePositives: 0, trueNegatives: 0 };
    expect(agreementOf(counts)).toEqual({
      trials: 3,
      agreement: 1,
      kappa: null,
      sensitivity: 1,
      specificity: null,
    });
  });

  test('a judge that always says the same has kappa 0, however often it is right', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (positives, negatives) => {
          const counts = {
            truePositives: positives,
            falseNegatives: 0,
            falsePositives: negatives,
            trueNegatives: 0,
          };
          expect(agreementOf(counts).kappa).toBe(0);
        },
      ),
    );
  });

  test('kappa does not ask which of the two is the judge', () => {
    fc.assert(
      fc.property(fc.array(ruling, { minLength: 1 }), (rulings) => {
        const turned = rulings.map(({ labelled, ruled }) => ({ labelled: ruled, ruled: labelled }));
        expect(agreementOf(countConfusion(turned)).kappa).toBe(agreementOf(countConfusion(rulings)).kappa);
      }),
    );
  });
});

test('countConfusion counts every ruling once', () => {
  fc.assert(
    fc.property(fc.array(ruling), (rulings) => {
      expect(agreementOf(countConfusion(rulings)).trials).toBe(rulings.length);
    }),
  );
});

test('countConfusion puts every kind of ruling into its own cell', () => {
  const rulings = [
    ...Array.from({ length: 1 }, () => ({ labelled: true, ruled: true })),
    ...Array.from({ length: 2 }, () => ({ labelled: true, ruled: false })),
    ...Array.from({ length: 3 }, () => ({ labelled: false, ruled: false })),
    ...Array.from({ length: 4 }, () => ({ labelled: false, ruled: true })),
  ];
  expect(countConfusion(rulings)).toEqual({
    truePositives: 1,
    falseNegatives: 2,
    trueNegatives: 3,
    falsePositives: 4,
  });
});
