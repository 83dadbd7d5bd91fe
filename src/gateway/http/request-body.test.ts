// What is read as the body of a request, and what is not.
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { clientGone } from '../request.ts';
import { parseJsonBody, readBody } from './request-body.ts';

function bodyOf(pieces: readonly string[], headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const stream = new PassThrough();
  for (const piece of pieces) stream.write(piece);
  stream.end();
  return Object.assign(stream, {
    headers: { 'content-type': 'application/json', ...headers },
  }) as unknown as IncomingMessage;
}

test.each([
  ['in one piece', ['{"a":1}'], '{"a":1}'],
  ['in several', ['{"a"', ':', '1}'], '{"a":1}'],
  ['of nothing', [], ''],
])('a body %s is read whole', async (_, pieces, whole) => {
  expect((await readBody(bodyOf(pieces), 7)).toString()).toBe(whole);
});

test('a body as long as the limit is read, and none that is longer, whether it says so or not', async () => {
  expect(await readBody(bodyOf(['12', '34'], { 'content-length': '4' }), 4)).toHaveLength(4);
  for (const headers of [{}, { 'content-length': '5' }] as Record<string, string>[])
    await expect(readBody(bodyOf(['12', '345'], headers), 4)).rejects.toMatchObject({
      code: 'TGL_REQUEST_TOO_LARGE',
      details: { limit: 4 },
    });
  // What says that it is longer is not read at all.
  await expect(readBody(bodyOf([], { 'content-length': '5' }), 4)).rejects.toMatchObject({
    code: 'TGL_REQUEST_TOO_LARGE',
  });
});

test.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json ;x'])(
  'the type %s is that of JSON',
  async (type) => {
    expect(await readBody(bodyOf(['1'], { 'content-type': type }), 9)).toHaveLength(1);
  },
);

test.each([
  '',
  'text/plain',
  'application/jsonx',
  'application/json-seq',
  'x-application/json',
  'text/plain; application/json',
])('the type %j is not', async (type) => {
  await expect(readBody(bodyOf(['1'], { 'content-type': type }), 9)).rejects.toMatchObject({
    code: 'TGL_REQUEST_INVALID',
    message: expect.stringContaining('application/json'),
  });
});

test('a connection that ends before its body does belongs to a client that has gone', async () => {
  const stream = Object.assign(new PassThrough(), { headers: { 'content-type': 'application/json' } });
  stream.write('{');
  const reading = readBody(stream as unknown as IncomingMessage, 9);
  stream.destroy(new Error('aborted'));
  await expect(reading).rejects.toBe(clientGone);
});

test('a value is nested 128 levels deep at most', () => {
  const nested = (levels: number): Buffer => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
  expect(JSON.stringify(parseJsonBody(nested(128)))).toBe(nested(128).toString());
  expect(() => parseJsonBody(nested(129))).toThrow('nested deeper than 128 levels');
});

test('bytes that are no UTF-8, or no JSON, are refused as what they are', () => {
  expect(() => parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
  expect(() => parseJsonBody(Buffer.from('{"a":'))).toThrow('not valid JSON');
  expect(parseJsonBody(Buffer.from('{"ä":"€"}'))).toEqual({ ä: '€' });
});
