import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningGateway, sendRaw, startGateway, testKey, testModel } from './testing.ts';

let server: RunningGateway;
beforeAll(async () => {
  server = await startGateway({ reply: () => ['</think>', 'ok'] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const key = `Authorization: Bearer ${testKey}\r\n`;
const get = (headers: string): string => `GET /v1/models HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
const statusOf = (response: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1]);

describe('host and origin', () => {
  test.each([
    ['the address itself', () => `127.0.0.1:${server.port}`, 200],
    ['localhost', () => 'localhost', 200],
    ['loopback of IPv6', () => '[::1]:80', 200],
    ['a foreign name', () => 'evil.example', 403],
    ['a foreign name with our port', () => `evil.example:${server.port}`, 403],
    ['a name that begins like ours', () => 'localhost.evil.example', 403],
    ['another address', () => '192.168.1.7', 403],
    ['nothing', () => '', 403],
    ['a path', () => 'localhost/x', 403],
    ['credentials', () => 'localhost@evil.example', 403],
  ])('Host with %s', async (_, host, status) => {
    expect(statusOf(await sendRaw(server.port, get(`Host: ${host()}\r\n${key}`)))).toBe(status);
  });

  test('Host twice, or not at all', async () => {
    expect(statusOf(await sendRaw(server.port, get(`Host: localhost\r\nHost: localhost\r\n${key}`)))).toBe(
      403,
    );
    expect(statusOf(await sendRaw(server.port, get(key)))).toBe(400);
    expect(statusOf(await sendRaw(server.port, `GET /v1/models HTTP/1.0\r\n${key}\r\n`))).toBe(403);
  });

  test.each([
    ['our own', 'http://localhost', 200],
    ['foreign', 'https://evil.example', 403],
    ['another port of this machine', 'http://localhost:3000', 403],
    ['opaque', 'null', 403],
    ['empty', '', 403],
  ])('Origin %s', async (_, origin, status) => {
    const response = await sendRaw(server.port, get(`Host: localhost\r\nOrigin: ${origin}\r\n${key}`));
    expect(statusOf(response)).toBe(status);
    expect(response.toLowerCase()).not.toContain('access-control-');
  });

  test('are checked before the key, on every route', async () => {
    for (const path of ['/healthz', '/', '/v1/chat/completions']) {
      const response = await sendRaw(server.port, `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`);
      expect(statusOf(response)).toBe(403);
    }
  });
});

describe('requests that are ambiguous or malformed are refused', () => {
  const post = (headers: string, body: string): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n${key}Content-Type: application/json\r\n${headers}\r\n\r\n${body}`;
  test.each([
    ['length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 3', '{}')],
    ['a folded header', post('X-A: b\r\n c: d\r\nContent-Length: 2', '{}')],
    ['a bare line feed', `GET /v1/models HTTP/1.1\nHost: localhost\n${key}\n`],
    ['a negative length', post('Content-Length: -1', '')],
    ['a chunk size that overflows', post('Transfer-Encoding: chunked', 'fffffffffffffffff\r\n{}\r\n')],
    ['an unknown transfer coding', post('Transfer-Encoding: chunked, identity', '2\r\n{}\r\n0\r\n\r\n')],
    ['NUL in a header', post('X-A: a\0b\r\nContent-Length: 2', '{}')],
    ['binary', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['headers beyond the limit', get(`Host: localhost\r\nX-A: ${'a'.repeat(20_000)}\r\n`)],
    ['ten thousand headers', get(`Host: localhost\r\n${'a: b\r\n'.repeat(10_000)}`)],
    ['another media type', post('Content-Length: 2', '{}').replace('application/json', 'text/plain')],
    ['no body', post('Content-Length: 0', '')],
    ['half a document', post('Content-Length: 5', '{"a":')],
    ['bytes that are not UTF-8', Buffer.from(post('Content-Length: 4', '"\xff\xfe"'), 'latin1')],
  ])('%s', async (_, bytes) => {
    const response = await sendRaw(server.port, bytes);
    expect(statusOf(response)).toBeGreaterThanOrEqual(400);
    expect(statusOf(response)).toBeLessThan(500);
    expect(response).toContain('"tgl_code":"TGL_');
  });

  test('a target that names another server is refused, whatever its Host says', async () => {
    const bytes = `GET http://evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n${key}Connection: close\r\n\r\n`;
    expect(statusOf(await sendRaw(server.port, bytes))).toBe(400);
  });
});

describe('bodies are counted as they are read', () => {
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n${key}Content-Type: application/json\r\n`;
  const tooMuch = ' '.repeat(1024 * 1024 + 1);
  test.each([
    ['with a length', `${head}Content-Length: ${tooMuch.length}\r\n\r\n${tooMuch}`],
    [
      'in chunks',
      `${head}Transfer-Encoding: chunked\r\n\r\n${tooMuch.length.toString(16)}\r\n${tooMuch}\r\n0\r\n\r\n`,
    ],
  ])('%s', async (_, bytes) => {
    const response = await sendRaw(server.port, bytes);
    expect(statusOf(response)).toBe(413);
    expect(response).toContain('1048576');
  });
});

describe('slow clients are hung up on', () => {
  test.each([
    ['in the headers', 'GET /v1/models HTTP/1.1\r\nHost: localhost\r\n'],
    [
      'in the body',
      `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n${key}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{`,
    ],
  ])('%s', async (_, bytes) => {
    await using impatient = await startGateway({}, { limits: { headerMs: 200, bodyMs: 400 } });
    const response = await sendRaw(impatient.port, bytes);
    expect(statusOf(response)).toBe(408);
  });
});

test.each([
  ['UTF-16', Buffer.from(testKey, 'utf16le').toString('latin1')],
  ['a blank', 'a b'],
  ['the key without its scheme', `\r\nX-Key: ${testKey}`],
])('a bearer value of %s is refused', async (_, value) => {
  const bytes = Buffer.from(get(`Host: localhost\r\nAuthorization: Bearer ${value}\r\n`), 'latin1');
  expect([400, 401, 431]).toContain(statusOf(await sendRaw(server.port, bytes)));
});

test('a bearer value of two megabytes is refused by its first kilobytes, without waiting for the rest', async () => {
  const beginning = get(`Host: localhost\r\nAuthorization: Bearer ${'k'.repeat(2_000_000)}\r\n`).slice(
    0,
    32_768,
  );
  expect(statusOf(await sendRaw(server.port, beginning))).toBe(431);
});

describe('bodies of any shape', () => {
  async function postStatus(body: string): Promise<number> {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body,
    });
    await response.arrayBuffer();
    return response.status;
  }
  const base = { model: testModel, messages: [{ role: 'user', content: 'hi' }] };

  test('are answered or refused, never a fault of ours', async () => {
    const field = fc.constantFrom(
      ...[
        'model',
        'messages',
        'stream',
        'stop',
        'seed',
        'temperature',
        'n',
        'metadata',
        'user',
        '__proto__',
        'constructor',
      ],
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 5 }),
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.integer(),
    );
    await fc.assert(
      fc.asyncProperty(field, value, async (name, content) => {
        const entries = Object.entries(base).filter(([key]) => key !== name);
        const members = [...entries, [name, content] as const].map(
          ([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item) ?? 'null'}`,
        );
        expect([200, 400, 404]).toContain(await postStatus(`{${members.join(',')}}`));
      }),
      { numRuns: 300 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each([
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['the same, closed', `{"model":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a number of a megabyte', `{"seed":1${'0'.repeat(1_000_000)}}`],
    ['a lone surrogate', '{"model":"scripted","messages":[{"role":"user","content":"\\ud800"}]}'],
    ['a prototype', '{"__proto__":{"stream":true},"constructor":{"prototype":{"a":1}}}'],
    ['a NUL in the model', '{"model":"\\u0000","messages":[{"role":"user","content":"x"}]}'],
  ])('%s', async (_, body) => {
    expect([400, 404]).toContain(await postStatus(body));
  });
});

test('it still serves after all of this', async () => {
  const completion = await server.client.chat.completions.create({
    model: testModel,
    messages: [{ role: 'user', content: 'hi' }],
  });
  expect(completion.choices[0]?.message.content).toBe('ok');
});
