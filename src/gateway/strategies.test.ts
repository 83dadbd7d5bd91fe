// Requests that have samples spent on one reply, in every dialect that can ask for it.
import { describe, expect, test } from 'vitest';
import type { GenerateRequest } from '../engine/index.ts';
import { overthinkingReply } from '../reasoning/testing.ts';
import type { RequestRecord } from '../traffic/index.ts';
import { strategyForms as forms, messages, toldOf } from './example-strategies.ts';
import { eventually, startGateway, testKey, testModel } from './testing.ts';
import type { CheckContext } from './turn/spend-samples.ts';

/** Answers one after another, the last one again and again. */
async function answering(answers: readonly string[], options: Parameters<typeof startGateway>[1] = {}) {
  const asked: GenerateRequest[] = [];
  const records: RequestRecord[] = [];
  const server = await startGateway(
    {
      reply: (request) => {
        const answer = answers[Math.min(asked.push(request), answers.length) - 1] as string;
        return ['hm', ` ${asked.length}`, '</think>', ...answer.split(/(?= )/)];
      },
    },
    {
      checkers: new Map([
        [
          'even',
          (question) => (question.includes('What') ? (answer) => Number(answer) % 2 === 0 : undefined),
        ],
      ]),
      settle: async (record) => void records.push(record),
      ...options,
    },
  );
  const ask = async (path: string, body: object, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, ...body }),
      signal,
    });
  return { server, ask, asked, records, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const vote = { x_tiegel: { strategy: { type: 'vote', max_samples: 6, rule: { type: 'window', size: 2 } } } };
const verify = { x_tiegel: { strategy: { type: 'verify', checker: 'even', max_samples: 4 } } };

const early = {
  x_tiegel: { strategy: { type: 'early', every: 10, rule: { type: 'agreement', equal: 2 } } },
};

const cascade = {
  x_tiegel: {
    strategy: {
      type: 'cascade',
      tiers: [0, 1, null].map((most) => ({ max_thinking_tokens: most })),
      accept: { type: 'check', checker: 'even' },
    },
  },
};

describe.each(forms)('%s', (path, body) => {
  test.each([false, true])('answers with what most samples say (stream: %s)', async (stream) => {
    await using served = await answering(['1', '2', '3', '3']);
    const response = await served.ask(path, { ...body, ...vote, stream });
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.stringContaining('3')]);
    expect(toldOf(text)).toMatchObject({
      ...{ type: 'vote', stopped_by: 'rule', chosen: 2, agreement: 0.5, verified: null },
      samples: [{ answer: 0 }, { answer: 1 }, { answer: 2 }, { answer: 2 }],
    });
    const [{ usage, choices, outcome }] = served.records as [RequestRecord];
    expect(outcome).toEqual({ type: 'finished' });
    expect(choices.map(({ finish }) => finish)).toEqual(['stop', 'stop', 'stop', 'stop']);
    const sum = (count: (of: RequestRecord['usage']) => number): number =>
      choices.reduce((all, choice) => all + count(choice.usage), 0);
    expect(usage).toMatchObject({
      promptTokens: sum(({ promptTokens }) => promptTokens),
      completionTokens: sum(({ completionTokens }) => completionTokens),
      reasoningTokens: sum(({ reasoningTokens }) => reasoningTokens),
    });
    // Each dialect has a name of its own for the tokens of the completion.
    expect(text).toMatch(
      new RegExp(`"(?:completion_tokens|output_tokens|eval_count)":${usage.completionTokens}\\b`),
    );
  });

  test.each([false, true])(
    'answers with the first sample that passes the check (stream: %s)',
    async (stream) => {
      await using served = await answering(['1', '3', '4']);
      const text = await (await served.ask(path, { ...body, ...verify, stream })).text();
      expect(toldOf(text)).toMatchObject({
        type: 'verify',
        stopped_by: 'verified',
        chosen: 2,
        verified: true,
      });
      expect(served.asked.map(({ sampling }) => sampling.temperature)).toEqual([0, 0.6, 0.6]);
    },
  );

  test.each([false, true])('answers as soon as probes of its thinking agree (stream: %s)', async (stream) => {
    const records: RequestRecord[] = [];
    await using server = await startGateway(
      {
        maxBatchEvents: 1,
        reply: overthinkingReply(() => ({ steps: 200, knows: 30, before: 'changing' })),
      },
      { settle: async (record) => void records.push(record) },
    );
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, ...body, ...early, stream }),
    });
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.stringContaining('right')]);
    // Probes at 10 and 20 differ, those at 30 and 40 agree.
    expect(text).toContain('s40');
    expect(text).not.toContain('s41');
    expect(toldOf(text)).toMatchObject({
      ...{ type: 'early', stopped_by: 'rule', chosen: 0, agreement: null, verified: null },
      samples: [{ completion_tokens: 40, reasoning_tokens: 40 }, ...Array(4).fill({ completion_tokens: 1 })],
    });
    const [{ usage, choices }] = records as [RequestRecord];
    expect([usage.completionTokens, usage.reasoningTokens, choices.length]).toEqual([44, 40, 5]);
    expect(text).toMatch(/"(?:completion_tokens|output_tokens|eval_count)":44\b/);
    expect(server.engine.load().active).toBe(0);
  });

  test.each([false, true])(
    'asks the next tier where an answer does not pass (stream: %s)',
    async (stream) => {
      await using served = await answering(['1', '3', '4']);
      const text = await (await served.ask(path, { ...body, ...cascade, stream })).text();
      expect(toldOf(text)).toMatchObject({
        ...{ type: 'cascade', stopped_by: 'verified', chosen: 2, verified: true },
        samples: [{ finish_reason: 'stop' }, {}, {}],
      });
      // The first tier does not think at all, the second one within its budget.
      expect(served.asked.map(({ forced }) => forced?.afterTokens)).toEqual([
        undefined,
        1,
        expect.any(Number),
      ]);
      expect(served.records.map(({ choices }) => choices.length)).toEqual([3]);
    },
  );

  test.each([
    [{ ...cascade.x_tiegel.strategy, tiers: [{ max_thinking_tokens: 8 }] }, /x_tiegel/],
    [{ ...cascade.x_tiegel.strategy, accept: { type: 'check', checker: 'odd' } }, /expected even/],
    [{ ...cascade.x_tiegel.strategy, accept: { type: 'confidence', level: 0.9 } }, /log-probabilities/],
    [{ type: 'early', max_probes: 16 }, /16 probes; expected at most 15 \(TIEGEL_MAX_SAMPLES\)/],
    [{ type: 'early', rule: { type: 'confidence', level: 0.9 } }, /log-probabilities/],
    [{ type: 'early', probe: { max_tokens: 0 } }, /x_tiegel/],
    [{ type: 'vote', gate: 0.9 }, /log-probabilities/],
    [{ type: 'vote', break_off: { window: 0, below: -1 } }, /x_tiegel/],
    [{ type: 'vote', max_samples: 17 }, /17 samples; expected at most 16 \(TIEGEL_MAX_SAMPLES\)/],
    [{ type: 'vote', max_samples: 65 }, /x_tiegel/],
    [{ type: 'best-of-n' }, /x_tiegel/],
    [{ type: 'verify', checker: 'odd' }, /the checker .*odd.*; expected even/],
    [{ type: 'vote', rule: { type: 'beta', level: 2 } }, /x_tiegel/],
  ])('refuses %j', async (strategy, message) => {
    await using served = await answering(['1']);
    const response = await served.ask(path, { ...body, x_tiegel: { strategy } });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(message);
    expect(served.asked).toEqual([]);
  });
});

