import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TokenUsage } from '../traffic/index.ts';
import {
  costOf,
  digestOfPrice,
  formatAmount,
  isCurrency,
  mostCostOf,
  nanoUnits,
  type Price,
  type PriceRecord,
  type PriceUnit,
  parseAmount,
  parsePriceRecord,
  priceAt,
  priceJump,
  priceUnits,
} from './index.ts';

const record = (unit: PriceUnit, amount: number, more: Partial<PriceRecord> = {}): PriceRecord => ({
  schema: 1,
  of: { model: 'r1' },
  unit,
  amount,
  currency: 'USD',
  validFrom: '2026-01-01T00:00:00Z',
  source: 'a contract',
  verified: true,
  ...more,
});

const january = Date.parse('2026-01-15T00:00:00Z');
const december = Date.parse('2026-12-15T00:00:00Z');
const priced = { model: 'r1', engine: 'h200', currency: 'USD' };

const priceOf = (amounts: Partial<Record<PriceUnit, number>>): Price =>
  priceAt(
    Object.entries({ 'prompt-tokens': 0, 'answer-tokens': 0, ...amounts }).map(([unit, amount]) =>
      record(unit as PriceUnit, amount),
    ),
    priced,
    january,
  ) as Price;

const usage = (
  promptTokens: number,
  cachedPromptTokens: number,
  completionTokens: number,
  reasoningTokens: number,
): TokenUsage => ({ promptTokens, cachedPromptTokens, completionTokens, reasoningTokens });

const count = fc.nat({ max: 2_000_000 });
const anyUsage = fc
  .tuple(count, count, count, count)
  .map(([a, b, c, d]): TokenUsage => usage(a + b, b, c + d, d));
const amount = fc.nat({ max: 200 * nanoUnits });
const anyPrice = fc
  .record({
    'prompt-tokens': amount,
    'cached-prompt-tokens': amount,
    'reasoning-tokens': amount,
    'answer-tokens': amount,
  })
  .map(priceOf);

describe('the cost of a use', () => {
  test('counts cached tokens and reasoning tokens once', () => {
    const price = priceOf({
      'prompt-tokens': 550_000_000,
      'cached-prompt-tokens': 140_000_000,
      'answer-tokens': 2_190_000_000,
      'reasoning-tokens': 2_000_000_000,
    });
    // 600 × 550 + 400 × 140 + 100 × 2190 + 900 × 2000
    expect(costOf(usage(1000, 400, 1000, 900), price)).toBe(2_405_000);
  });

  test('is that of the rest where cached or reasoning tokens have no price of their own', () => {
    const price = priceOf({ 'prompt-tokens': 1_000_000, 'answer-tokens': 3_000_000 });
    expect(costOf(usage(10, 4, 7, 5), price)).toBe(10 + 21);
  });

  test('is rounded up once, over all units together', () => {
    const price = priceOf({ 'prompt-tokens': 1, 'answer-tokens': 1 });
    expect(costOf(usage(1, 0, 1, 0), price)).toBe(1);
    expect(costOf(usage(600_000, 0, 600_000, 0), price)).toBe(2);
    expect(costOf(usage(0, 0, 0, 0), price)).toBe(0);
  });

  test('of own hardware is paid by the hour and by the kilowatt-hour', () => {
    const price = priceOf({ 'engine-milliseconds': parseAmount('2.50'), joules: parseAmount('0.30') });
    const none = usage(100, 0, 100, 0);
    expect(costOf({ ...none, engineMilliseconds: 3_600_000 }, price)).toBe(parseAmount('2.5'));
    expect(costOf({ ...none, joules: 3_600_000 }, price)).toBe(parseAmount('0.3'));
    expect(costOf({ ...none, engineMilliseconds: 1, joules: 1 }, price)).toBe(778);
  });

  test('is never negative, and equals that of exact arithmetic', () => {
    fc.assert(
      fc.property(anyUsage, anyPrice, (use, price) => {
        const { amounts } = price;
        const parts: readonly [PriceUnit, number][] = [
          ['prompt-tokens', use.promptTokens - use.cachedPromptTokens],
          ['cached-prompt-tokens', use.cachedPromptTokens],
          ['answer-tokens', use.completionTokens - use.reasoningTokens],
          ['reasoning-tokens', use.reasoningTokens],
        ];
        let sum = 0n;
        for (const [unit, quantity] of parts) sum += BigInt(amounts[unit] ?? 0) * BigInt(quantity);
        const exact = (sum + 999_999n) / 1_000_000n;
        expect(BigInt(costOf(use, price))).toBe(exact);
      }),
      { numRuns: 2000 },
    );
  });

  test('of two uses is that of both together, but for the rounding of each', () => {
    fc.assert(
      fc.property(anyUsage, anyUsage, anyPrice, (one, other, price) => {
        const together = usage(
          one.promptTokens + other.promptTokens,
          one.cachedPromptTokens + other.cachedPromptTokens,
          one.completionTokens + other.completionTokens,
          one.reasoningTokens + other.reasoningTokens,
        );
        const excess = costOf(one, price) + costOf(other, price) - costOf(together, price);
        expect([0, 1]).toContain(excess);
      }),
      { numRuns: 1000 },
    );
  });

  test('never exceeds the most that its bounds may come to', () => {
    fc.assert(
      fc.property(anyUsage, anyPrice, count, count, (use, price, morePrompt, moreCompletion) => {
        const most = {
          promptTokens: use.promptTokens + morePrompt,
          completionTokens: use.completionTokens + moreCompletion,
        };
        expect(costOf(use, price)).toBeLessThanOrEqual(mostCostOf(most, price));
      }),
      { numRuns: 1000 },
    );
  });

  test('is exact up to 2^53 - 1 nano-units and refused beyond', () => {
    const price = priceOf({ 'prompt-tokens': Number.MAX_SAFE_INTEGER });
    expect(costOf(usage(1_000_000, 0, 0, 0), price)).toBe(Number.MAX_SAFE_INTEGER);
    expect(costOf(usage(999_999, 0, 0, 0), price)).toBe(
      Number((BigInt(Number.MAX_SAFE_INTEGER) * 999_999n + 999_999n) / 1_000_000n),
    );
    expect(() => costOf(usage(1_000_001, 0, 0, 0), price)).toThrow(RangeError);
  });

  test.each([
    usage(1, 2, 0, 0),
    usage(0, 0, 1, 2),
    usage(-1, 0, 0, 0),
    usage(0.5, 0, 0, 0),
    usage(Number.NaN, 0, 0, 0),
  ])('of %j is refused', (use) => {
    expect(() => costOf(use, priceOf({}))).toThrow(RangeError);
  });
});

