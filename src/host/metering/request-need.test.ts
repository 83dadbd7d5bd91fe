import { expect, test } from 'vitest';
import { createScriptedEngine } from '../../engine/index.ts';
import { servedBy } from '../../gateway/testing.ts';
import { needOf } from './request-need.ts';

const model = servedBy(createScriptedEngine({ model: 'm', reply: () => [], contextLength: 4000 }));
const demand = { bytes: 100, promptTokens: 25, completionTokens: 1200, reasoningTokens: 800 };

test('probes and what is read again for them are held beside the reply, and no cap lowers them', () => {
  const needed = (beside?: { readonly promptTokens: number; readonly completionTokens: number }) => {
    const { most, lowest } = needOf(
      { ...demand, places: 1, ...(beside !== undefined && { beside }) },
      model,
      {
        ...{ operation: 'completions', price: undefined, endsThinking: true },
      },
    );
    return most(lowest).tokens ?? 0;
  };
  expect(needed({ promptTokens: 9_000, completionTokens: 70 }) - needed()).toBe(9_070);
});

test('samples that are spent on one reply hold what all of them may come to, and the prompt of each', () => {
  const need = (places: number, promptReads: number) =>
    needOf({ ...demand, places, placesAtOnce: 1, promptReads }, model, {
      ...{ operation: 'completions', price: undefined, endsThinking: true },
    });
  const spent = need(4, 4);
  expect(spent.caps).toEqual({ completion: 300, reasoning: 200 });
  const [most, once] = [spent.most(spent.caps), need(4, 1).most(spent.caps)];
  expect(most.tokens - (once.tokens ?? 0)).toBe(300);
  expect(most['reasoning-tokens']).toBe(4 * (200 + 64));
});
