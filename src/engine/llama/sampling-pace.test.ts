import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSamplingPace } from './sampling-pace.ts';

type Simulated = { readonly steps: number; readonly took: number; readonly tokens: readonly number[] };

/** Steps of `decodeMs` beside generations whose sampling costs so much each; rows are sampled one after the other. */
function simulate(
  costs: readonly number[],
  { steps, decodeMs }: { steps: number; decodeMs: number },
): Simulated {
  const pace = createSamplingPace();
  const tokens = costs.map(() => 0);
  let took = 0;
  for (let step = 0; step < steps; step++) {
    const chosen = pace.next([...costs.keys()]);
    expect(chosen.length).toBeGreaterThan(0);
    pace.decoded(decodeMs);
    took += decodeMs;
    for (const generation of pace.cheapestFirst(chosen)) {
      const cost = costs[generation] as number;
      pace.sampled(generation, cost);
      took += cost;
      tokens[generation] = (tokens[generation] as number) + 1;
    }
  }
  return { steps, took, tokens };
}

test('lets cheap generations take part in every step, at no less than their share of the pace', () => {
  const cheap = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 });
  const dear = fc.array(fc.double({ min: 10, max: 500, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(cheap, dear, (cheap, dear) => {
      const options = { steps: 1000, decodeMs: 5 };
      const alone = simulate(cheap, options);
      const beside = simulate([...cheap, ...dear], options);
      expect(beside.tokens.slice(0, cheap.length)).toEqual(alone.tokens);
      // Half as much again, and what was sampled before it was known to be dear.
      const unknown = 6 * dear.reduce((sum, cost) => sum + cost, 0);
      expect(beside.took).toBeLessThanOrEqual(alone.took + 0.5 * 5 * 1000 + unknown);
    }),
    { numRuns: 20 },
  );
});

test('gives dear generations equal turns, and never leaves one out for ever', () => {
  const { tokens } = simulate([0.1, 20, 20, 20, 60], { steps: 5000, decodeMs: 5 });
  expect(tokens[0]).toBe(5000);
  const dear = tokens.slice(1);
  expect(Math.min(...dear)).toBeGreaterThan(80);
  expect(Math.max(...dear) - Math.min(...dear)).toBeLessThanOrEqual(1);
});

test('leaves nobody out where all are dear, or where sampling is a small part of a step', () => {
  expect(simulate([30, 80], { steps: 50, decodeMs: 5 }).tokens).toEqual([50, 50]);
  expect(simulate([0.1, 2], { steps: 50, decodeMs: 5 }).tokens).toEqual([50, 50]);
});

test('is not misled by single measurements', () => {
  const pace = createSamplingPace();
  for (let step = 0; step < 40; step++) {
    expect(pace.next([1, 2])).toEqual([1, 2]);
    pace.decoded(step % 7 === 0 ? 90 : 5);
    pace.sampled(1, 0.1);
    pace.sampled(2, step % 3 === 0 ? 300 : 0.1);
  }
});
