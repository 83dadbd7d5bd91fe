// What a request used is settled exactly once, and before the last bytes of its answer: where settling is slow, fails, hangs or
// recovers.
import { afterEach, describe, expect, test } from 'vitest';
import type { ScriptedEngineOptions } from '../engine/index.ts';
import type { RequestRecord } from '../traffic/index.ts';
import { exampleOf, inferenceRoutes } from './example-requests.ts';
import type { GatewayOptions } from './gateway.ts';
import type { Settle } from './settlement.ts';
import { eventually, type RunningGateway, servedBy, startGateway, testKey, testModel } from './testing.ts';

const messages = [{ role: 'user', content: 'hi' }];
const chat = '/v1/chat/completions';

const open: RunningGateway[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function settling(
  settle: Settle,
  script: Partial<ScriptedEngineOptions> = {},
  options: Partial<GatewayOptions> = {},
) {
  const server = await startGateway(
    {
      reply: () => ['hm', '</think>', 'ok'],
      ...script,
      served: (engine) =>
        servedBy({
          ...engine,
          capabilities: { ...engine.capabilities, embeddings: true },
          embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([1, 2]), tokens: 3 })),
        }),
    },
    { settle, limits: { settleRetryMs: 5 }, ...options },
  );
  open.push(server);
  const ask = (path: string, body: object, more: RequestInit = {}): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, ...body }),
      ...more,
    });
  const readiness = async () => {
    const response = await fetch(`${server.url}/readyz`);
    return [response.status, ((await response.json()) as { readonly status: string }).status];
  };
  return { server, ask, readiness };
}

/** Every route to a model, in one piece and, where it can, as a stream. */
const forms = inferenceRoutes.flatMap(({ path, replies }) => {
  const forms = Object.keys(replies).length > 1 ? [false, true] : [undefined];
  return forms.map((stream) => ({
    path,
    stream,
    body: { ...exampleOf(path), ...(stream !== undefined && { stream }) },
  }));
});

/** What only a reply that is complete ends with. */
const complete = /\[DONE\]|message_stop|response\.completed|"done":true/;

describe.each(forms)('$path (stream: $stream)', ({ path, stream, body }) => {
  test('ends once it was settled, and not before', async () => {
    const records: RequestRecord[] = [];
    let release = (): void => {};
    const { ask } = await settling((record) => {
      records.push(record);
      return new Promise((resolve) => {
        release = resolve;
      });
    });
    let ended = false;
    const answer = ask(path, body).then(async (response) => {
      const text = await response.text();
      ended = true;
      return [response.status, text] as const;
    });
    await eventually(() => records.length === 1);
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(ended).toBe(false);
    release();
    const [status, text] = await answer;
    expect(status).toBe(200);
    if (stream === true) expect(text).toMatch(complete);
    expect(records).toMatchObject([{ outcome: { type: 'finished' }, route: path }]);
  });

  test('never looks complete where it could not be settled', async () => {
    const { ask, readiness } = await settling(() => Promise.reject(new Error('the disk is full')));
    const response = await ask(path, body);
    const text = await response.text();
    expect(text).toMatch(/cannot be recorded/);
    expect(text).not.toMatch(complete);
    expect(text).not.toContain('the disk is full');
    if (stream !== true) expect(response.status).toBe(503);
    expect(await readiness()).toEqual([503, 'what requests use cannot be recorded']);
  });
});

test('a stream that has begun ends with an error event', async () => {
  const { ask } = await settling(() => Promise.reject(new Error('no')), { tokensPerSecond: 200 });
  const response = await ask(chat, { messages, stream: true });
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toContain('"content":"ok"');
  expect(text.trim().split('\n\n').at(-1)).toContain('"tgl_code":"TGL_SETTLEMENT_FAILED"');
});

test('no request is taken until what is unsettled was settled, once each', async () => {
  let works = false;
  const settled: string[] = [];
  const told: RequestRecord[] = [];
  const { ask, readiness, server } = await settling(
    async ({ requestId }) => {
      if (!works) throw new Error('no');
      settled.push(requestId);
    },
    { slots: 4, tokensPerSecond: 200 },
    { observers: [{ ended: (record) => void told.push(record) }] },
  );
  const first = await Promise.all([1, 2, 3].map(async () => (await ask(chat, { messages })).status));
  expect(first).toEqual([503, 503, 503]);
  const refused = await ask(chat, { messages });
  expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'true']);
  // What serves no model goes on.
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  works = true;
  await eventually(async () => (await readiness())[0] === 200);
  expect((await ask(chat, { messages })).status).toBe(200);
  const outcomes = told.map(({ outcome }) => outcome);
  const code = 'TGL_SETTLEMENT_FAILED';
  expect(outcomes).toEqual([
    ...[1, 2, 3].map(() => ({ type: 'failed', code })),
    { type: 'refused', code },
    { type: 'finished' },
  ]);
  const passed = told.filter(({ outcome }) => outcome.type !== 'refused').map(({ requestId }) => requestId);
  expect(settled.sort()).toEqual(passed.sort());
});

