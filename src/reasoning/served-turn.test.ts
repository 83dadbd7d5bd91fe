// What the tuple says and what the question changes of it.
import { describe, expect, test } from 'vitest';
import { type ServedTuple, servedTurn, type TurnQuestion } from './served-turn.ts';

const tuple: ServedTuple = {
  serving: {
    sampling: { temperature: 0.6, topP: 0.95, maxTokens: 4096 },
    ...{ thinkingBudget: null, systemPrompt: null },
  },
  template: null,
};
const question: TurnQuestion = { messages: [{ role: 'user', content: 'Hi' }] };

describe('a served turn', () => {
  test('is what the tuple says where the question says nothing', () => {
    expect(servedTurn(tuple, question)).toEqual({
      ...{ template: null, messages: question.messages, thinking: { mode: 'open', budget: null } },
      ...{ maxTokens: 4096, sampling: { temperature: 0.6, topP: 0.95 }, stop: [] },
    });
  });

  test('has the system prompt and the filters of the tuple', () => {
    const filters = [{ name: 'f' }] as unknown as NonNullable<ServedTuple['filters']>;
    const serving = { ...tuple.serving, systemPrompt: 'Be brief.' };
    expect(servedTurn({ ...tuple, serving, filters }, question)).toMatchObject({
      systemPrompt: 'Be brief.',
      filters,
    });
    expect(servedTurn({ ...tuple, filters: [] }, question).filters).toBeUndefined();
    expect(servedTurn(tuple, question).systemPrompt).toBeUndefined();
  });

  test('has what the question changes, option by option', () => {
    const changed: TurnQuestion = {
      ...question,
      ...{ maxTokens: 7, stop: ['x'], cacheScope: 'a', logProbabilities: 2, nonStreaming: false },
      sampling: { temperature: 0, topP: undefined, seed: 3 },
      tools: [{ name: 'add' }],
      toolChoice: 'required',
    };
    expect(servedTurn(tuple, changed)).toEqual({
      ...{ template: null, messages: question.messages, thinking: { mode: 'open', budget: null } },
      ...{ maxTokens: 7, stop: ['x'], cacheScope: 'a', logProbabilities: 2, nonStreaming: false },
      sampling: { temperature: 0, topP: 0.95, seed: 3 },
      tools: [{ name: 'add' }],
      toolChoice: 'required',
    });
  });

  test('has undefined for what is not said, and the same members in the same order whatever is said', () => {
    const silent = { tools: [], cacheScope: undefined, prefill: undefined, endThinking: undefined };
    const turn = servedTurn(tuple, { ...question, ...silent });
    const said = Object.entries(turn).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    expect(said.sort()).toEqual(['maxTokens', 'messages', 'sampling', 'stop', 'template', 'thinking']);
    const talkative = { prefill: { answer: 'a' }, tools: [{ name: 'add' }], cacheScope: 'a', ...question };
    expect(Object.keys(servedTurn(tuple, talkative))).toEqual(Object.keys(turn));
  });

  test('does not exceed the thinking budget of the tuple', () => {
    const serving = { ...tuple.serving, thinkingBudget: 100 };
    const turn = servedTurn({ ...tuple, serving }, { ...question, thinking: { maxThinkingTokens: 900 } });
    expect(turn.thinking).toEqual({ mode: 'open', budget: 100 });
  });
});
