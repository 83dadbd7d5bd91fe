import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStepPace } from './step-pace.ts';

/** A generation as it is at every step: what it may still come to, and what sampling for it takes. */
type Kind = { readonly rest: number; readonly samplingMs: number };
type Simulated = { readonly took: number; readonly tokens: readonly number[] };

/** Steps of `stepMs` and `rowMs` a row; rows are sampled one after the other. */
function simulate(
  kinds: readonly Kind[],
  { steps, stepMs, rowMs = 0 }: { readonly steps: number; readonly stepMs: number; readonly rowMs?: number },
): Simulated {
  const pace = createStepPace();
  const tokens = kinds.map(() => 0);
  let took = 0;
  for (let step = 0; step < steps; step++) {
    const chosen = pace.next(kinds.map(({ rest }, generation) => ({ generation, rest })));
    expect(chosen.length).toBeGreaterThan(0);
    const decodeMs = stepMs + rowMs * chosen.length;
    pace.decoded(decodeMs, chosen.length);
    took += decodeMs;
    for (const generation of pace.cheapestFirst(chosen)) {
      const { samplingMs } = kinds[generation] as Kind;
      pace.sampled(generation, samplingMs);
      took += samplingMs;
      tokens[generation] = (tokens[generation] as number) + 1;
    }
  }
  return { took, tokens };
}

const costing = (...samplings: readonly number[]): readonly Kind[] =>
  samplings.map((samplingMs) => ({ rest: 100, samplingMs }));
const long: Kind = { rest: 2000, samplingMs: 0 };
const short: Kind = { rest: 24, samplingMs: 0 };

describe('generations whose sampling is dear', () => {
  test('let cheap ones take part in every step, at no less than their share of the pace', () => {
    const cheap = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 });
    const dear = fc.array(fc.double({ min: 10, max: 500, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cheap, dear, (cheap, dear) => {
        const options = { steps: 1000, stepMs: 5 };
        const alone = simulate(costing(...cheap), options);
        const beside = simulate(costing(...cheap, ...dear), options);
        expect(beside.tokens.slice(0, cheap.length)).toEqual(alone.tokens);
        // Half as much again, and what was sampled before it was known to be dear.
        const unknown = 6 * dear.reduce((sum, cost) => sum + cost, 0);
        expect(beside.took).toBeLessThanOrEqual(alone.took + 0.5 * 5 * 1000 + unknown);
      }),
      { numRuns: 20 },
    );
  });

  test('have equal turns, and are never left out for ever', () => {
    const { tokens } = simulate(costing(0.1, 20, 20, 20, 60), { steps: 5000, stepMs: 5 });
    expect(tokens[0]).toBe(5000);
    const dear = tokens.slice(1);
    expect(Math.min(...dear)).toBeGreaterThan(80);
    expect(Math.max(...dear) - Math.min(...dear)).toBeLessThanOrEqual(1);
  });

  test('leave nobody out where all are dear, or where sampling is a small part of a step', () => {
    expect(simulate(costing(30, 80), { steps: 50, stepMs: 5 }).tokens).toEqual([50, 50]);
    expect(simulate(costing(0.1, 2), { steps: 50, stepMs: 5 }).tokens).toEqual([50, 50]);
  });
});

describe('generations that may come to much more than another', () => {
  const options = { steps: 1000, stepMs: 0.1, rowMs: 0.2 };

  test('make the short one wait for no more than half as much again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 15 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (others, rowMs) => {
          const of = { ...options, rowMs };
          const alone = simulate([short], of);
          const beside = simulate([short, ...Array.from({ length: others }, () => long)], of);
          expect(beside.tokens[0]).toBe(alone.tokens[0]);
          // Until the cost of a row is known, and with what was saved for a turn by then.
          const learning = 20 * (rowMs * (others + 1) + of.stepMs);
          expect(beside.took).toBeLessThanOrEqual(1.5 * alone.took + learning);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('have equal turns and at least a quarter of the time', () => {
    const { tokens, took } = simulate([short, long, long, long], options);
    const turns = tokens.slice(1);
    expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(1);
    const spent = options.rowMs * turns.reduce((sum, count) => sum + count, 0);
    expect(spent).toBeGreaterThanOrEqual(took / 4);
  });

  test('take part in nearly every step where a row costs nothing beside others', () => {
    const { tokens } = simulate([short, long, long, long], { steps: 1000, stepMs: 30 });
    expect(Math.min(...tokens)).toBeGreaterThanOrEqual(1000 - 4 * Math.ceil(1000 / 64));
  });

  test('are no others where all may come to about as much', () => {
    const kinds = [24, 40, 90, 24].map((rest) => ({ rest, samplingMs: 0 }));
    expect(simulate(kinds, options).tokens).toEqual([1000, 1000, 1000, 1000]);
  });

  test('are not left out for ever while every step reads prompts', () => {
    const pace = createStepPace();
    let turns = 0;
    for (let step = 0; step < 640; step++) {
      turns +=
        pace.next([
          { generation: 1, ...short },
          { generation: 2, ...long },
        ]).length - 1;
      pace.decoded(1);
    }
    expect(turns).toBeGreaterThan(500);
  });
});

test('nobody is misled by single measurements', () => {
  const pace = createStepPace();
  const both = [1, 2].map((generation) => ({ generation, rest: 100 }));
  for (let step = 0; step < 40; step++) {
    expect(pace.next(both)).toEqual([1, 2]);
    pace.decoded(step % 7 === 0 ? 90 : 5, 2);
    pace.sampled(1, 0.1);
    pace.sampled(2, step % 3 === 0 ? 300 : 0.1);
  }
});
