import { expect, test } from 'vitest';
import type { Limit, LimitState } from '../../store/index.ts';
import { durationText, tellLimits } from './limit-headers.ts';

function limitHeaders(states: readonly LimitState[], currencyOf: () => string): Record<string, string> {
  const headers: Record<string, string> = {};
  tellLimits(states, currencyOf, (name, value) => {
    headers[name] = value;
  });
  return headers;
}

const state = (unit: Limit['unit'], amount: number, remaining: number, resetMs: number): LimitState => ({
  limit: {
    ...{ id: `${unit} ${amount}`, organisation: 'org', scope: 'account', subject: 'acc', model: null },
    ...{ unit, period: 'minute', amount, enforcement: 'hard' },
  },
  ...{ settled: amount - remaining, held: 0, remaining, resetMs },
});

test('of several limits on one unit the one with the smallest share left is told', () => {
  const states = [state('tokens', 1000, 500, 30_000), state('tokens', 10_000, 600, 3_600_000)];
  expect(limitHeaders(states, () => 'EUR')).toEqual({
    'x-ratelimit-limit-tokens': '10000',
    'x-ratelimit-remaining-tokens': '600',
    'x-ratelimit-reset-tokens': '1h0m0s',
    'ratelimit-policy': '"tokens-minute";q=10000;w=60;qu="tokens"',
    ratelimit: '"tokens-minute";r=600;t=3600',
  });
});

test('what is never free again has no reset, and what is not limited no header', () => {
  expect(limitHeaders([state('money', 5e9, 1.25e9, Number.POSITIVE_INFINITY)], () => 'EUR')).toEqual({
    'x-tiegel-budget-limit': '5.00 EUR',
    'x-tiegel-budget-remaining': '1.25 EUR',
    'ratelimit-policy': '"money-minute";q=5000000000;w=60;qu="nano-currency"',
    ratelimit: '"money-minute";r=1250000000',
  });
  expect(limitHeaders([state('concurrency', 5, 1, 0)], () => 'EUR')).toEqual({});
});

test.each([
  [0, '0ms'],
  [11.2, '12ms'],
  [1500, '1.5s'],
  [60_000, '1m0s'],
  [3_599_001, '1h0m0s'],
  [90_061_000, '25h1m1s'],
])('%d milliseconds are written %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
