import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CachedSequence, placeSequence } from './prefix-cache.ts';

const empty: CachedSequence = { cacheScope: null, tokens: [], busy: false, usedAt: 0 };
const busy: CachedSequence = { ...empty, busy: true };
const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index + 1);
const holding = (cacheScope: string, tokens: readonly number[], usedAt: number): CachedSequence => ({
  ...empty,
  cacheScope,
  tokens,
  usedAt,
});

describe('placeSequence', () => {
  test('keeps the busy sequences together', () => {
    expect(placeSequence([empty, empty, empty], [1, 2], null).target).toBe(0);
    expect(placeSequence([busy, empty, empty], [1, 2], null).target).toBe(1);
    expect(placeSequence([busy, empty, busy], [1, 2], null).target).toBe(1);
    expect(placeSequence([empty, empty, busy], [1, 2], null).target).toBe(1);
  });

  test('goes back to the sequence that holds the begin of the prompt', () => {
    const sequences = [empty, holding('a', [1, 2, 3, 9], 1), holding('a', [1, 2], 2)];
    expect(placeSequence(sequences, [1, 2, 3, 4], 'a')).toEqual({ target: 1, source: 1, reusable: 3 });
  });

  test('evaluates the last token of a prompt that is there in full', () => {
    expect(placeSequence([holding('a', [1, 2, 3], 1)], [1, 2, 3], 'a').reusable).toBe(2);
  });

  test('copies a long begin from elsewhere rather than leaving a gap', () => {
    const elsewhere = { ...holding('a', numbers(100), 1), busy: true };
    expect(placeSequence([elsewhere, empty, empty], numbers(200), 'a')).toEqual({
      target: 1,
      source: 0,
      reusable: 100,
    });
    expect(placeSequence([{ ...elsewhere, tokens: [1, 2] }, empty], numbers(200), 'a')).toEqual({
      target: 1,
      source: 1,
      reusable: 0,
    });
  });

  test('gives up what was used longest ago', () => {
    const sequences = [holding('a', [1], 3), holding('b', [2], 1), holding('c', [3], 2)];
    expect(placeSequence(sequences, [7, 8], 'd').target).toBe(1);
  });

  test('never takes over what another cache scope or nobody owns', () => {
    const cacheScope = fc.constantFrom('a', 'b', null);
    const sequence = fc.record({
      cacheScope,
      tokens: fc.array(fc.constantFrom(1, 2), { maxLength: 80 }),
      busy: fc.boolean(),
      usedAt: fc.nat(9),
    });
    const prompt = fc.array(fc.constantFrom(1, 2), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.array(sequence, { maxLength: 5 }), prompt, cacheScope, (others, tokens, owner) => {
        const sequences = [...others, empty];
        const { target, source, reusable } = placeSequence(sequences, tokens, owner);
        expect(sequences[target]?.busy).toBe(false);
        expect(reusable).toBeLessThan(tokens.length);
        if (reusable === 0) return;
        expect(owner).not.toBeNull();
        expect(sequences[source]?.cacheScope).toBe(owner);
        expect(sequences[source]?.tokens.slice(0, reusable)).toEqual(tokens.slice(0, reusable));
      }),
    );
  });
});
