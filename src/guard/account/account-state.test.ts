import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFeatureExtractor } from '../features/request-features.ts';
import {
  type AccountState,
  addRequest,
  emptyAccountState,
  mergeAccountState,
  type RequestFacts,
  sumOf,
} from './account-state.ts';
import { accountStateBytes, decodeAccountState, encodeAccountState } from './encode-account-state.ts';

const extract = createFeatureExtractor([1, 2]);

const facts: fc.Arbitrary<RequestFacts> = fc.record({
  inputTokens: fc.nat(100_000),
  cachedTokens: fc.nat(1000),
  reasoningTokens: fc.nat(30_000),
  answerTokens: fc.nat(5000),
  traceShown: fc.boolean(),
  opensConversation: fc.boolean(),
  clientGone: fc.boolean(),
  choices: fc.integer({ min: 1, max: 4 }),
  temperature: fc.option(fc.constantFrom(0, 0.6, 1)),
  gapSeconds: fc.option(fc.nat(100_000)),
  inBenchmark: fc.boolean(),
});

const requests = fc.array(
  fc.tuple(fc.string({ maxLength: 40 }), facts, fc.double({ min: -9, max: 9, noNaN: true })),
  { maxLength: 25 },
);

type Requests = typeof requests extends fc.Arbitrary<infer Value> ? Value : never;

function stateOf(...streams: readonly Requests[]): AccountState {
  const state = emptyAccountState();
  for (const [prompt, given, score] of streams.flat()) addRequest(state, extract(prompt), given, score);
  return state;
}

function merged(...states: readonly AccountState[]): AccountState {
  const all = emptyAccountState();
  for (const state of states) mergeAccountState(all, state);
  return all;
}

test('merged states equal, byte by byte, the state of all requests, in any order and grouping', () => {
  fc.assert(
    fc.property(requests, requests, requests, (a, b, c) => {
      const all = encodeAccountState(stateOf(a, b, c));
      expect(encodeAccountState(stateOf(c.toReversed(), a, b))).toEqual(all);
      expect(encodeAccountState(merged(stateOf(b), stateOf(c), stateOf(a)))).toEqual(all);
      expect(encodeAccountState(merged(stateOf(a), merged(stateOf(b), stateOf(c))))).toEqual(all);
      expect(encodeAccountState(merged(merged(stateOf(a), stateOf(b)), stateOf(c)))).toEqual(all);
    }),
  );
});

test('a state goes to bytes and back without a difference, and goes on as if it had never gone', () => {
  fc.assert(
    fc.property(requests, requests, (before, after) => {
      const restarted = decodeAccountState(encodeAccountState(stateOf(before)));
      expect(restarted).toEqual(stateOf(before));
      mergeAccountState(restarted, stateOf(after));
      expect(restarted).toEqual(stateOf(before, after));
    }),
  );
});

test('a state takes at most 4 KiB', () => {
  expect(accountStateBytes).toBeLessThanOrEqual(4096);
});

test('bytes that are no state are refused', () => {
  const bytes = encodeAccountState(emptyAccountState());
  for (const damaged of [
    bytes.subarray(1),
    new Uint8Array(0),
    Uint8Array.from(bytes, (b, i) => (i === 0 ? 9 : b)),
  ])
    expect(() => decodeAccountState(damaged)).toThrow(
      expect.objectContaining({ code: 'TGL_GUARD_STATE_INVALID' }),
    );
});

test('sums are those of the requests', () => {
  const state = stateOf([
    ['a', { ...oneRequest, traceShown: true, reasoningTokens: 700 }, 0.5],
    ['b', { ...oneRequest, traceShown: false, reasoningTokens: 900 }, -1],
  ]);
  expect(sumOf(state.sums, 'requests')).toBe(2);
  expect(sumOf(state.sums, 'score')).toBe(-0.5);
  expect(sumOf(state.sums, 'traceTokens')).toBe(700);
  expect(sumOf(state.sums, 'cachedShare')).toBe(1);
});

const oneRequest: RequestFacts = {
  inputTokens: 10,
  cachedTokens: 5,
  reasoningTokens: 0,
  answerTokens: 3,
  traceShown: false,
  opensConversation: true,
  clientGone: false,
  choices: 1,
  temperature: null,
  gapSeconds: null,
  inBenchmark: false,
};
