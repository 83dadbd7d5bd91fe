// What happens to a request while its model speaks: it is asked to end its thinking, or nothing moves for long.
import { describe, expect, test } from 'vitest';
import { createPrincipal, type Principal } from '../traffic/index.ts';
import { startGateway, testKey, testModel } from './testing.ts';

const thought = Array.from({ length: 500 }, () => ' hm');
const messages = [{ role: 'user' as const, content: 'hi' }];
const principals: Readonly<Record<string, Principal>> = Object.fromEntries(
  ['one', 'another'].map((account) => {
    const names = { organisation: 'o', account, principalId: account, keyId: account, cacheScope: account };
    const may = { scopes: new Set(['inference'] as const), models: null, region: null };
    return [
      `key-of-${account}`,
      createPrincipal({ ...names, ...may, revoked: new AbortController().signal }),
    ];
  }),
);
const key = { authorization: `Bearer ${testKey}` };

describe('ending the thinking of a running request', () => {
  test.each([
    ['the id in the body', (id: string) => id],
    ['the id of the header', (id: string) => id.replace('chatcmpl_', 'req_')],
  ])('by %s makes it answer at once', async (_, named) => {
    await using server = await startGateway({ reply: () => thought, tokensPerSecond: 100 });
    const stream = await server.client.chat.completions.create({ model: testModel, messages, stream: true });
    let [ended, answer] = [0, ''];
    for await (const chunk of stream) {
      const url = `${server.url}/v1/requests/${named(chunk.id)}/end-thinking`;
      if (ended === 0) ended = (await fetch(url, { method: 'POST', headers: key })).status;
      answer += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) {
        expect(chunk).toMatchObject({ x_tiegel: { thinking: { outcome: 'closed', stopped_by: 'request' } } });
      }
      if (answer.length > 10) break;
    }
    expect(ended).toBe(200);
    expect(answer).not.toBe('');
  });

  test('is for the account alone whose request it is', async () => {
    const keys = { givenByOperator: true, authenticate: (key: string) => principals[key] };
    await using server = await startGateway(
      { reply: () => thought, failure: () => ({ type: 'hang', afterTokens: 3 }) },
      { keys },
    );
    const stop = new AbortController();
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-of-one', 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, messages, stream: true }),
      signal: stop.signal,
    });
    const url = `${server.url}/v1/requests/${response.headers.get('x-request-id')}/end-thinking`;
    const by = async (key: string): Promise<number> =>
      (await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` } })).status;
    expect(await by('key-of-another')).toBe(404);
    expect(await by('key-of-one')).toBe(200);
    stop.abort();
  });

  test('that does not run is a 404, and nobody may without the key', async () => {
    await using server = await startGateway({});
    const url = `${server.url}/v1/requests/req_0_0/end-thinking`;
    const response = await fetch(url, { method: 'POST', headers: key });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { tgl_code: 'TGL_REQUEST_NOT_RUNNING' } },
    ]);
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
  });
});

describe('a stream on which nothing moves', () => {
  test('is kept alive with comments, which no client shows', async () => {
    await using server = await startGateway(
      { reply: () => ['hm', '</think>', 'ok'], failure: () => ({ type: 'hang', afterTokens: 1 }) },
      { limits: { silenceMs: 40 } },
    );
    const stop = new AbortController();
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...key, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, messages, stream: true }),
      signal: stop.signal,
    });
    let text = '';
    for await (const piece of response.body as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString();
      if (text.split(': ping\n\n').length > 2) break;
    }
    stop.abort();
    expect(text).toContain('"reasoning":"hm"');
  });

  test('before its first token is kept alive too, and a later failure is then an error event', async () => {
    await using server = await startGateway(
      { reply: () => ['hm'], failure: () => ({ type: 'hang', afterTokens: 0 }) },
      { limits: { silenceMs: 40 } },
    );
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...key, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, messages, stream: true }),
    });
    expect(response.status).toBe(200);
    const draining = server.gateway.drain(20);
    const text = await response.text();
    await draining;
    expect(text).toMatch(/^: ping\n\n/);
    expect(text).toContain('"tgl_code":"TGL_DRAINING"');
    expect(text).not.toContain('[DONE]');
  });
});

test('it is ready while it has models and takes requests', async () => {
  await using server = await startGateway({});
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await using empty = await startGateway({}, { models: { list: () => [], resolve: () => undefined } });
  expect((await fetch(`${empty.url}/readyz`)).status).toBe(503);
});
