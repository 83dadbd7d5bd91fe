import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countPrompt,
  countSecondPrompt,
  countTokens,
  nothingCounted,
  type TurnCounts,
  type TurnLimits,
  tokensLeft,
  tokensToThink,
  usageOf,
  whyThinkingIsOver,
} from './turn-counts.ts';

type Kind = Parameters<typeof countTokens>[2];

const kinds = fc.constantFrom<Kind>('thought', 'forced', 'other');
const tokens = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), kinds), { maxLength: 40 });
const limitsOf = (change: Partial<TurnLimits> = {}): TurnLimits => ({
  ...{ completion: 200, context: 512, budget: Number.POSITIVE_INFINITY, end: 12, serverEnds: false },
  ...change,
});

function counted(prompt: number, given: readonly (readonly [number, Kind])[]): TurnCounts {
  const first = countPrompt(nothingCounted, { type: 'prompt', promptTokens: prompt, reusedTokens: 2 });
  return given.reduce((counts, [count, kind]) => countTokens(counts, count, kind), first);
}

test('the completion is the sum of all tokens, and reasoning that of thoughts and of what ended them', () => {
  fc.assert(
    fc.property(fc.nat(300), tokens, (prompt, given) => {
      const sum = (...wanted: readonly Kind[]): number =>
        given.reduce((total, [count, kind]) => total + (wanted.includes(kind) ? count : 0), 0);
      expect(usageOf(counted(prompt, given))).toEqual({
        ...{ promptTokens: prompt, cachedPromptTokens: 2 },
        completionTokens: sum('thought', 'forced', 'other'),
        reasoningTokens: sum('thought', 'forced'),
      });
    }),
  );
});

test('a model that thinks as long as it may leaves the end and the answer their share of limit and context', () => {
  const sizes = fc.record({
    completion: fc.integer({ min: 40, max: 3000 }),
    context: fc.integer({ min: 100, max: 3000 }),
    budget: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 500 })),
    end: fc.integer({ min: 1, max: 15 }),
  });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 50 }), (change, prompt) => {
      const limits = limitsOf(change);
      let counts = counted(prompt, []);
      let thought = 0;
      while (whyThinkingIsOver(counts, limits) === undefined) {
        const more = Math.min(7, tokensToThink(counts, limits));
        expect(more).toBeGreaterThan(0);
        counts = countTokens(counts, more, 'thought');
        thought += more;
      }
      expect(thought).toBeLessThanOrEqual(limits.budget);
      expect(whyThinkingIsOver(counts, limits)).toBe(thought >= limits.budget ? 'budget' : 'length');
      const room = Math.min(limits.completion, limits.context - prompt);
      expect(tokensLeft(counts, limits)).toBe(room - thought - limits.end);
      expect(tokensLeft(counts, limits)).toBeGreaterThanOrEqual(16);
    }),
  );
});

test('a limit beyond the context is the context', () => {
  fc.assert(
    fc.property(fc.nat(400), fc.integer({ min: 512, max: 1_000_000 }), (prompt, completion) => {
      const counts = counted(prompt, [[9, 'thought']]);
      const [whole, beyond] = [limitsOf({ completion: 512 }), limitsOf({ completion })];
      expect(tokensToThink(counts, beyond)).toBe(tokensToThink(counts, whole));
    }),
  );
});

test('a second prompt adds what ended the thinking, and what a server counts of it is taken apart again', () => {
  const before = counted(10, [[20, 'thought']]);
  const counts = countSecondPrompt(before, { type: 'prompt', promptTokens: 33 }, limitsOf());
  expect(counts).toMatchObject({ completion: 23, forced: 3, continued: 23 });
  // Servers render anew, and may say anything.
  expect(countSecondPrompt(before, { type: 'prompt', promptTokens: 300 }, limitsOf()).forced).toBe(12);
  expect(countSecondPrompt(before, { type: 'prompt', promptTokens: 5 }, limitsOf()).forced).toBe(0);
  const end = { type: 'end', reason: 'stop', completionTokens: 6 } as const;
  const byServer = { promptTokens: 33, reasoningTokens: 1, reusedTokens: 30 };
  expect(usageOf(counts, { ...end, counted: byServer })).toEqual({
    ...{ promptTokens: 10, cachedPromptTokens: 2, completionTokens: 29, reasoningTokens: 23 },
  });
});

test('a server that keeps the budget ends thinking itself', () => {
  const counts = counted(10, [[190, 'thought']]);
  expect(whyThinkingIsOver(counts, limitsOf({ budget: 5 }))).toBe('budget');
  expect(whyThinkingIsOver(counts, limitsOf({ budget: 5, serverEnds: true }))).toBeUndefined();
});

test('what a server counted of a turn in one piece is taken as it is, as far as it says it', () => {
  const counts = counted(10, [[20, 'thought']]);
  const end = { type: 'end', reason: 'stop', completionTokens: 25 } as const;
  const usage = { promptTokens: 12, completionTokens: 25 };
  expect(
    usageOf(counts, { ...end, counted: { promptTokens: 12, reusedTokens: 7, reasoningTokens: 21 } }),
  ).toEqual({
    ...{ ...usage, cachedPromptTokens: 7, reasoningTokens: 21 },
  });
  expect(usageOf(counts, { ...end, counted: { promptTokens: 12 } })).toEqual({
    ...{ ...usage, cachedPromptTokens: 2, reasoningTokens: 20 },
  });
  expect(usageOf(counts, end)).toMatchObject({ promptTokens: 10, completionTokens: 20 });
});
