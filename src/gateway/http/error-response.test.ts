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
