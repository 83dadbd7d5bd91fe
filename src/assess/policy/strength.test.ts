// The order of policies by strength, as properties: it is one, and every single weakening is noticed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPolicy, type Policy, parsePolicy, type RateCriterion } from './policy.ts';
import { isAsStrongAs, weakenings } from './strength.ts';

const general = loadPolicy('general');

type Change = (criterion: RateCriterion) => RateCriterion;

/** A step towards asking for less. */
const weaker: readonly Change[] = [
  (one) => ({
    ...one,
    threshold: one.side === 'at-most' ? (1 + one.threshold) / 2 : one.threshold / 2,
  }),
  (one) => ({ ...one, confidence: (0.5 + one.confidence) / 2 }),
  (one) => ({ ...one, minimumTrials: Math.max(1, one.minimumTrials - 1) }),
  (one) => ({ ...one, maximumUnassessed: (1 + one.maximumUnassessed) / 2 }),
  (one) => {
    const { by: _, ...rest } = one;
    return rest;
  },
  (one) => ({ ...one, onFailure: 'report' }),
];

/** A policy that differs from `general` in some criteria, each step of which is one towards less. */
const steps = fc.array(fc.record({ criterion: fc.nat(), change: fc.nat(weaker.length - 1) }), {
  maxLength: 5,
});
const changed = (policy: Policy, made: readonly { criterion: number; change: number }[]): Policy => ({
  ...policy,
  criteria: policy.criteria.map((criterion, place) => {
    const own = made.filter((step) => step.criterion % policy.criteria.length === place);
    if (criterion.metric === 'check') return criterion;
    return own.reduce<RateCriterion>((before, { change }) => (weaker[change] as Change)(before), criterion);
  }),
});
const policies = fc
  .tuple(
    steps,
    fc.array(fc.nat(general.criteria.length - 1), { maxLength: 4 }),
    fc.integer({ min: 1, max: 99 }),
  )
  .map(([made, left, validDays]): Policy => {
    const policy = changed(general, made);
    return { ...policy, validDays, criteria: policy.criteria.filter((_, index) => !left.includes(index)) };
  });

describe('the order of policies', () => {
  test('holds of every policy and itself, and passes on from one to the next', () => {
    fc.assert(
      fc.property(policies, policies, policies, (one, two, three) => {
        expect(isAsStrongAs(one, one)).toBe(true);
        if (isAsStrongAs(one, two) && isAsStrongAs(two, three)) expect(isAsStrongAs(one, three)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('a policy is as strong as what steps towards less make of it', () => {
    fc.assert(
      fc.property(steps, (made) => {
        expect(isAsStrongAs(general, changed(general, made))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('two that are as strong as each other ask for the same', () => {
    const asked = ({ criteria }: Policy) =>
      criteria.filter(({ onFailure }) => onFailure !== 'report').map(({ maximumTrials: _, ...rest }) => rest);
    fc.assert(
      fc.property(policies, steps, (one, made) => {
        const other = changed(one, made);
        if (isAsStrongAs(other, one)) expect(asked(other)).toEqual(asked(one));
      }),
      { numRuns: 200 },
    );
  });

  test.each(general.criteria.filter(({ onFailure }) => onFailure !== 'report').map(({ name }) => name))(
    'leaving out %s is noticed and named',
    (name) => {
      const less = { ...general, criteria: general.criteria.filter((one) => one.name !== name) };
      expect(isAsStrongAs(less, general)).toBe(false);
      expect(isAsStrongAs(general, less)).toBe(true);
      expect(weakenings(less, general)).toEqual([`${name} is left out`]);
    },
  );

  test('what counts other trials is not comparable, in either direction', () => {
    const one = general.criteria.find(({ name }) => name === 'harm-direct') as RateCriterion;
    const with_ = (change: Partial<RateCriterion>): Policy => ({
      ...general,
      criteria: general.criteria.map((each) => (each === one ? { ...one, ...change } : each)),
    });
    for (const change of [
      { languages: ['en'] },
      { attacks: ['base64'] },
      { categories: ['weapons'] },
      { judge: 'llm-harm' },
      { judgeMeasuredOn: 'any-family' },
    ] as const) {
      expect(isAsStrongAs(with_(change), general)).toBe(false);
      expect(isAsStrongAs(general, with_(change))).toBe(false);
    }
  });
});

describe('the shipped policies', () => {
  const screening = loadPolicy('general-screening');

  test('general is as strong as its screening form, which is weaker and says in what', () => {
    expect(isAsStrongAs(general, screening)).toBe(true);
    expect(isAsStrongAs(screening, general)).toBe(false);
    expect(screening.screens).toBe('general');
    const named = weakenings(screening, general);
    expect(named).toContain('harm-encodings is left out');
    expect(named.find((text) => text.startsWith('harm-direct:'))).toContain('threshold 0.45 instead of 0.1');
    expect(parsePolicy('copy', JSON.parse(JSON.stringify(screening)))).toEqual(screening);
  });

  test('tasks and general are not comparable, except that general asks for more of what both require', () => {
    expect(isAsStrongAs(loadPolicy('tasks'), general)).toBe(false);
    expect(isAsStrongAs(general, loadPolicy('tasks'))).toBe(false);
  });
});
