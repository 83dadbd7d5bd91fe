import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerReserveOf, efforts, thinkingRequestOf } from './thinking-request.ts';

describe('thinkingRequestOf', () => {
  test.each([
    ['nothing said', {}, null, { mode: 'open', budget: null }],
    ['a level', { effort: 'low' }, null, { mode: 'open', budget: 2048, effort: 'low' }],
    ['the lowest level', { effort: 'none' }, null, { mode: 'closed', budget: 0 }],
    ['the highest level', { effort: 'max' }, null, { mode: 'open', budget: null, effort: 'max' }],
    ['a number', { maxThinkingTokens: 64 }, null, { mode: 'open', budget: 64 }],
    ['a number and a level', { effort: 'low', maxThinkingTokens: 64 }, null, { mode: 'open', budget: 64 }],
    [
      'the number of a level',
      { effort: 'low', maxThinkingTokens: 2048 },
      null,
      { mode: 'open', budget: 2048 },
    ],
    ['0', { maxThinkingTokens: 0 }, null, { mode: 'closed', budget: 0 }],
    ['no thinking', { enabled: false, maxThinkingTokens: 64 }, null, { mode: 'closed', budget: 0 }],
    ['thinking', { enabled: true }, 500, { mode: 'open', budget: 500 }],
    ['a level above what the model may', { effort: 'low' }, 500, { mode: 'open', budget: 500 }],
    ['more than the model may', { maxThinkingTokens: 900 }, 500, { mode: 'open', budget: 500 }],
    ['as much as it takes', { maxThinkingTokens: null }, 500, { mode: 'open', budget: 500 }],
    ['a model that may not think', { effort: 'high' }, 0, { mode: 'closed', budget: 0 }],
  ] as const)('understands %s', (_, options, modelBudget, expected) => {
    expect(thinkingRequestOf(options, modelBudget)).toEqual(expected);
  });

  test('keeps an eighth for the answer, within bounds and never more than half', () => {
    expect([1, 2, 16, 64, 800, 4096, 100_000].map(answerReserveOf)).toEqual([1, 1, 8, 16, 100, 512, 1024]);
  });

  test('a higher level never thinks less', () => {
    const budgets = efforts.map((effort) => thinkingRequestOf({ effort }, null).budget);
    expect(budgets.map((budget) => budget ?? Number.POSITIVE_INFINITY)).toEqual(
      budgets.map((budget) => budget ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b),
    );
  });

  test('nobody gets more than the model may', () => {
    const number = fc.option(fc.nat(100_000), { nil: undefined });
    fc.assert(
      fc.property(number, fc.option(fc.constantFrom(...efforts)), fc.nat(50_000), (tokens, effort, most) => {
        const options = {
          ...(tokens !== undefined && { maxThinkingTokens: tokens }),
          ...(effort !== null && { effort }),
        };
        expect(thinkingRequestOf(options, most).budget).toBeLessThanOrEqual(most);
      }),
    );
  });
});
