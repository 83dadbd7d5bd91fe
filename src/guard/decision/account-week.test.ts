// Weeks are counted from Mondays, looked at when a checkpoint is passed, and come back from bytes as they were.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRequest, emptyAccountState, type RequestFacts, sumOf } from '../account/account-state.ts';
import { createFeatureExtractor } from '../features/request-features.ts';
import {
  checkpoints,
  emptyAccountWeek,
  type Look,
  observeRequest,
  observeState,
  startOfWeek,
  weekOf,
} from './account-week.ts';
import { decodeAccountWeek, encodeAccountWeek } from './encode-account-week.ts';

const facts: RequestFacts = {
  ...{ inputTokens: 100, cachedTokens: 10, reasoningTokens: 50, answerTokens: 20, traceShown: true },
  ...{ opensConversation: true, clientGone: false, choices: 1, temperature: null, gapSeconds: 3 },
  inBenchmark: false,
};
const extract = createFeatureExtractor([1, 2]);

/** Weeks and looks, of requests that come in batches of these sizes. */
function weekInBatches(sizes: readonly number[]): {
  looks: readonly Look[];
  requests: number;
  bytes: Uint8Array;
} {
  const week = emptyAccountWeek();
  const looks: Look[] = [];
  let asked = 0;
  for (const size of sizes) {
    const observed = emptyAccountState();
    for (let count = 0; count < size; count++) {
      asked++;
      addRequest(observed, extract(`question ${asked} about ${asked % 7}`), facts, asked % 5);
    }
    looks.push(...observeState(week, observed));
  }
  const requests = sumOf(week.state.sums, 'requests');
  return { looks, requests, bytes: encodeAccountWeek({ ...week, looks, span: [asked, 2 * asked] }) };
}

test('a week begins on Monday, UTC', () => {
  const monday = Date.UTC(2026, 10, 30);
  expect(weekOf(monday)).toBe(weekOf(monday - 1) + 1);
  expect(weekOf(monday + 7 * 86_400_000 - 1)).toBe(weekOf(monday));
  expect(startOfWeek(weekOf(monday + 12_345))).toBe(monday);
});

test('batches of one request are looked at as single requests are', () => {
  const week = emptyAccountWeek();
  const looks: Look[] = [];
  for (let asked = 1; asked <= 60; asked++)
    looks.push(...observeRequest(week, extract(`question ${asked} about ${asked % 7}`), facts, asked % 5));
  const batched = weekInBatches(new Array<number>(60).fill(1));
  expect(batched.looks).toEqual(looks);
  expect(looks.map(({ view, requests }) => `${view} ${requests}`)).toEqual([
    ...['whole 10', 'whole 25', 'recent 25', 'whole 50', 'recent 50'],
  ]);
});

test('however requests are batched, the state is the same, each checkpoint is looked at once, and bytes come back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      const { looks, requests, bytes } = weekInBatches(sizes);
      const reached = checkpoints.filter((checkpoint) => checkpoint <= requests);
      const whole = looks.filter(({ view }) => view === 'whole').map((look) => look.requests);
      expect(whole).toEqual(reached);
      const decoded = decodeAccountWeek(bytes);
      expect(decoded.looks).toEqual(looks);
      expect(encodeAccountWeek(decoded)).toEqual(bytes);
      expect(decoded.state).toEqual(decodeAccountWeek(weekInBatches([requests]).bytes).state);
    }),
    { numRuns: 25 },
  );
});

test('bytes that are no week are refused', () => {
  const { bytes } = weekInBatches([30]);
  for (const wrong of [bytes.subarray(1), bytes.subarray(0, 100), new Uint8Array(0)])
    expect(() => decodeAccountWeek(wrong)).toThrow(
      expect.objectContaining({ code: 'TGL_GUARD_STATE_INVALID' }),
    );
});