const [chat] = forms[0];

test('thinking that is probed streams as it comes, and temperature 0 is no obstacle', async () => {
  await using server = await startGateway({
    maxBatchEvents: 1,
    reply: overthinkingReply(() => ({ steps: 50, knows: 0, before: 'same' })),
  });
  const response = await fetch(server.url + chat, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, messages, ...early, temperature: 0, stream: true }),
  });
  const events = (await response.text()).split('\n').filter((line) => line.includes('reasoning_content'));
  expect(events.length).toBeGreaterThan(1);
});

test('where the model says how sure it is, a gate and unsure samples are its own', async () => {
  const sure = { capabilities: { logProbabilities: 'raw' } } as const;
  await using server = await startGateway({ ...sure, reply: () => ['hm', '</think>', '1'] });
  for (const more of [{ gate: 0.9 }, { break_off: { window: 1, below: -5 } }]) {
    const response = await fetch(server.url + chat, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model: testModel, messages },
        x_tiegel: { strategy: { type: 'vote', max_samples: 3, rule: { type: 'all' }, ...more } },
      }),
    });
    const body = JSON.parse(await response.text());
    // A script is always certain: the gate takes the first sample, and none is broken off.
    expect(body.x_tiegel.strategy.samples).toHaveLength('gate' in more ? 1 : 3);
    expect(body.choices[0].logprobs ?? null).toBeNull();
  }
});

test('a question that the checker does not know is refused before anything is drawn', async () => {
  await using served = await answering(['1']);
  const response = await served.ask(chat, { messages: [{ role: 'user', content: 'Why?' }], ...verify });
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining('what even checks'),
  ]);
  expect(served.asked).toEqual([]);
});

test('where none passes the first sample is the reply, and it says so', async () => {
  await using served = await answering(['1', '3', '5', '7']);
  const body = JSON.parse(await (await served.ask(chat, { messages, ...verify })).text());
  expect(body.choices[0].message.content).toBe('1');
  expect(body.x_tiegel.strategy).toMatchObject({ stopped_by: 'max_samples', verified: false, chosen: 0 });
});

