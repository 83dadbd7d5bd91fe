import { expect, test } from 'vitest';
import { costOf } from '../cost-of.ts';
import { amountsOf, hostedPriceAt } from './hosted-price.ts';
import { hostedPrices } from './hosted-prices.ts';

const reasoner = { host: 'deepseek', model: 'deepseek-reasoner' };
const idAt = (of: { readonly host: string; readonly model: string }, time: string): string | undefined =>
  hostedPriceAt(hostedPrices, of, Date.parse(time))?.record.id;

test.each([
  ['2025-01-19T23:59:59.999Z', undefined],
  ['2025-01-20T00:00:00.000Z', 'deepseek-reasoner-r1-1'],
  ['2025-02-20T20:00:00.000Z', 'deepseek-reasoner-r1-1'],
  ['2025-02-26T16:29:59.999Z', 'deepseek-reasoner-r1-1'],
  ['2025-02-26T16:30:00.000Z', 'deepseek-reasoner-r1-night-1'],
  ['2025-06-01T00:00:00.000Z', 'deepseek-reasoner-r1-night-1'],
  ['2025-06-01T00:29:59.999Z', 'deepseek-reasoner-r1-night-1'],
  ['2025-06-01T00:30:00.000Z', 'deepseek-reasoner-r1-1'],
  ['2025-06-01T16:29:59.999Z', 'deepseek-reasoner-r1-1'],
  ['2025-06-01T16:30:00.000Z', 'deepseek-reasoner-r1-night-1'],
  ['2025-09-05T15:59:59.999Z', 'deepseek-reasoner-r1-1'],
  ['2025-09-05T16:00:00.000Z', 'deepseek-reasoner-v3.1-1'],
  // No night price any more.
  ['2025-09-05T16:30:00.000Z', 'deepseek-reasoner-v3.1-1'],
])("at %s DeepSeek's reasoner has the price %s", (time, id) => {
  expect(idAt(reasoner, time)).toBe(id);
});

test.each([
  ['openai', 'o1', '2024-12-16T23:59:59.999Z', undefined],
  ['openai', 'o1', '2024-12-17T00:00:00.000Z', 'openai-o1-1'],
  ['openai', 'o3-mini', '2025-01-30T23:59:59.999Z', undefined],
  ['openai', 'o3-mini', '2025-01-31T00:00:00.000Z', 'openai-o3-mini-1'],
  ['openai', 'o3-mini', '2026-06-11T23:59:59.999Z', 'openai-o3-mini-1'],
  ['openai', 'o3-mini', '2026-06-12T00:00:00.000Z', undefined],
  ['openai', 'o3', '2025-06-09T23:59:59.999Z', 'openai-o3-1'],
  ['openai', 'o3', '2025-06-10T00:00:00.000Z', 'openai-o3-2'],
  ['openai', 'deepseek-reasoner', '2025-06-10T00:00:00.000Z', undefined],
  ['constructor', 'o1', '2025-06-10T00:00:00.000Z', undefined],
])('%s asks for %s at %s what %s says', (host, model, time, id) => {
  expect(idAt({ host, model }, time)).toBe(id);
});

test('no two records hold at once, at any instant at which one begins or ends, nor just before', () => {
  const dayMs = 86_400_000;
  for (const { host, model } of hostedPrices)
    for (const { from, until, hours } of hostedPrices)
      for (const edge of [from, until ?? from].map((time) => Date.parse(time)))
        for (const offset of [0, -1, (hours?.from ?? 0) * 60_000, (hours?.to ?? 0) * 60_000])
          expect(() =>
            hostedPriceAt(hostedPrices, { host, model }, edge - (edge % dayMs) + offset),
          ).not.toThrow();
  expect(new Set(hostedPrices.map(({ id }) => id)).size).toBe(hostedPrices.length);
});

test('records that contradict each other are told', () => {
  const twice = [...hostedPrices, { ...hostedPrices[0]!, id: 'again' }];
  expect(() => hostedPriceAt(twice, hostedPrices[0]!, Date.parse('2025-07-01T00:00:00Z'))).toThrow(
    /openai-o1-1, again/,
  );
});

test('a price is verified only where its start is known and its source has seen it', () => {
  const verified = (
    of: { readonly host: string; readonly model: string },
    time: string,
  ): boolean | undefined => hostedPriceAt(hostedPrices, of, Date.parse(time))?.isVerified;
  expect(verified({ host: 'openai', model: 'o1' }, '2025-07-01T00:00:00Z')).toBe(false);
  expect(verified({ host: 'openai', model: 'o3' }, '2025-07-04T23:59:59Z')).toBe(true);
  expect(verified({ host: 'openai', model: 'o3' }, '2025-07-05T00:00:00Z')).toBe(false);
  // The name became that of another model at a time that nobody has told.
  expect(verified(reasoner, '2026-01-01T00:00:00Z')).toBe(false);
});

test('the same request costs a quarter at night, to the nano-unit', () => {
  const use = { promptTokens: 1001, cachedPromptTokens: 1000, completionTokens: 3, reasoningTokens: 2 };
  const costAt = (time: string): number => {
    const { record } = hostedPriceAt(hostedPrices, reasoner, Date.parse(time))!;
    const price = {
      digest: 'sha256:0' as never,
      currency: 'USD',
      verified: true,
      records: [],
      amounts: amountsOf(record),
    };
    return costOf(use, price);
  };
  expect(costAt('2025-06-01T12:00:00Z')).toBe(550 + 140_000 + 3 * 2190);
  expect(costAt('2025-06-01T20:00:00Z')).toBe(135 + 35_000 + 3 * 550);
});
