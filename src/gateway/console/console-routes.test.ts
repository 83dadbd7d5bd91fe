// The files of the console over HTTP: to whom `/` leads there, how they are held, kept and encoded, and that no name is a path.
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningGateway, sendRaw, startGateway } from '../testing.ts';
import { chosenEncoding } from './chosen-encoding.ts';
import { exampleConsole } from './testing.ts';

let server: RunningGateway;
beforeEach(async () => {
  server = await startGateway({}, { console: exampleConsole });
});
afterEach(() => server[Symbol.asyncDispose]());

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly text: string };

/** Without the headers that fetch adds of its own. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(server.url + path, { method, headers }, async (response) => {
      let text = '';
      for await (const piece of response.setEncoding('utf8')) text += piece;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sent.on('error', reject).end();
  });
}

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('`/` is the console to a browser and a word to everybody else', async () => {
  expect((await get('/', browser)).text).toBe('<!doctype html><title>Tiegel</title>');
  for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }] as Record<string, string>[])
    expect((await get('/', headers)).text).toBe('Tiegel is running');
  expect((await get('/', browser)).headers.vary).toContain('accept');
});

test('without a console `/` stays a word, also to a browser', async () => {
  await using bare = await startGateway({});
  const response = await fetch(`${bare.url}/`, { headers: browser });
  expect(await response.text()).toBe('Tiegel is running');
});

test('every page is the same file, held by a policy without exceptions', async () => {
  for (const path of ['/sign-in', '/console', '/console/playground', '/console/unknown']) {
    const { status, headers } = await get(path);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'.*frame-ancestors 'none'.*trusted-types/,
    );
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' });
  }
});

test('a file whose name holds its digest is kept for ever, and is sent once', async () => {
  const first = await get('/console/assets/example', { 'accept-encoding': 'gzip, br' });
  expect(first.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-encoding': 'br',
    'content-type': 'text/javascript; charset=utf-8',
  });
  const etag = String(first.headers.etag);
  const again = await get('/console/assets/example', { 'accept-encoding': 'br', 'if-none-match': etag });
  expect([again.status, again.text]).toEqual([304, '']);
  // The same content in another encoding is another representation.
  expect((await get('/console/assets/example', { 'if-none-match': etag })).status).toBe(200);
  const head = await get('/console/assets/example', {}, 'HEAD');
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '10']);
});

test('no name leads out of the console', async () => {
  const names = ['..%2f..%2fpackage.json', '%2e%2e%2findex.html', 'example%00', '__proto__'];
  for (const name of names) expect((await get(`/console/assets/${name}`)).status).not.toBe(200);
  const raw = await sendRaw(
    server.port,
    'GET /console/assets/../../package.json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
  );
  expect(raw).toMatch(/^HTTP\/1.1 4\d\d /);
});

describe('the encoding of a file', () => {
  test.each([
    [undefined, 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['*', 'br'],
    ['identity', 'identity'],
    ['gzip;q=0', 'identity'],
  ])('for Accept-Encoding %s is %s', (header, encoding) => {
    expect(chosenEncoding(header, true)).toBe(encoding);
    expect(chosenEncoding(header, false)).toBe('identity');
  });
});