describe('amounts', () => {
  test('are read and written exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (nano) => {
        expect(parseAmount(formatAmount(nano))).toBe(nano);
      }),
    );
    expect([0, 1, 1_500_000_000, 90n, -2_000_000_000].map(formatAmount)).toEqual([
      '0.00',
      '0.000000001',
      '1.50',
      '0.00000009',
      '-2.00',
    ]);
  });

  test('are written alike, whether they are numbers or beyond what a number holds', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nano) => {
        expect(formatAmount(nano)).toBe(formatAmount(BigInt(nano)));
      }),
    );
    expect(formatAmount(-(2n ** 64n))).toBe('-18446744073.709551616');
  });

  test.each(['', '-1', '+1', '1e3', '1,5', '.5', '1.', '0.0000000001', '9007200', 'NaN', ' 1', '1 USD'])(
    '%j is refused',
    (text) => {
      expect(() => parseAmount(text)).toThrow(expect.objectContaining({ code: 'TGL_AMOUNT_INVALID' }));
    },
  );
});

describe('a price', () => {
  const records = [
    record('prompt-tokens', 500),
    record('answer-tokens', 1000),
    record('prompt-tokens', 400, { validFrom: '2026-06-01T00:00:00Z' }),
    record('engine-milliseconds', 7, { of: { engine: 'h200' } }),
  ];

  test('is that of the newest records in force, the model before its engine', () => {
    expect(priceAt(records, priced, january)?.amounts).toEqual({
      'prompt-tokens': 500,
      'answer-tokens': 1000,
      'engine-milliseconds': 7,
    });
    expect(priceAt(records, priced, december)?.amounts['prompt-tokens']).toBe(400);
    expect(priceAt(records, { ...priced, model: 'other' }, december)?.amounts).toEqual({
      'engine-milliseconds': 7,
    });
  });

  test('changes at the instant that a record names, and at no other', () => {
    const moment = fc.integer({ min: 0, max: 20 }).map((hours) => january + hours * 3_600_000);
    const dated = fc.array(fc.tuple(moment, fc.nat({ max: 1000 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(dated, moment, fc.constantFrom(-1, 0, 1), (changes, time, offset) => {
        const at = time + offset;
        const ofPrompts = changes.map(([from, amount]) =>
          record('prompt-tokens', amount, { validFrom: new Date(from).toISOString() }),
        );
        const found = priceAt([...ofPrompts, record('answer-tokens', 1)], priced, at);
        // Of those that have begun the last one to begin; of those that began together the last one in the list.
        const begun = changes.filter(([from]) => from <= at).toSorted(([one], [other]) => one - other);
        expect(found?.amounts['prompt-tokens']).toBe(begun.at(-1)?.[1]);
      }),
      { numRuns: 300 },
    );
  });

  test('does not exist before its day, in another currency, for another model or by half', () => {
    expect(priceAt(records, priced, Date.parse('2025-12-31T23:59:59.999Z'))).toBeUndefined();
    expect(priceAt(records, { ...priced, currency: 'EUR' }, january)).toBeUndefined();
    expect(priceAt(records, { model: 'other', currency: 'USD' }, january)).toBeUndefined();
    expect(priceAt([record('prompt-tokens', 1)], priced, january)).toBeUndefined();
  });

  test('is named by what it is made of, and corrected by the later record of the same moment', () => {
    const before = priceAt(records, priced, january);
    const corrected = priceAt([...records, record('prompt-tokens', 501)], priced, january);
    expect(corrected?.amounts['prompt-tokens']).toBe(501);
    expect(corrected?.digest).not.toBe(before?.digest);
    expect(priceAt(records, priced, january)?.digest).toBe(before?.digest);
  });

  test('is verified only where all of it is', () => {
    expect(priceAt(records, priced, january)?.verified).toBe(true);
    const doubtful = [...records, record('reasoning-tokens', 1, { verified: false })];
    expect(priceAt(doubtful, priced, january)?.verified).toBe(false);
  });

  test('that is many times another one is told', () => {
    expect(priceJump(records, record('answer-tokens', 10_001))).toBeCloseTo(10.001);
    expect(priceJump(records, record('answer-tokens', 50))).toBe(20);
    expect(priceJump(records, record('answer-tokens', 0))).toBe(Number.POSITIVE_INFINITY);
    expect(priceJump(records, record('joules', 1))).toBe(1);
    expect(priceJump(records, record('prompt-tokens', 5000, { validFrom: '2026-03-01T00:00:00Z' }))).toBe(10);
    expect(priceJump([record('joules', 0)], record('joules', 0))).toBe(1);
  });
});

describe('a price record', () => {
  test('is read as it was written, and named by its content', () => {
    const written = record('joules', 1, { of: { engine: 'h200' } });
    const read = parsePriceRecord(JSON.parse(JSON.stringify(written)));
    expect(read).toEqual(written);
    expect(digestOfPrice(read)).toBe(digestOfPrice(written));
    expect(digestOfPrice({ ...read, amount: 2 })).not.toBe(digestOfPrice(written));
    expect(Object.keys(priceUnits)).toHaveLength(6);
    expect([isCurrency('EUR'), isCurrency('eur'), isCurrency('EURO')]).toEqual([true, false, false]);
  });

  test.each([
    ['amount', { amount: -1 }],
    ['amount', { amount: 0.5 }],
    ['amount', { amount: 2 ** 53 }],
    ['unit', { unit: 'constructor' }],
    ['currency', { currency: 'XXXX' }],
    ['currency', { currency: 'usd' }],
    ['validFrom', { validFrom: '2026-01-01' }],
    ['source', { source: '' }],
    ['of', { of: { model: 'a', engine: 'b' } }],
    ['the record', { discount: 1 }],
    ['schema', { schema: 2 }],
  ])('with a wrong member (%s) is refused by name', (member, change) => {
    expect(() => parsePriceRecord({ ...record('joules', 1), ...change })).toThrow(
      expect.objectContaining({
        code: 'TGL_PRICE_INVALID',
        message: expect.stringContaining(`${member}:`),
      }),
    );
  });

  test.each([null, [], 'text', 1])('that is %j is refused', (value) => {
    expect(() => parsePriceRecord(value)).toThrow(expect.objectContaining({ code: 'TGL_PRICE_INVALID' }));
  });
});
