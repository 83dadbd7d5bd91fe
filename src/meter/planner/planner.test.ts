import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import {
  type Arrival,
  byClient,
  followVolumes,
  mergeTraces,
  scaleVolume,
  sectionOf,
  type Trace,
  volumeOf,
} from './arrivals.ts';
import { allenCunneen, erlangC, waitOfMMk } from './queue-formulas.ts';
import { type EngineCurve, simulateFleet } from './simulate-fleet.ts';

/** One slot that decodes a token a second and reads prompts in no time to speak of. */
const oneSlot: EngineCurve = {
  slots: 1,
  stepSeconds: () => 1,
  promptTokenSeconds: 1e-9,
  promptTokensPerStep: 128,
};

const arrival = (at: number, completionTokens: number, promptTokens = 1, client = 'a'): Arrival => ({
  ...{ at, client, promptTokens, completionTokens },
});

const traceOf = (arrivals: readonly Arrival[], duration = 100): Trace => ({ arrivals, duration });

describe('the formulas', () => {
  test("are Erlang's", () => {
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 12);
    expect(erlangC(2, 0.5)).toBeCloseTo(1 / 3, 12);
    expect(erlangC(500, 0.1)).toBeLessThan(1e-12);
    expect(() => erlangC(2, 1)).toThrow('Erlang C of 2 servers at a load of 1');
  });

  test('give the waits of M/M/1 and half of them where services are all alike', () => {
    const { mean, p95 } = waitOfMMk(1, 0.5, 2);
    expect(mean).toBeCloseTo(2, 12);
    // P(wait > t) = 0.5 exp(-t / 4)
    expect(0.5 * Math.exp(-p95 / 4)).toBeCloseTo(0.05, 12);
    expect(waitOfMMk(1, 0.04, 1).p95).toBe(0);
    expect(allenCunneen(1, 0.5, 2, 1, 0)).toBeCloseTo(1, 12);
  });
});

describe('a simulated fleet', () => {
  test('makes requests wait as in an M/D/1 queue where it is one', () => {
    const random = seededRandom(9);
    let at = 0;
    const arrivals = Array.from({ length: 60_000 }, () => {
      at += -2_000 * Math.log(1 - random.next());
      return arrival(at, 1_001);
    });
    const { requests, idle } = simulateFleet(traceOf(arrivals, at), oneSlot, 1);
    const mean = requests.reduce((sum, { waited }) => sum + waited, 0) / requests.length;
    expect(mean / allenCunneen(1, 0.5, 1_000, 1, 0)).toBeGreaterThan(0.96);
    expect(mean / allenCunneen(1, 0.5, 1_000, 1, 0)).toBeLessThan(1.04);
    expect(idle).toBeCloseTo(0.5, 1);
  });

  test('shares a step among what decodes, and reads a prompt beside it', () => {
    const engine: EngineCurve = {
      ...{ slots: 2, promptTokenSeconds: 0.01, promptTokensPerStep: 100 },
      stepSeconds: (decoding) => (decoding === 0 ? 0 : 1),
    };
    // The first is read in 1 s and decodes alone for 4; the second is read for one step of 2 s, then both decode.
    const { requests } = simulateFleet(traceOf([arrival(0, 10, 100), arrival(5, 3, 100)]), engine, 1);
    expect(requests[0]?.firstToken).toBeCloseTo(1, 6);
    expect(requests[1]?.firstToken).toBeCloseTo(2, 6);
    expect(requests[1]?.finished).toBeCloseTo(4, 6);
    expect(requests[0]?.finished).toBeCloseTo(11, 6);
  });

  test('reads the prompt with the shortest rest first', () => {
    const engine = { ...oneSlot, slots: 2, promptTokenSeconds: 0.01, promptTokensPerStep: 100 };
    const { requests } = simulateFleet(traceOf([arrival(0, 1, 1_000), arrival(1, 1, 100)]), engine, 1);
    expect(requests[1]?.firstToken).toBeCloseTo(1, 6);
    expect(requests[0]?.firstToken).toBeCloseTo(11, 6);
  });

  test('lets nobody wait for a client that asks a lot', () => {
    const flood = Array.from({ length: 50 }, () => arrival(0, 10, 1, 'flood'));
    const { requests } = simulateFleet(traceOf([...flood, arrival(1, 10, 1, 'other')]), oneSlot, 1);
    expect(requests.at(-1)?.waited).toBeLessThan(21);
  });

  test('serves each request once, and more replicas never make the fleet busier', () => {
    const request = fc.record({
      at: fc.integer({ min: 0, max: 50 }),
      client: fc.constantFrom('a', 'b'),
      promptTokens: fc.integer({ min: 0, max: 300 }),
      completionTokens: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (unordered, replicas) => {
          const trace = traceOf(unordered.toSorted((one, other) => one.at - other.at));
          const engine = { ...oneSlot, slots: 3, promptTokenSeconds: 0.001 };
          const { requests, idle } = simulateFleet(trace, engine, replicas);
          expect(requests).toHaveLength(trace.arrivals.length);
          for (const { waited, firstToken, finished } of requests) {
            expect(waited).toBeGreaterThanOrEqual(0);
            expect(firstToken).toBeGreaterThanOrEqual(waited);
            expect(finished).toBeGreaterThanOrEqual(firstToken);
          }
          expect(idle).toBeGreaterThanOrEqual(-1e-9);
        },
      ),
    );
  });

  test('of nothing is refused', () => {
    expect(() => simulateFleet(traceOf([]), oneSlot, 0)).toThrow('0 replicas of 1 slots');
  });
});

describe('a trace', () => {
  const trace = traceOf(
    Array.from({ length: 1_000 }, (_, index) => arrival(index / 10, 5, 5, `${index % 2}`)),
  );
  const requests = () => 1;

  test('at a lower or higher volume has so many requests, in order and within its time', () => {
    for (const factor of [0.3, 1, 2.5]) {
      const { arrivals, duration } = scaleVolume(trace, factor, seededRandom(1));
      expect(arrivals.length / 1_000).toBeCloseTo(factor, 0);
      expect(arrivals.every(({ at }, index) => at >= (arrivals[index - 1]?.at ?? 0) && at < duration)).toBe(
        true,
      );
    }
    expect(scaleVolume(trace, 1, seededRandom(1))).toEqual(trace);
    expect(() => scaleVolume(trace, 0, seededRandom(1))).toThrow('a volume of 0 times');
  });

  test('follows the volumes that are expected, part by part', () => {
    const followed = followVolumes(trace, [0, 50, 400], 10, requests, seededRandom(2));
    const volumes = [0, 1, 2].map((part) =>
      volumeOf(sectionOf(followed, 10 * part, 10 * part + 10), requests),
    );
    expect(volumes[0]).toBe(0);
    expect(volumes[1]).toBeGreaterThan(25);
    expect(volumes[1]).toBeLessThan(75);
    expect(volumes[2]).toBeGreaterThan(340);
    expect(volumes[2]).toBeLessThan(460);
    expect(() => followVolumes(trace, [1], 200, requests, seededRandom(2))).toThrow('parts of 200 s');
  });

  test('is that of its clients together', () => {
    const merged = mergeTraces([...byClient(trace).values()]);
    expect(merged).toEqual(trace);
  });
});
