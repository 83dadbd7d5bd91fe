// Requests that several models answer one after another: each tier is a request of its own, in every dialect that can ask for it.
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import { createScriptedEngine, type ScriptedEngineOptions } from '../engine/index.ts';
import type { RequestObserver, RequestRecord } from '../traffic/index.ts';
import type { Check } from './access/gate.ts';
import type { ServedModel } from './access/served-model.ts';
import { strategyForms as forms, messages, toldOf } from './example-strategies.ts';
import type { GatewayOptions } from './gateway.ts';
import { eventually, keysOf, principalOf, servedBy, startGateway, testKey } from './testing.ts';

type Script = Partial<ScriptedEngineOptions> & { readonly answer?: string };

/** Two models, the larger one over a slower engine; what their requests came to is kept. */
async function serving(
  scripts: Readonly<Record<'small' | 'large', Script>>,
  options: Partial<GatewayOptions> = {},
) {
  await using stack = new AsyncDisposableStack();
  const settled: RequestRecord[] = [];
  const ended: RequestRecord[] = [];
  const tiersEnded: RequestRecord[] = [];
  const observer: RequestObserver = {
    ended: (record) => void ended.push(record),
    tierEnded: (record) => void tiersEnded.push(record),
  };
  const withdrawal = new AbortController();
  const modelOf = (name: 'small' | 'large'): ServedModel => {
    const { answer = '1', ...script } = scripts[name];
    const reply = () => ['hm', '</think>', answer];
    const engine = stack.use(createScriptedEngine({ model: name, reply, ...script }));
    return { ...servedBy(engine), ...(name === 'large' && { withdrawn: withdrawal.signal }) };
  };
  const models = new Map([
    ['small', modelOf('small')],
    ['large', modelOf('large')],
  ]);
  const server = stack.use(
    await startGateway(
      {},
      {
        models: {
          list: () => [...models.keys()].map((name) => ({ name, created: 0 })),
          resolve: (name) => (name === 'fresh' ? { notAdmitted: 'nobody assessed it' } : models.get(name)),
        },
        checkers: new Map([['even', () => (answer: string) => Number(answer) % 2 === 0]]),
        settle: async (record) => void settled.push(record),
        observers: [observer],
        checks: [
          () => ({
            bill: ({ completionTokens }) => ({
              ...{ amount: `0.0${completionTokens}`, currency: 'EUR', remaining: null, price: 'sha256:1' },
            }),
            [Symbol.dispose]: () => {},
          }),
          ...(options.checks ?? []),
        ],
        ...Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'checks')),
      },
    ),
  );
  const owned = stack.move();
  const ask = (path: string, body: object, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'large', ...body }),
      signal,
    });
  const active = (): number =>
    [...models.values()].reduce((sum, { engine }) => sum + engine.load().active, 0);
  return {
    ...{ ask, settled, ended, tiersEnded, active, withdraw: (reason: Error) => withdrawal.abort(reason) },
    metrics: () => fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${testKey}` } }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const cascadeOf = (...tiers: readonly object[]) => ({
  x_tiegel: { strategy: { type: 'cascade', tiers, accept: { type: 'check', checker: 'even' } } },
});
const cascade = cascadeOf({ model: 'small' }, {});

const [chat] = forms[0];

const refuse =
  (model: string, code: 'TGL_LIMIT_REACHED' | 'TGL_DRAINING' = 'TGL_DRAINING'): Check =>
  (request) => {
    if (request.model?.name === model) throw new TiegelError(code as 'TGL_DRAINING');
    return undefined;
  };

describe.each(forms)('%s', (path, body) => {
  test.each([false, true])(
    'asks a larger model where the answer of a smaller does not pass (stream: %s)',
    async (stream) => {
      await using served = await serving({ small: { answer: '1' }, large: { answer: '4' } });
      const response = await served.ask(path, { ...body, ...cascade, stream });
      const text = await response.text();
      expect([response.status, text]).toEqual([200, expect.stringContaining('4')]);
      const told = toldOf(text);
      expect(told).toMatchObject({
        ...{ type: 'cascade', stopped_by: 'verified', chosen: 1, verified: true },
        samples: [{ finish_reason: 'stop' }, { finish_reason: 'stop' }],
        tiers: [
          { model: 'small', outcome: 'declined', code: null, cost: { amount: '0.03', currency: 'EUR' } },
          { model: 'large', outcome: 'accepted', code: null, cost: { amount: '0.03', currency: 'EUR' } },
        ],
      });
      // Each tier is settled by itself, before the client is told; its request is not settled again.
      expect(served.settled.map(({ model, outcome, tierOf }) => [model, outcome.type, tierOf?.tier])).toEqual(
        [
          ['small', 'finished', 0],
          ['large', 'finished', 1],
        ],
      );
      expect(told.tiers.map(({ request_id }) => request_id)).toEqual(
        served.settled.map(({ requestId }) => requestId),
      );
      const [{ requestId, usage, isSpread }] = served.ended as [RequestRecord];
      expect([served.ended.length, isSpread]).toEqual([1, true]);
      expect(new Set(served.settled.map(({ tierOf }) => tierOf?.request))).toEqual(new Set([requestId]));
      const sum = (count: (of: RequestRecord['usage']) => number): number =>
        served.settled.reduce((all, record) => all + count(record.usage), 0);
      expect(usage).toMatchObject({
        promptTokens: sum(({ promptTokens }) => promptTokens),
        completionTokens: sum(({ completionTokens }) => completionTokens),
      });
      expect(text).toMatch(
        new RegExp(`"(?:completion_tokens|output_tokens|eval_count)":${usage.completionTokens}\\b`),
      );
      expect(served.tiersEnded).toEqual(served.settled);
    },
  );

  test.each([
    [[{ model: 'small' }, { model: 'huge' }], 404],
    [[{ model: 'small' }, { model: 'fresh' }], 403],
    [[{ model: 'small' }, { max_thinking_tokens: -1 }], 400],
    [[{ model: '' }, {}], 400],
  ])('refuses the tiers %j before any of them is asked', async (tiers, status) => {
    await using served = await serving({ small: {}, large: {} });
    const response = await served.ask(path, { ...body, ...cascadeOf(...tiers) });
    expect(response.status).toBe(status);
    expect([served.settled, served.ended.map(({ outcome }) => outcome.type)]).toEqual([[], ['refused']]);
  });
});

test('an answer of a smaller model that passes ends it, and costs nothing more', async () => {
  await using served = await serving({ small: { answer: '2' }, large: {} });
  const body = JSON.parse(await (await served.ask(chat, { messages, ...cascade })).text());
  expect(body.x_tiegel).toMatchObject({
    ...{ amount: '0.03', currency: 'EUR' },
    strategy: { stopped_by: 'verified', chosen: 0, tiers: [{ model: 'small', outcome: 'accepted' }] },
  });
  expect(served.settled.map(({ model }) => model)).toEqual(['small']);
});

test('what all tiers cost is the cost of the reply, and where none passes the last one stands', async () => {
  await using served = await serving({ small: { answer: '1' }, large: { answer: '3' } });
  const body = JSON.parse(await (await served.ask(chat, { messages, ...cascade })).text());
  expect(body.choices[0].message.content).toBe('3');
  expect(body.x_tiegel).toMatchObject({
    amount: '0.06',
    strategy: { stopped_by: 'max_samples', verified: false, tiers: [{}, { outcome: 'kept' }] },
  });
});

test('a tier that is refused is passed over, and the answer before it stands', async () => {
  await using served = await serving({ small: { answer: '1' }, large: {} }, { checks: [refuse('large')] });
  const response = await served.ask(chat, { messages, ...cascade });
  const body = JSON.parse(await response.text());
  expect([response.status, body.choices[0].message.content]).toEqual([200, '1']);
  expect(body.x_tiegel).toMatchObject({
    amount: '0.03',
    strategy: {
      ...{ stopped_by: 'failure', chosen: 0, verified: false },
      tiers: [
        { model: 'small', outcome: 'kept' },
        { model: 'large', request_id: null, outcome: 'failed', code: 'TGL_DRAINING', cost: null },
      ],
    },
  });
  expect(served.settled.map(({ model }) => model)).toEqual(['small']);
});

test('where the smaller one is refused the larger one is asked', async () => {
  await using served = await serving({ small: {}, large: { answer: '4' } }, { checks: [refuse('small')] });
  const body = JSON.parse(await (await served.ask(chat, { messages, ...cascade })).text());
  expect(body.choices[0].message.content).toBe('4');
  expect(body.x_tiegel.strategy.tiers).toMatchObject([
    { outcome: 'failed', code: 'TGL_DRAINING' },
    { outcome: 'accepted', code: null },
  ]);
});

test('where all are refused the request is, with the error of the last one', async () => {
  await using served = await serving(
    { small: {}, large: {} },
    { checks: [refuse('small'), refuse('large')] },
  );
  const response = await served.ask(chat, { messages, ...cascade });
  expect([response.status, served.settled, served.ended.map(({ outcome }) => outcome)]).toEqual([
    503,
    [],
    [{ type: 'refused', code: 'TGL_DRAINING' }],
  ]);
});

test('a model that is withdrawn while a smaller one answers is passed over', async () => {
  await using served = await serving({ small: { answer: '1', tokensPerSecond: 20 }, large: {} });
  const asked = served.ask(chat, { messages, ...cascade });
  await eventually(() => served.active() === 1);
  const reason = 'it is another model now';
  served.withdraw(new TiegelError('TGL_MODEL_NOT_ADMITTED', { model: 'large', reason, field: 'model' }));
  const body = JSON.parse(await (await asked).text());
  expect(body.x_tiegel.strategy).toMatchObject({
    stopped_by: 'failure',
    tiers: [{ outcome: 'kept' }, { outcome: 'failed', code: 'TGL_MODEL_NOT_ADMITTED' }],
  });
});

test('an engine that fails in the middle of a tier costs what it gave, and the answer before it stands', async () => {
  await using served = await serving({
    small: { answer: '1' },
    large: { failure: () => ({ type: 'crash', afterTokens: 2 }) },
  });
  const body = JSON.parse(await (await served.ask(chat, { messages, ...cascade })).text());
  expect(body.x_tiegel.strategy).toMatchObject({
    stopped_by: 'failure',
    samples: [{ completion_tokens: 3 }, { completion_tokens: 2, finish_reason: null }],
    tiers: [{ outcome: 'kept' }, { outcome: 'failed', cost: { amount: '0.02' } }],
  });
  expect(body.x_tiegel.amount).toBe('0.05');
  expect(served.settled.map(({ outcome, usage }) => [outcome.type, usage.completionTokens])).toEqual([
    ['finished', 3],
    ['failed', 2],
  ]);
});

test('a client that goes away in the middle of a tier ends it, and all that was given is settled', async () => {
  await using served = await serving({
    small: { answer: '1' },
    large: { failure: () => ({ type: 'hang', afterTokens: 2 }) },
  });
  const leaving = new AbortController();
  const asked = served.ask(chat, { messages, ...cascade, stream: true }, leaving.signal);
  asked.catch(() => {});
  await eventually(() => served.settled.length === 1 && served.active() === 1);
  leaving.abort();
  await eventually(() => served.ended.length === 1 && served.active() === 0);
  expect(
    served.settled.map(({ model, outcome, usage }) => [model, outcome.type, usage.completionTokens]),
  ).toEqual([
    ['small', 'finished', 3],
    ['large', 'client-gone', 2],
  ]);
  expect(served.ended.map(({ outcome }) => outcome)).toEqual([{ type: 'client-gone' }]);
});

test('a settlement that fails ends the request, since nothing may be answered that was not counted', async () => {
  await using served = await serving(
    { small: { answer: '1' }, large: { answer: '4' } },
    { settle: () => Promise.reject(new Error('the disk is full')) },
  );
  const response = await served.ask(chat, { messages, ...cascade });
  expect([response.status, await response.text()]).toEqual([
    503,
    expect.stringContaining('TGL_SETTLEMENT_FAILED'),
  ]);
});

test('a key that may not ask one of the models may not ask for the cascade', async () => {
  const principal = principalOf({ models: ['large'] });
  const keys = {
    ...keysOf(testKey),
    authenticate: (key: string) => (key === testKey ? principal : undefined),
  };
  await using served = await serving({ small: {}, large: {} }, { keys });
  const response = await served.ask(chat, { messages, ...cascade });
  expect([response.status, served.settled]).toEqual([403, []]);
});

test('tiers are measured by their own models', async () => {
  await using served = await serving({ small: { answer: '1' }, large: { answer: '4' } });
  await (await served.ask(chat, { messages, ...cascade })).text();
  const lines = (await (await served.metrics()).text())
    .split('\n')
    .filter((line) => line.includes('_requests_total{') || line.includes('request_count{'));
  for (const model of ['small', 'large'])
    expect(lines.filter((line) => line.includes(`"${model}"`)).map((line) => line.split(' ').at(-1))).toEqual(
      ['1'],
    );
});