test.each([
  [{ n: 2 }, /several replies/],
  [{ temperature: 0 }, /temperature of 0/],
])('%j beside a strategy is refused', async (also, message) => {
  await using served = await answering(['1']);
  const response = await served.ask(chat, { messages, ...vote, ...also });
  expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(message)]);
});

test('an operator who allows one sample allows no strategy', async () => {
  await using served = await answering(['1'], { limits: { maxSamples: 1 } });
  const response = await served.ask(chat, { messages, x_tiegel: { strategy: { type: 'vote' } } });
  expect(response.status).toBe(400);
  const plain = await served.ask(chat, { messages, x_tiegel: {} });
  expect(plain.status).toBe(200);
});

test('seeds count up from the one that was given', async () => {
  await using served = await answering(['1', '2', '2']);
  await (await served.ask(chat, { messages, ...vote, seed: 7 })).text();
  expect(served.asked.map(({ sampling }) => sampling.seed)).toEqual([7, 8, 9]);
});

test('samples that run at once hold no more places than they may, and give all of them back', async () => {
  const held: number[] = [];
  await using served = await answering(['1', '2', '3', '4', '4', '4']);
  const body = {
    messages,
    x_tiegel: { strategy: { type: 'vote', max_samples: 6, at_once: 3, rule: { type: 'all' } } },
  };
  const watch = setInterval(() => held.push(served.server.engine.load().active), 0);
  await (await served.ask(chat, body)).text();
  clearInterval(watch);
  expect(Math.max(0, ...held)).toBeLessThanOrEqual(3);
  await eventually(() => served.server.engine.load().active === 0);
  expect(served.asked).toHaveLength(6);
});

test('a client that goes away ends all samples, and what they used is recorded', async () => {
  const records: RequestRecord[] = [];
  await using server = await startGateway(
    {
      slots: 4,
      reply: () => ['hm', '</think>', 'ok'],
      failure: () => ({ type: 'hang', afterTokens: 2 }),
    },
    { settle: async (record) => void records.push(record) },
  );
  const leaving = new AbortController();
  const request = fetch(server.url + chat, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model: testModel, messages, stream: true },
      x_tiegel: { strategy: { type: 'vote', at_once: 3 } },
    }),
    signal: leaving.signal,
  });
  request.catch(() => {});
  await eventually(() => server.engine.load().active === 3);
  leaving.abort();
  await eventually(() => server.engine.load().active === 0 && records.length === 1);
  const [{ outcome, choices, usage }] = records as [RequestRecord];
  expect(outcome).toEqual({ type: 'client-gone' });
  expect(choices.map(({ finish }) => finish)).toEqual([null, null, null]);
  expect(usage.completionTokens).toBe(6);
});

test('where whoever checks cannot say, nothing more is drawn and the reply is not verified', async () => {
  const unsure = new Map([['even', () => () => 'unknown' as const]]);
  await using served = await answering(['1', '2', '3'], { checkers: unsure });
  const body = JSON.parse(await (await served.ask(chat, { messages, ...verify })).text());
  expect(body.x_tiegel.strategy).toMatchObject({ stopped_by: 'unverified', verified: null, chosen: 0 });
  expect(served.asked).toHaveLength(1);
  const tiers = JSON.parse(await (await served.ask(chat, { messages, ...cascade })).text());
  expect(tiers.x_tiegel.strategy).toMatchObject({ stopped_by: 'max_samples', verified: null, chosen: 2 });
});

test('a form that the engine cannot be held to is checked where the request says so', async () => {
  const forms: unknown[] = [];
  const checkers = new Map([
    [
      'json-schema',
      (_: string, { constraint }: CheckContext) => {
        forms.push(constraint);
        return constraint && ((answer: string) => answer === '{"a":1}');
      },
    ],
  ]);
  await using served = await answering(['no', '{"a":1}'], { checkers });
  const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
  const form = {
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
  };
  const strategy = { x_tiegel: { strategy: { type: 'verify', checker: 'json-schema', max_samples: 3 } } };
  const body = JSON.parse(await (await served.ask(chat, { messages, ...form, ...strategy })).text());
  expect(body.choices[0].message.content).toBe('{"a":1}');
  expect(body.x_tiegel.strategy).toMatchObject({ stopped_by: 'verified', chosen: 1, verified: true });
  expect(forms).toMatchObject([{ type: 'json-schema', schema }]);
  // Without it the engine has to be able to keep to the form, and this one is not; and without a form there is nothing to check.
  expect((await served.ask(chat, { messages, ...form })).status).toBe(400);
  expect((await served.ask(chat, { messages, ...strategy })).status).toBe(400);
});
