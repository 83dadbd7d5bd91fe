// Requests that name an effort, where an operator has calibrated what that stands for.
import { describe, expect, test } from 'vitest';
import type { GenerateRequest } from '../../engine/index.ts';
import { startGateway, testKey, testModel } from '../testing.ts';
import type { EffortPolicies, EffortPolicy } from './effort-policy.ts';

const messages = [{ role: 'user', content: 'What?' }];
const vote: EffortPolicy['strategy'] = {
  ...{
    type: 'vote',
    rule: { type: 'window', size: 2 },
    answer: { type: 'number' },
    maxSamples: 4,
    atOnce: 1,
  },
  ...{ gate: undefined, breakOff: undefined },
};

/** A server whose policy for `low` is this one. */
async function served(change: Partial<Omit<EffortPolicy, 'note'>>) {
  const asked: GenerateRequest[] = [];
  const noted: unknown[] = [];
  const questions: string[] = [];
  const effortPolicies: EffortPolicies = (model, effort, question) => {
    questions.push(`${model} ${effort} ${question}`);
    if (effort !== 'low') return undefined;
    return {
      ...{ strategy: undefined, temperature: 0.8, maxThinkingTokens: undefined, ...change },
      note: ({ strategy, thinking }) =>
        noted.push(strategy === undefined ? thinking.stoppedBy : strategy.stoppedBy),
    };
  };
  const server = await startGateway(
    {
      reply: (request) => {
        asked.push(request);
        return ['hm', ' hm', ' hm', '</think>', '7'];
      },
    },
    { effortPolicies },
  );
  const ask = async (path: string, body: object) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, ...body }),
    });
    return { status: response.status, text: await response.text() };
  };
  return { ask, asked, noted, questions, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test.each([
  ['/v1/chat/completions', { messages, reasoning_effort: 'low' }],
  ['/v1/responses', { input: 'What?', reasoning: { effort: 'low' } }],
  ['/v1/messages', { messages, max_tokens: 500, output_config: { effort: 'low' } }],
  ['/api/chat', { messages, think: 'low', stream: false }],
])('%s gets what its effort was calibrated to', async (path, body) => {
  await using server = await served({ strategy: vote });
  const { status, text } = await server.ask(path, body);
  expect([status, text]).toEqual([200, expect.stringContaining('"type":"vote"')]);
  expect(server.asked.map(({ sampling }) => sampling.temperature)).toEqual([0.8, 0.8]);
  expect(server.questions).toEqual([`${testModel} low What?`]);
  expect(server.noted).toEqual(['rule']);
});

test('a cap of thinking and a temperature are used as well', async () => {
  await using server = await served({ temperature: 0, maxThinkingTokens: 2 });
  const { text } = await server.ask('/v1/chat/completions', {
    messages,
    reasoning_effort: 'low',
    stream: true,
  });
  expect(text).not.toContain('"strategy"');
  expect(server.asked.map(({ sampling, forced }) => [sampling.temperature, forced?.afterTokens])).toEqual([
    [0, 2],
  ]);
  expect(server.noted).toEqual(['budget']);
});

describe('a request keeps what it says itself', () => {
  test.each([
    [{}],
    [{ reasoning_effort: 'high' }],
    [{ reasoning_effort: 'none' }],
    [{ reasoning_effort: 'low', temperature: 0.3 }],
    [{ reasoning_effort: 'low', n: 2 }],
    [{ reasoning_effort: 'low', thinking_token_budget: 5 }],
    [
      {
        reasoning_effort: 'low',
        x_tiegel: { strategy: { type: 'vote', max_samples: 2, rule: { type: 'all' } } },
      },
    ],
  ])('%j', async (more) => {
    await using server = await served({ strategy: vote, temperature: 0 });
    const { status } = await server.ask('/v1/chat/completions', { messages, ...more });
    expect(status).toBe(200);
    expect(server.asked.every(({ sampling }) => sampling.temperature !== 0)).toBe(true);
    expect(server.noted).toEqual([]);
  });
});
