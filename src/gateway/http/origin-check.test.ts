// Which Host and Origin a server takes for its own, by where it listens.
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import { isLoopback, originCheck } from './origin-check.ts';

test.each([
  ['localhost', true],
  ['::1', true],
  ['127.0.0.1', true],
  ['127.255.0.7', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.7', false],
  ['127.0.0.1.evil.example', false],
  ['x127.0.0.1', false],
  ['127.0.0', false],
  ['1270.0.0.1', false],
])('only this machine reaches a server on %s: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

function asking(host: string, origin?: string, more: Partial<IncomingMessage> = {}): IncomingMessage {
  const rawHeaders = ['Accept', 'host', 'HoSt', host];
  return {
    url: '/',
    headers: { host, ...(origin !== undefined && { origin }) },
    rawHeaders,
    ...more,
  } as IncomingMessage;
}

/** The code and the header that a request is refused for; undefined where it passes. */
function refusal(check: (request: IncomingMessage) => void, request: IncomingMessage): unknown {
  try {
    check(request);
    return undefined;
  } catch (error) {
    if (!TiegelError.isInstance(error)) throw error;
    return error.details.header ?? error.code;
  }
}

describe('on loopback', () => {
  const check = originCheck('127.0.0.1', ['Models.Example']);

  test.each([
    'localhost',
    'LOCALHOST:8484',
    '127.0.0.1:1',
    '[::1]:80',
    'models.example',
    'MODELS.example:65535',
  ])('the Host %s is its own', (host) => {
    expect(refusal(check, asking(host))).toBeUndefined();
  });

  test.each([
    ...[
      '',
      '10.0.0.7',
      '127.0.0.2',
      '[::2]',
      'models.example.evil',
      'evil.models.example',
      'localhost:',
      'localhost:x',
    ],
    ...['localhost:123456', 'localhost/', 'user@localhost', '[::1', `${'a'.repeat(254)}`],
  ])('the Host %j is not', (host) => {
    expect(refusal(check, asking(host))).toBe('Host');
  });
});

describe('beyond loopback', () => {
  test.each([
    ['0.0.0.0', '10.0.0.7:8484'],
    ['0.0.0.0', '[2001:db8::7]'],
    ['2001:db8::7', '[2001:db8::7]:8484'],
    ['gateway.example', 'gateway.example'],
  ])('a server on %s is asked as %s', (host, asked) => {
    expect(refusal(originCheck(host, []), asking(asked))).toBeUndefined();
  });

  test.each(['evil.example', 'a10.0.0.7', '10.0.0.7.evil', '10.0.0', '1000.0.0.7', '10.0.0.7.8'])(
    'but not as %s, which is a name',
    (asked) => {
      expect(refusal(originCheck('0.0.0.0', []), asking(asked))).toBe('Host');
    },
  );
});

test('an Origin is its own by either scheme and the very same port, or one that was allowed, however it is written', () => {
  const check = originCheck('127.0.0.1', [], ['https://chat.example']);
  for (const origin of [
    undefined,
    'http://localhost:8484',
    'https://localhost:8484',
    'https://chat.example',
    'HTTPS://CHAT.example',
  ])
    expect([origin, refusal(check, asking('localhost:8484', origin))]).toEqual([origin, undefined]);
  for (const origin of [
    'http://localhost',
    'http://127.0.0.1:8484',
    'ftp://localhost:8484',
    'http://chat.example',
    'null',
    '',
  ])
    expect([origin, refusal(check, asking('localhost:8484', origin))]).toEqual([origin, 'Origin']);
});

test('a target is a path, and there is one Host', () => {
  const check = originCheck('127.0.0.1', []);
  for (const url of ['*', 'http://localhost/', '', undefined])
    expect(refusal(check, asking('localhost', undefined, { url: url as string }))).toBe(
      'TGL_REQUEST_INVALID',
    );
  for (const rawHeaders of [[], ['Host', 'localhost', 'host', 'localhost'], ['Hosts', 'localhost']])
    expect(refusal(check, asking('localhost', undefined, { rawHeaders }))).toBe('Host');
  // A value is no name.
  expect(
    refusal(check, asking('localhost', undefined, { rawHeaders: ['Host', 'localhost', 'A', 'host'] })),
  ).toBeUndefined();
});
