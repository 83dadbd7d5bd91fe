// Every request to every route of a model passes the one gate and leaves exactly one record, however it ends.
import { afterEach, describe, expect, test } from 'vitest';
import type { ScriptedEngineOptions } from '../engine/index.ts';
import { noUsage, type RequestObserver, type RequestRecord } from '../traffic/index.ts';
import { exampleOf, inferenceRoutes } from './example-requests.ts';
import { eventually, type RunningGateway, servedBy, startGateway, testKey, testModel } from './testing.ts';

const messages = [{ role: 'user', content: 'hi' }];

const open: RunningGateway[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function recording(script: Partial<ScriptedEngineOptions> = {}, observer: RequestObserver = {}) {
  const records: RequestRecord[] = [];
  const server = await startGateway(
    {
      reply: () => ['hm', '</think>', 'ok'],
      reusedTokens: () => 1,
      ...script,
      served: (engine) =>
        servedBy({
          ...engine,
          capabilities: { ...engine.capabilities, embeddings: true },
          embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([1, 2]), tokens: 3 })),
        }),
    },
    { observers: [{ ...observer, ended: (record) => void records.push(record) }] },
  );
  open.push(server);
  const ask = (path: string, body: object, more: RequestInit = {}): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, ...body }),
      ...more,
    });
  return { server, records, ask };
}

describe.each(inferenceRoutes.map(({ path, handler }) => [path, handler.name] as const))(
  '%s',
  (path, dialect) => {
    test('records a request that is answered, with what it used', async () => {
      const { records, ask } = await recording();
      const response = await ask(path, exampleOf(path));
      expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
      expect(records).toEqual([
        expect.objectContaining({
          requestId: response.headers.get('x-request-id') ?? response.headers.get('request-id'),
          principal: expect.objectContaining({ account: 'operator' }),
          ...{ model: testModel, admissionKey: '0'.repeat(64), route: path, dialect },
          places: [{ region: null, operator: null, ownHardware: true, host: null }],
          outcome: { type: 'finished' },
          // An engine that counts tokens gives no place for it.
          waitedMs: path.endsWith('count_tokens') ? null : expect.any(Number),
        }),
      ]);
      const { usage, choices } = records[0] as RequestRecord;
      expect(usage.promptTokens).toBeGreaterThan(0);
      if (!path.endsWith('count_tokens') && !path.includes('/embed')) {
        expect(choices).toEqual([{ finish: 'stop', usage }]);
        expect(usage).toMatchObject({ cachedPromptTokens: 1, completionTokens: 3 });
      }
    });

    test.each([
      ['without a key', {}, { headers: { 'content-type': 'application/json' } }, 'TGL_UNAUTHENTICATED', 401],
      ['for an unknown model', { model: 'none' }, {}, 'TGL_MODEL_UNKNOWN', 404],
      ['with a field that is not known', { surprise: 1 }, {}, 'TGL_REQUEST_INVALID', 400],
      ['that is no JSON', {}, { body: '{' }, 'TGL_REQUEST_INVALID', 400],
    ])('records a request %s as refused', async (_, extra, init, code, status) => {
      const { records, ask } = await recording();
      expect((await ask(path, { ...exampleOf(path), ...extra }, init)).status).toBe(status);
      expect(records).toEqual([
        expect.objectContaining({
          ...{ route: path, dialect, outcome: { type: 'refused', code } },
          ...{ usage: noUsage, choices: [], waitedMs: null, model: null, places: [] },
        }),
      ]);
    });

    test('records a request that the server no longer takes', async () => {
      const { server, records, ask } = await recording({ failure: () => ({ type: 'hang', afterTokens: 0 }) });
      const running = ask('/v1/chat/completions', { messages });
      await eventually(() => server.engine.load().active === 1);
      const drained = server.gateway.drain(30_000);
      expect((await ask(path, exampleOf(path))).status).toBe(503);
      expect(records).toMatchObject([{ route: path, outcome: { type: 'refused', code: 'TGL_DRAINING' } }]);
      await server.gateway.close();
      await Promise.allSettled([running, drained]);
    });
  },
);

describe('what was made of a reply that broke off is recorded', () => {
  test('where its client has gone', async () => {
    const { records, ask } = await recording({
      reply: () => ['hm', '</think>', 'ok', ' and more'],
      failure: () => ({ type: 'hang', afterTokens: 3 }),
    });
    const stop = new AbortController();
    const response = await ask('/v1/chat/completions', { messages, stream: true }, { signal: stop.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('"content":"ok"')) text += new TextDecoder().decode((await reader.read()).value);
    stop.abort();
    await reader.read().catch(() => {});
    await eventually(() => records.length > 0);
    expect(records).toMatchObject([
      {
        outcome: { type: 'client-gone' },
        choices: [{ finish: null }],
        usage: { cachedPromptTokens: 1, completionTokens: 3, reasoningTokens: 2 },
        firstAnswerMs: expect.any(Number),
      },
    ]);
  });

  test.each([true, false])('where its engine failed (stream: %s)', async (stream) => {
    const { records, ask } = await recording({
      tokensPerSecond: 1000,
      failure: () => ({ type: 'crash', afterTokens: 2 }),
    });
    await (await ask('/v1/chat/completions', { messages, stream })).text();
    expect(records).toMatchObject([
      { outcome: { type: 'failed', code: 'TGL_ENGINE_CRASHED' }, usage: { completionTokens: 2 } },
    ]);
    expect(records[0]?.usage.promptTokens).toBeGreaterThan(0);
  });

  test('with the prompt counted once where there are several choices', async () => {
    const { records, ask } = await recording({ slots: 2 });
    const reply = (await (await ask('/v1/chat/completions', { messages, n: 3 })).json()) as {
      readonly usage: { readonly prompt_tokens: number };
    };
    expect(records).toMatchObject([
      {
        usage: { promptTokens: reply.usage.prompt_tokens, completionTokens: 9 },
        choices: [{ finish: 'stop' }, { finish: 'stop' }, { finish: 'stop' }],
      },
    ]);
  });
});

test('observers see what was asked and every part of every choice, non-streaming replies included', async () => {
  const seen: unknown[] = [];
  const { ask } = await recording(
    {},
    {
      began: (request, model, asked) => void seen.push([request.dialect, model.name, asked]),
      parts: (_, choice, parts) => {
        for (const part of parts) if ('text' in part) seen.push([choice, part.text]);
      },
    },
  );
  await (await ask('/v1/chat/completions', { messages, n: 2 })).text();
  expect(seen).toEqual([
    ['openai-chat', testModel, messages],
    ...[0, 1].flatMap((choice) => [
      [choice, 'hm'],
      [choice, 'ok'],
    ]),
  ]);
});
