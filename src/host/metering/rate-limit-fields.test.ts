// Every member of the fields is read again by a parser of structured fields, written from the grammar of RFC 9651, section 4.2.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Limit, type LimitState, limitUnits } from '../../store/index.ts';
import { rateLimitFields } from './rate-limit-fields.ts';

type Item = readonly [name: string, parameters: Readonly<Record<string, string | number>>];

/** A list of strings with parameters that are strings or whole numbers. @throws Error for what is none */
function parseList(text: string): readonly Item[] {
  let rest = text;
  const take = (pattern: RegExp): string => {
    const [found] = pattern.exec(rest) ?? [];
    if (found === undefined) throw new Error(`expected ${pattern} at ${JSON.stringify(rest)}`);
    rest = rest.slice(found.length);
    return found;
  };
  const string = (): string => take(/^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/).slice(1, -1);
  const items: Item[] = [];
  for (;;) {
    const name = string();
    const parameters: Record<string, string | number> = {};
    while (rest.startsWith(';')) {
      take(/^; */);
      const key = take(/^[a-z*][a-z0-9_.*-]*/);
      take(/^=/);
      parameters[key] = rest.startsWith('"') ? string() : Number(take(/^-?\d{1,15}(?![\d.])/));
    }
    items.push([name, parameters]);
    if (rest === '') return items;
    take(/^[ \t]*,[ \t]*(?=.)/);
  }
}

const state = (facts: Partial<Limit>, remaining: number, resetMs: number): LimitState => ({
  limit: {
    ...{ id: 'l', organisation: 'org', scope: 'account', subject: 'acc', model: null, unit: 'requests' },
    ...{ period: 'minute', amount: 60, enforcement: 'hard', ...facts },
  },
  ...{ settled: 0, held: 0, remaining, resetMs },
});

test('each unit has its quota, its window and what is left of it', () => {
  const fields = rateLimitFields([
    state({}, 59.7, 11_200),
    state({ unit: 'tokens', amount: 100_000 }, 99_000, 600),
    state({ unit: 'money', period: 'month', amount: 25e9 }, 24e9, 86_400_000),
    state({ unit: 'tokens', period: 'total', amount: 5 }, 0, Number.POSITIVE_INFINITY),
    state({ unit: 'concurrency', period: 'total' }, 1, 0),
  ]);
  expect(parseList(fields?.policy ?? '')).toEqual([
    ['requests-minute', { q: 60, w: 60 }],
    ['tokens-minute', { q: 100_000, w: 60, qu: 'tokens' }],
    ['money-month', { q: 25e9, qu: 'nano-currency' }],
    ['tokens-total', { q: 5, qu: 'tokens' }],
  ]);
  expect(parseList(fields?.limit ?? '')).toEqual([
    ['requests-minute', { r: 59, t: 12 }],
    ['tokens-minute', { r: 99_000, t: 1 }],
    ['money-month', { r: 24e9, t: 86_400 }],
    ['tokens-total', { r: 0 }],
  ]);
});

test('what is not limited has no field', () => {
  expect(rateLimitFields([])).toBeUndefined();
  expect(rateLimitFields([state({ unit: 'concurrency', period: 'total' }, 1, 0)])).toBeUndefined();
});

test('whatever the limits are, the fields are well-formed and name the same policies', () => {
  const anyState = fc.record({
    unit: fc.constantFrom(...limitUnits),
    period: fc.constantFrom(
      'minute' as const,
      'hour' as const,
      'day' as const,
      'month' as const,
      'total' as const,
    ),
    amount: fc.maxSafeNat(),
    left: fc.double({ min: 0, max: 1, noNaN: true }),
    resetMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.double({ min: 0, max: 1e12, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(anyState, { maxLength: 5 }), (states) => {
      const fields = rateLimitFields(
        states.map(({ unit, period, amount, left, resetMs }) =>
          state({ unit, period, amount }, amount * left, resetMs),
        ),
      );
      const policies = parseList(fields?.policy ?? '"none"');
      const limits = parseList(fields?.limit ?? '"none"');
      expect(limits.map(([name]) => name)).toEqual(policies.map(([name]) => name));
      for (const [index, [, { r = 0 }]] of limits.entries())
        expect(r).toBeLessThanOrEqual(Number(policies[index]?.[1].q ?? 0));
    }),
  );
});
