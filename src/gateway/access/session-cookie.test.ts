// The cookie of a session: how it is set, read and ended, and which pages may send it.
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import {
  cookieOf,
  endedCookies,
  isSecure,
  refuseForeignPage,
  requireOwnPage,
  sessionCookie,
  sessionSecretOf,
} from './session-cookie.ts';

const raw = (headers: Readonly<Record<string, string>>, method = 'GET'): IncomingMessage =>
  ({ method, headers: { host: 'localhost:1', ...headers } }) as unknown as IncomingMessage;

test('a cookie is read by its whole name, wherever it stands', () => {
  expect(cookieOf('a=1; b=2;c= 3 ', 'a')).toBe('1');
  expect(cookieOf('a=1; b=2;c= 3 ', 'b')).toBe('2');
  expect(cookieOf('a=1; b=2;c= 3 ', 'c')).toBe('3');
  expect(cookieOf('ab=1; A=2', 'a')).toBeUndefined();
  expect([cookieOf('', 'a'), cookieOf('a', 'a'), cookieOf('a=', 'a')]).toEqual([undefined, undefined, '']);
});

test('of two sessions the one counts that was bound to this host', () => {
  const [plain, bound] = ['tiegel_session=plain', '__Host-tiegel_session=bound'];
  expect(sessionSecretOf(raw({ cookie: plain }))).toBe('plain');
  for (const cookie of [bound, `${plain}; ${bound}`, `${bound}; ${plain}`])
    expect(sessionSecretOf(raw({ cookie }))).toBe('bound');
  expect([sessionSecretOf(raw({})), sessionSecretOf(raw({ cookie: 'x=1' }))]).toEqual([undefined, undefined]);
});

test('it lasts for whole seconds, never less than none, and over TLS is sent over TLS alone', () => {
  const kept = 'Path=/; HttpOnly; SameSite=Strict; Max-Age=';
  expect(sessionCookie({ secret: 's', seconds: 59.9, isSecure: false })).toBe(`tiegel_session=s; ${kept}59`);
  expect(sessionCookie({ secret: 's', seconds: -1, isSecure: true })).toBe(
    `__Host-tiegel_session=s; ${kept}0; Secure`,
  );
  expect(endedCookies()).toEqual([`tiegel_session=; ${kept}0`, `__Host-tiegel_session=; ${kept}0; Secure`]);
  expect([
    isSecure(raw({ origin: 'https://a' })),
    isSecure(raw({ origin: 'http://a' })),
    isSecure(raw({})),
  ]).toEqual([...[true, false, false]]);
});

/** Why a request is refused; undefined where it passes. */
function refusal(check: (request: IncomingMessage) => void, request: IncomingMessage): unknown {
  try {
    check(request);
    return undefined;
  } catch (error) {
    if (!TiegelError.isInstance(error) || error.code !== 'TGL_SESSION_ORIGIN') throw error;
    return error.details.reason;
  }
}

describe('a request with it', () => {
  const json = { 'content-type': 'application/json' };
  const own = { origin: 'http://localhost:1' };

  test.each<[string, Readonly<Record<string, string>>]>([
    ['GET', {}],
    ['HEAD', {}],
    ['OPTIONS', {}],
    ['GET', { 'sec-fetch-site': 'none' }],
    ['GET', { 'sec-fetch-site': 'same-origin' }],
    ['GET', own],
    ['POST', { ...own, ...json }],
    ['POST', { origin: 'https://localhost:1', ...json }],
    ['POST', { 'sec-fetch-site': 'same-origin', ...json }],
    ['POST', { ...own, 'content-type': 'Application/JSON; charset=utf-8' }],
    ['DELETE', own],
    ['DELETE', { ...own, ...json }],
  ])('%s %j comes from a page of this server', (method, headers) => {
    expect(refusal(requireOwnPage, raw(headers, method))).toBeUndefined();
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['GET', { origin: 'http://localhost:2' }, 'Origin'],
    ['GET', { origin: 'null' }, 'Origin'],
    ['GET', { 'sec-fetch-site': 'cross-site' }, 'Sec-Fetch-Site'],
    ['GET', { 'sec-fetch-site': 'same-site' }, 'Sec-Fetch-Site'],
    ['POST', { ...json, 'sec-fetch-site': 'none' }, 'Sec-Fetch-Site'],
    ['POST', { ...json, ...own, 'sec-fetch-site': 'cross-site' }, 'Sec-Fetch-Site'],
    ['POST', json, 'from which page'],
    ['POST', own, 'application/json'],
    ['POST', { ...own, 'content-type': 'text/plain' }, 'application/json'],
    ['POST', { ...own, 'content-type': 'text/application/json' }, 'application/json'],
    ['POST', { ...own, 'content-type': 'application/jsonp' }, 'application/json'],
    ['DELETE', {}, 'from which page'],
    ['DELETE', { ...own, 'content-type': 'text/plain' }, 'application/json'],
  ])('%s %j does not', (method, headers, reason) => {
    expect(refusal(requireOwnPage, raw(headers, method))).toContain(reason);
  });
});

test('a request without it may come from a program, which says nothing of pages', () => {
  for (const headers of [{}, { origin: 'http://localhost:1' }, { 'sec-fetch-site': 'same-origin' }])
    expect(refusal(refuseForeignPage, raw(headers as Record<string, string>, 'POST'))).toBeUndefined();
  for (const headers of [
    { origin: 'http://a' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-site' },
  ])
    expect(refusal(refuseForeignPage, raw(headers as Record<string, string>, 'POST'))).toEqual(
      expect.any(String),
    );
});
