// Pages of other origins: those that the operator allowed can use the server as the clients of the APIs do in a browser, and
// no other one can. HEAD, and the routes that say whether the server lives.
import { describe, expect, test } from 'vitest';
import { parseOrigin } from '../base/index.ts';
import { allRoutes } from './example-requests.ts';
import { startGateway, testKey, testModel } from './testing.ts';

const page = 'https://chat.example';
const authorization = `Bearer ${testKey}`;
const allowing = { allowedOrigins: [page, 'chrome-extension://abc'] };

/** What the clients send from a page, as a browser announces it. */
const sentByClients = {
  openai:
    'authorization,content-type,openai-organization,x-stainless-arch,x-stainless-lang,x-stainless-os,x-stainless-package-version,x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version,x-stainless-timeout',
  anthropic:
    'anthropic-beta,anthropic-dangerous-direct-browser-access,anthropic-version,content-type,x-api-key,x-stainless-helper-method',
  ollama: 'authorization,content-type',
};

describe('a page of an origin that was allowed', () => {
  test.each(Object.entries(sentByClients))('passes the preflight of %s', async (_, headers) => {
    await using server = await startGateway({}, allowing);
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin: page,
        'access-control-request-method': 'POST',
        'access-control-request-headers': headers,
        'access-control-request-private-network': 'true',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(page);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')?.split(', ')).toEqual(headers.split(','));
    expect(response.headers.get('access-control-allow-private-network')).toBe('true');
    expect(response.headers.get('vary')).toContain('Origin');
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });

  test('may read answers, streams and refusals', async () => {
    await using server = await startGateway({ reply: () => ['</think>', 'yes'] }, allowing);
    const ask = (body: object, key = authorization) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { origin: page, authorization: key, 'content-type': 'application/json' },
        body: JSON.stringify({ model: testModel, messages: [{ role: 'user', content: 'hi' }], ...body }),
      });
    const answers = [
      await ask({}),
      await ask({ stream: true }),
      await ask({ top_p: 7 }),
      await ask({}, 'Bearer no'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 401]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(page);
      expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
      expect(headers.get('vary')).toBe('Origin');
    }
    await Promise.all(answers.map((answer) => answer.text()));
  });

  test('needs the key like everybody', async () => {
    await using server = await startGateway({}, allowing);
    expect((await fetch(`${server.url}/v1/models`, { headers: { origin: page } })).status).toBe(401);
  });

  test('is known however it is written, and may be an extension', async () => {
    await using server = await startGateway({}, allowing);
    for (const origin of ['https://chat.example', 'HTTPS://CHAT.example', 'chrome-extension://abc']) {
      const response = await fetch(`${server.url}/v1/models`, { headers: { origin, authorization } });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    }
  });
});

describe('a page of any other origin', () => {
  test.each([
    'https://evil.example',
    'http://chat.example',
    'https://chat.example:444',
    'https://chat.example.evil',
    'null',
  ])('%s gets nothing', async (origin) => {
    await using server = await startGateway({}, allowing);
    for (const method of ['OPTIONS', 'GET']) {
      const headers = { origin, authorization, 'access-control-request-method': 'POST' };
      const response = await fetch(`${server.url}/v1/models`, { method, headers });
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  test('gets nothing where no origin was allowed', async () => {
    await using server = await startGateway({});
    const response = await fetch(`${server.url}/v1/models`, { headers: { origin: page, authorization } });
    expect(response.status).toBe(403);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

test.each([
  ['https://Chat.Example', 'https://chat.example'],
  ['https://chat.example:443', 'https://chat.example'],
  ['http://[::1]:3000', 'http://[::1]:3000'],
  ['tauri://localhost', 'tauri://localhost'],
  ['*', undefined],
  ['null', undefined],
  ['https://chat.example/', undefined],
  ['chat.example', undefined],
  ['https://a,https://b', undefined],
])('the origin %s is read as %s', (text, origin) => {
  expect(parseOrigin(text)).toBe(origin);
});

test('HEAD answers wherever GET does, with the same head and no body', async () => {
  await using server = await startGateway({});
  const paths = allRoutes.filter(({ method }) => method === 'GET').map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(8);
  for (const path of paths) {
    const url = server.url + path.replace('{name}', testModel);
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => fetch(url, { method, headers: { authorization } })),
    );
    expect([path, head?.status]).toEqual([path, get?.status]);
    expect(head?.headers.get('content-type')).toBe(get?.headers.get('content-type'));
    expect(await head?.text()).toBe('');
  }
  expect((await fetch(`${server.url}/v1/models`, { method: 'HEAD' })).status).toBe(401);
});

test('what only says that the server lives needs no key', async () => {
  await using server = await startGateway({});
  for (const path of ['/healthz', '/health']) {
    expect(await (await fetch(server.url + path)).json()).toEqual({ status: 'ok' });
  }
  expect(await (await fetch(`${server.url}/`)).text()).toBe('Tiegel is running');
});

test('/metrics needs a key unless it was opened', async () => {
  await using closed = await startGateway({});
  expect((await fetch(`${closed.url}/metrics`)).status).toBe(401);
  expect((await fetch(`${closed.url}/metrics`, { headers: { authorization } })).status).toBe(200);
  await using open = await startGateway({}, { openMetrics: true });
  expect((await fetch(`${open.url}/metrics`)).status).toBe(200);
});