test('settling that hangs has failed after its deadline', async () => {
  const limits = { settleMs: 10, settleRetryMs: 60_000 };
  const { ask, readiness } = await settling(() => new Promise(() => {}), {}, { limits });
  expect((await ask(chat, { messages })).status).toBe(503);
  expect((await readiness())[0]).toBe(503);
});

test('what was broken off is settled once, afterwards, with what it used; what the gate let in only', async () => {
  const settled: RequestRecord[] = [];
  const told: RequestRecord[] = [];
  const { ask, server } = await settling(
    async (record) => {
      settled.push(record);
    },
    {
      tokensPerSecond: 1000,
      failure: (request) =>
        request.maxTokens === 7 ? { type: 'crash', afterTokens: 2 } : { type: 'hang', afterTokens: 1 },
    },
    { observers: [{ ended: (record) => void told.push(record) }] },
  );
  for (const stream of [true, false]) await (await ask(chat, { messages, stream, max_tokens: 7 })).text();
  const stop = new AbortController();
  const gone = ask(chat, { messages, stream: true }, { signal: stop.signal }).then((response) =>
    response.text(),
  );
  await eventually(() => server.engine.load().active === 1);
  stop.abort();
  await gone.catch(() => {});
  await eventually(() => told.length === 3);
  // Refused behind the gate, by the engine, and before it.
  await ask('/v1/completions', { prompt: 'hi', model: 'none' });
  await ask(chat, { messages, surprise: 1 });
  await ask(chat, {
    messages,
    tools: [{ type: 'function', function: { name: 'f' } }],
    tool_choice: 'required',
    response_format: { type: 'json_object' },
  });
  await eventually(() => told.length === 6);
  expect(settled.map(({ outcome }) => outcome)).toEqual([
    { type: 'failed', code: 'TGL_ENGINE_CRASHED' },
    { type: 'failed', code: 'TGL_ENGINE_CRASHED' },
    { type: 'client-gone' },
    { type: 'refused', code: 'TGL_REQUEST_INVALID' },
  ]);
  for (const { usage } of settled.slice(0, 2)) expect(usage.completionTokens).toBe(2);
  expect(new Set(settled.map(({ requestId }) => requestId)).size).toBe(settled.length);
});

test('an error is told before it is settled', async () => {
  const { ask } = await settling(() => new Promise(() => {}), {
    failure: () => ({ type: 'crash', afterTokens: 1 }),
  });
  const response = await ask(chat, { messages });
  expect(await response.text()).toContain('TGL_ENGINE_CRASHED');
});

test.each([
  ['nothing is settled', {}],
  ['settling is done at once', { settle: async () => {} }],
])('where %s, the end waits for no turn of the event loop', async (_, options) => {
  const order: string[] = [];
  const observer = {
    parts: (__: unknown, ___: number, parts: readonly { readonly type: string }[]) => {
      if (parts.at(-1)?.type !== 'end') return;
      order.push('end');
      setImmediate(() => order.push('turn'));
    },
    ended: () => void order.push('recorded'),
  };
  const server = await startGateway(
    { reply: () => ['</think>', 'ok'] },
    { ...options, observers: [observer] },
  );
  open.push(server);
  for (const stream of [true, false]) {
    const body = JSON.stringify({ model: testModel, messages, stream });
    const headers = { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' };
    await (await fetch(server.url + chat, { method: 'POST', headers, body })).text();
    expect(order.splice(0)).toEqual(['end', 'recorded', 'turn']);
  }
});

test('a server that stops tries for a last time, and says what stays unsettled', async () => {
  const limits = { settleRetryMs: 60_000 };
  const { ask, server } = await settling(() => Promise.reject(new Error('no')), {}, { limits });
  const response = await ask(chat, { messages });
  await server.gateway.close();
  const line = server
    .log()
    .split('\n')
    .find((text) => text.includes('never settled'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({ requestIds: [response.headers.get('x-request-id')] });
});
