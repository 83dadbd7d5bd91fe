// What clients are told of faults behind the gateway, and what is kept for the log.
import { expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import { errorResponse } from './error-response.ts';

test('a busy server is told with the time to come back', () => {
  const error = new TiegelError('TGL_UPSTREAM_BUSY', { model: 'far', retryAfterMs: 2500 });
  expect(errorResponse(error, 'req_1')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '3', 'x-should-retry': 'true' },
    envelope: { error: { code: 'engine_unavailable', request_id: 'req_1' } },
  });
});

test.each([
  [
    new TiegelError('TGL_UPSTREAM_UNUSABLE', { model: 'far', problem: 'it does not accept the key' }),
    502,
    false,
  ],
  [new TiegelError('TGL_ENGINE_NO_ROOM', { model: 'near', needed: 2, capacity: 1, inUse: [] }), 503, true],
  [new TiegelError('TGL_TEMPLATE_FAILED', { problem: 'two turns of the user' }), 422, false],
] as const)(
  'a declared error keeps its status, its text and its word on retrying: %s',
  (error, status, retry) => {
    const answer = errorResponse(error, 'req_1');
    expect(answer).toMatchObject({ status, headers: { 'x-should-retry': String(retry) } });
    expect(answer.envelope.error).toMatchObject({ tgl_code: error.code, message: error.message });
    expect(answer.hidden).toBeUndefined();
  },
);

test.each([
  new TiegelError('TGL_OUTBOUND_FAILED', { target: '10.0.0.7:8000', reason: 'it refuses connections' }),
  new TiegelError('TGL_DATA_DIRECTORY', { path: '/home/someone', reason: 'it is read-only' }),
  new TypeError('secret'),
])('what speaks of this machine and its servers stays in the log: %s', (error) => {
  const { status, envelope, hidden } = errorResponse(error, 'req_1');
  expect(status).toBe(500);
  expect(hidden).toBe(error);
  expect(JSON.stringify(envelope)).not.toMatch(/10\.0\.0\.7|someone|secret/);
});

test.each([
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'invalid_request_error'],
  [429, 'rate_limit_error'],
  [503, 'server_error'],
])('an error of the status %i is one of the type %s', (status, type) => {
  const errors = {
    401: new TiegelError('TGL_UNAUTHENTICATED'),
    403: new TiegelError('TGL_SCOPE_MISSING', { needed: 'inference', scopes: [] }),
    404: new TiegelError('TGL_ROUTE_UNKNOWN', { received: '"GET /"' }),
    429: new TiegelError('TGL_SIGN_IN_THROTTLED', { limit: 10, retryAfterMs: 1 }),
    503: new TiegelError('TGL_DRAINING'),
  } as const;
  const answer = errorResponse(errors[status as 401], 'req_1');
  expect([answer.status, answer.envelope.error.type]).toEqual([status, type]);
});

test('a field is named where there is one, and a time to come back where there is one', () => {
  const paramOf = (details: object): unknown =>
    errorResponse(new TiegelError('TGL_REQUEST_INVALID', { problem: 'p', ...details } as never), 'r').envelope
      .error.param;
  expect([paramOf({ field: 'a.b' }), paramOf({ field: '' }), paramOf({ field: 7 }), paramOf({})]).toEqual([
    ...['a.b', null, null, null],
  ]);
  const headersOf = (retryAfterMs: number): object =>
    errorResponse(new TiegelError('TGL_SIGN_IN_THROTTLED', { limit: 10, retryAfterMs }), 'r').headers;
  expect(headersOf(1000)).toMatchObject({ 'retry-after': '1', 'retry-after-ms': '1000' });
  expect(headersOf(1000.5)).toMatchObject({ 'retry-after': '2', 'retry-after-ms': '1001' });
  expect(errorResponse(new TiegelError('TGL_DRAINING'), 'r').headers).not.toHaveProperty('retry-after');
});

test.each([
  [{ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }, 400, 'application/json'],
  [{ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }, 413, '77'],
  [{ code: 'FST_ERR_CTP_EMPTY_JSON_BODY', statusCode: 400 }, 400, 'could not be read'],
  [{ code: 'FST_ERR_ANY', statusCode: 499 }, 400, 'could not be read'],
])('what Fastify refuses as %j is told in our words', (thrown, status, text) => {
  const { hidden, ...answer } = errorResponse(thrown, 'req_1', 77);
  expect([answer.status, hidden]).toEqual([status, undefined]);
  expect(answer.envelope.error.message).toContain(text);
});

test.each([
  [{ code: 'FST_ERR_ANY', statusCode: 500 }],
  [{ code: 'FST_ERR_ANY' }],
  [{ code: 'FST_ERR_ANY', statusCode: '400' }],
  [{ code: 'ERR_ANY', statusCode: 400 }],
  [{ code: 7, statusCode: 400 }],
  ['a text'],
  [undefined],
  [null],
])('what is thrown as %j stays in the log', (thrown) => {
  const answer = errorResponse(thrown, 'req_1');
  expect(answer).toMatchObject({ status: 500, envelope: { error: { code: 'internal_error' } } });
  expect(answer).toHaveProperty('hidden', thrown);
});
