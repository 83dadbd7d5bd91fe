// How whoever asks is found: by a key in one of two headers, or by the cookie of a session.
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import type { GatewayRequest } from '../request.ts';
import { keysOf, principalOf } from '../testing.ts';
import { createAccess, type GatewayKeys, mayAsk, type RouteScope } from './access.ts';

const key = 'tgl_key';
const cookie = 'tiegel_session=tgl_ss_secret';
const host = 'localhost';

type Headers = Readonly<Record<string, string>>;

function asking(headers: Headers, method = 'GET'): GatewayRequest {
  const raw = { method, headers: { host, ...headers }, socket: { remoteAddress: '192.0.2.1' } };
  return { raw: raw as unknown as IncomingMessage, principal: null } as unknown as GatewayRequest;
}

/** The code of the refusal; undefined where it passes. */
function refusal(keys: GatewayKeys, headers: Headers, scope: RouteScope = 'any', method = 'GET'): unknown {
  try {
    createAccess(keys).authorise(asking(headers, method), scope);
    return undefined;
  } catch (error) {
    return TiegelError.isInstance(error) ? error.code : error;
  }
}

describe('a key', () => {
  const keys = keysOf(key);

  test.each<[string, Headers]>([
    ['as a bearer', { authorization: `Bearer ${key}` }],
    ['as a bearer, however that is written', { authorization: `bEARER   ${key}` }],
    ['in the header of Anthropic’s clients', { 'x-api-key': key }],
    ['as a bearer beside that header', { authorization: `Bearer ${key}`, 'x-api-key': 'other' }],
  ])('is read %s', (_, headers) => {
    expect(refusal(keys, headers)).toBeUndefined();
  });

  test.each<[string, Headers]>([
    ['nowhere', {}],
    ['behind another scheme', { authorization: `Basic ${key}` }],
    ['without a scheme', { authorization: key }],
    ['behind another word', { authorization: `My Bearer ${key}` }],
    ['before another word', { authorization: `Bearer ${key} more` }],
    ['beside a scheme that is none', { authorization: 'Basic x', 'x-api-key': key }],
    ['beside an empty header', { authorization: '', 'x-api-key': key }],
  ])('that stands %s is none', (_, headers) => {
    expect(refusal(keys, headers)).toBe('TGL_UNAUTHENTICATED');
  });

  test('is asked for wherever a route is not public, and does what its scopes say', () => {
    const reading: GatewayKeys = {
      givenByOperator: true,
      authenticate: () => principalOf({ scopes: new Set(['models:read']) }),
    };
    const headers = { 'x-api-key': key };
    expect(refusal(reading, headers, 'models:read')).toBeUndefined();
    expect(refusal(reading, headers, 'any')).toBeUndefined();
    expect(refusal(reading, headers, 'inference')).toBe('TGL_SCOPE_MISSING');
    expect([refusal(reading, {}, 'public'), refusal(reading, {}, 'any')]).toEqual([
      undefined,
      'TGL_UNAUTHENTICATED',
    ]);
  });

  test('is checked with the address that shows it, and its holder is noted, whatever they then may do', () => {
    const shown: unknown[] = [];
    const principal = principalOf({ scopes: new Set() });
    const access = createAccess({
      givenByOperator: true,
      authenticate: (...given) => {
        shown.push(given);
        return principal;
      },
    });
    const request = asking({ 'x-api-key': key });
    expect(() => access.authorise(request, 'inference')).toThrow(TiegelError);
    expect([shown, request.principal]).toEqual([[[key, '192.0.2.1']], principal]);
  });
});

describe('a session', () => {
  const seen: unknown[] = [];
  const keys: GatewayKeys = {
    ...keysOf(key),
    authenticateSession: (...given) => {
      seen.push(given);
      return principalOf();
    },
  };

  test('is found by its cookie, with the account that is named and whether a model is asked', () => {
    expect(refusal(keys, { cookie })).toBeUndefined();
    expect(refusal(keys, { cookie, 'x-tiegel-account': 'acc_2' }, 'inference')).toBeUndefined();
    expect(seen.splice(0)).toEqual([
      ['tgl_ss_secret', { account: undefined, asksModel: false }],
      ['tgl_ss_secret', { account: 'acc_2', asksModel: true }],
    ]);
  });

  test.each<[string, Headers]>([
    ['beside a wrong key', { cookie, 'x-api-key': 'wrong' }],
    ['beside a scheme that is none', { cookie, authorization: 'Basic x' }],
    ['without its cookie', { cookie: 'other=1' }],
    ['without any cookie', {}],
  ])('is not asked for %s', (_, headers) => {
    expect([refusal(keys, headers), seen.splice(0)]).toEqual(['TGL_UNAUTHENTICATED', []]);
  });

  test('is nobody’s where nobody signs in, and of pages of this server alone', () => {
    expect(refusal(keysOf(key), { cookie })).toBe('TGL_UNAUTHENTICATED');
    expect(refusal(keys, { cookie, 'sec-fetch-site': 'cross-site' })).toBe('TGL_SESSION_ORIGIN');
    expect([refusal(keys, { cookie }, 'any', 'POST'), seen]).toEqual(['TGL_SESSION_ORIGIN', []]);
  });
});

test('a key for some models may ask these, by either name', () => {
  const some = principalOf({ models: ['qwen'] });
  expect(['qwen', 'qwen:latest', 'qwen:8b', 'other'].map((name) => mayAsk(some, name))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([mayAsk(principalOf(), 'other'), mayAsk(null, 'other')]).toEqual([true, true]);
});
