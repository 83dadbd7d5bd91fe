import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { Arrival } from './arrivals.ts';
import { curveOf, factsOf, planFleet } from './plan-fleet.ts';
import { readTrace } from './read-trace.ts';

const curve = curveOf(
  [
    { sequences: 1, tokensPerSecond: 40 },
    { sequences: 4, tokensPerSecond: 100 },
  ],
  2_000,
);

function traceOf(requests: number, gap: number) {
  const random = seededRandom(1);
  let at = 0;
  const arrivals: Arrival[] = [];
  for (let index = 0; index < requests; index++) {
    at -= Math.log(1 - random.next()) * gap;
    arrivals.push({ at, client: random.pick(['a', 'b']), promptTokens: 100, completionTokens: 50 });
  }
  return { arrivals, duration: at };
}

test('between speeds that were measured a step takes what lies between', () => {
  expect([1, 2.5, 4].map((decoding) => Number(curve.stepSeconds(decoding).toFixed(5)))).toEqual([
    0.025, 0.0325, 0.04,
  ]);
  expect(curve.slots).toBe(4);
});

test('as many replicas are needed as keep the wait, and no fewer do', () => {
  const { rows, needed } = planFleet(traceOf(400, 0.2), curve, 0.5);
  expect(needed).toBe(rows.at(-1)?.replicas);
  for (const { p95, replicas } of rows) expect(p95 <= 0.5).toBe(replicas === needed);
  const waits = rows.map(({ p95 }) => p95);
  expect(waits).toEqual(waits.toSorted((one, other) => other - one));
  for (const { p95Low, p95High, idle } of rows) {
    expect(p95High).toBeGreaterThanOrEqual(p95Low);
    expect(idle).toBeLessThan(1);
  }
});

test('a wait that no fleet keeps needs none', () => {
  expect(planFleet(traceOf(40, 1), curve, 0.001, { most: 3 }).needed).toBe(null);
});

describe('a trace', () => {
  const ledger = (row: object) => JSON.stringify({ kind: 'settle', operation: 'completions', ...row });

  test('is read from rows of the ledger, from JSON lines and from CSV alike', () => {
    const wanted = [
      { at: 0, client: 'x', promptTokens: 10, completionTokens: 7 },
      { at: 2, client: 'y', promptTokens: 20, completionTokens: 1 },
    ];
    const texts = [
      [
        ledger({ at: 1_000, account: 'x', prompt: 10, reasoning: 3, answer: 4 }),
        JSON.stringify({ kind: 'credit', at: 1_500 }),
        ledger({ at: 3_000, account: 'y', prompt: 20, reasoning: 0, answer: 0 }),
      ].join('\n'),
      '{"at":"1970-01-01T00:00:01Z","client":"x","prompt_tokens":10,"completion_tokens":7}\n{"at":3000,"client":"y","prompt_tokens":20,"completion_tokens":1}\n',
      'at,client,prompt_tokens,completion_tokens\r\n1000,x,10,7\r\n3000,y,20,1\r\n',
    ];
    for (const text of texts) expect(readTrace('t', text)).toEqual({ arrivals: wanted, duration: 4 });
  });

  test.each([
    ['{"at":1}', /line 1: prompt_tokens is absent/],
    ['{"at":"noon","prompt_tokens":1,"completion_tokens":1}', /at is "noon"/],
    ['{"at":1,"prompt_tokens":-1,"completion_tokens":1}', /prompt_tokens is -1/],
    ['[1]', /fewer than two moments/],
    ['', /fewer than two moments/],
  ])('that cannot be read is refused by its line: %s', (text, message) => {
    expect(() => readTrace('t', text)).toThrow(message);
  });

  test('of whatever text is read or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (lines) => {
        try {
          expect(readTrace('t', lines.join('\n')).duration).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'TGL_TRACE_INVALID' });
        }
      }),
    );
  });

  test('tells its bursts and its largest client', () => {
    const facts = factsOf(traceOf(2_000, 1));
    expect(facts).toMatchObject({ requests: 2_000, clients: 2, promptTokens: 200_000 });
    expect(facts.gapVariation).toBeGreaterThan(0.8);
    expect(facts.gapVariation).toBeLessThan(1.25);
    expect(facts.topClient).toBeGreaterThan(0.5);
  });
});
