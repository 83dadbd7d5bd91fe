import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { drawTrace } from './draw-trace.ts';
import { planRequests } from './plan.ts';
import { curveOf, factsOf, keepsWait, planFleet, replicasNeeded } from './plan-fleet.ts';
import { traceOf } from './read-trace.ts';

const curve = curveOf(
  [
    { sequences: 1, tokensPerSecond: 40 },
    { sequences: 4, tokensPerSecond: 100 },
  ],
  2_000,
);
const rates = { perSecond: 4, gapVariation: 1, promptTokens: 100, completionTokens: 50 };
const trace = drawTrace(rates, 400);
const options = { wait: 0.5, cheaper: 2 };

describe('a plan', () => {
  const plan = planRequests(trace, curve, { ...options, replicaHour: 3, accuracy: 0.5, beyond: 2 });

  test('shows the fleets up to the needed one and so many beyond it', () => {
    expect(plan.rows.at(-1)?.replicas).toBe((plan.needed ?? 0) + 2);
    expect(plan.needed).toBe(replicasNeeded(trace, curve, 0.5));
    expect(planFleet(trace, curve, 0.5).needed).toBe(plan.needed);
  });

  test('pays for wrong answers too', () => {
    const { requests, seconds } = plan.facts;
    const perHour = 3 * (plan.needed ?? 0);
    expect(plan.costs?.perCorrectAnswer).toBeCloseTo((perHour * seconds) / 3600 / (requests * 0.5), 10);
    expect(plan.costs).toMatchObject({ perHour, hostedPerHour: null, breakEven: null });
  });

  test('has room for what its fleet carries, and none where no fleet does', () => {
    expect(plan.headRoom).toBeGreaterThanOrEqual(1);
    expect(plan.headRoom).toBeLessThan(8);
    const none = planRequests(trace, curve, { ...options, wait: 0.0001, most: 2 });
    expect(none).toMatchObject({ needed: null, headRoom: null, costs: null });
  });

  test('needs more replicas for a demand that grows more', () => {
    const needed = plan.demand.map((each) => each.needed ?? Number.POSITIVE_INFINITY);
    expect(needed).toEqual(needed.toSorted((one, other) => one - other));
    expect(plan.demand.find(({ elasticity }) => elasticity === 1)?.compute).toBe(1);
  });
});

describe('a trace that is drawn', () => {
  test.each([0.25, 1, 6])('has the rate, the lengths and gaps that vary %f times', (gapVariation) => {
    const facts = factsOf(drawTrace({ ...rates, gapVariation }, 20_000, seededRandom(1)));
    expect(facts.requests / facts.seconds / rates.perSecond).toBeCloseTo(1, 0);
    expect(facts.gapVariation / gapVariation).toBeGreaterThan(0.8);
    expect(facts.gapVariation / gapVariation).toBeLessThan(1.25);
    expect(facts.promptTokens / facts.requests).toBeCloseTo(rates.promptTokens, -1);
  });

  test('makes longer waits where it bunches', () => {
    const bunched = drawTrace({ ...rates, gapVariation: 20 }, 400);
    const alone = replicasNeeded(trace, curve, 0.5) ?? 0;
    expect(replicasNeeded(bunched, curve, 0.5)).toBeGreaterThan(alone);
    expect(keepsWait(bunched, curve, alone, 0.5)).toBe(false);
  });

  test.each([{ perSecond: 0 }, { gapVariation: Number.NaN }, { completionTokens: 0 }])(
    'is refused for %j',
    (wrong) => {
      expect(() => drawTrace({ ...rates, ...wrong }, 10)).toThrow(TypeError);
    },
  );
});

test('a few requests in a month are planned for all the same', () => {
  const month = 30 * 86_400;
  const rare = traceOf(
    Array.from({ length: 12 }, (_, index) => ({
      ...{ at: (index * month) / 12, client: 'all', promptTokens: 50, completionTokens: 20 },
    })),
  );
  expect(rare && planFleet(rare, curve, 1).needed).toBe(1);
  expect(traceOf([])).toBe(undefined);
});
