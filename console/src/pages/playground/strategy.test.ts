import { expect, test } from 'vitest';
import { chatCompletionRequest } from '../../../../src/wire/index.ts';
import { noStrategy, strategyFields, strategyTypes, typesOffered } from './strategy.ts';

test.each(strategyTypes)('%j makes a request that the server takes', (type) => {
  const fields = strategyFields({ ...noStrategy, type, checker: 'countdown' });
  const request = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...fields };
  expect(chatCompletionRequest.parse(request)).toMatchObject(fields);
  expect(fields.x_tiegel?.strategy.type ?? '').toBe(type);
});

test('a cascade goes by how sure the model is where no checker is chosen', () => {
  expect(strategyFields({ ...noStrategy, type: 'cascade' }).x_tiegel?.strategy).toEqual({
    ...{ type: 'cascade', accept: { type: 'confidence', level: 0.95 } },
    tiers: [{ max_thinking_tokens: 64 }, { max_thinking_tokens: 256 }, { max_thinking_tokens: null }],
  });
  expect(strategyFields({ ...noStrategy, type: 'cascade', budgets: '64' })).toEqual({});
});

test('only what a server offers is offered', () => {
  expect(typesOffered({ max_samples: 1, checkers: ['countdown'] })).toEqual(['']);
  expect(typesOffered({ max_samples: 8, checkers: [] })).toEqual(['', 'vote', 'cascade']);
  expect(typesOffered({ max_samples: 8, checkers: ['countdown'] })).toEqual(strategyTypes);
});
