// Who asks: what a key may be used for, and what happens to its requests when it is revoked.
import { expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import { createPrincipal, type Principal, type RequestRecord } from '../traffic/index.ts';
import { startGateway, testModel } from './testing.ts';

const messages = [{ role: 'user', content: 'hi' }];

/** Keys of principals of each role, and the one that revokes them. */
function keyRing() {
  const revocation = new AbortController();
  const roles = ['inference', 'operator', 'auditor'] as const;
  const principals = new Map<string, Principal>(
    roles.map((role) => {
      const facts = { organisation: 'o', account: role, keyId: role, region: null, cacheScope: role };
      return [`key-of-${role}`, createPrincipal({ ...facts, role, revoked: revocation.signal })];
    }),
  );
  const keys = { givenByOperator: true, authenticate: (key: string) => principals.get(key) };
  return { keys, revocation };
}

test.each([
  ['inference', 200],
  ['operator', 200],
  ['auditor', 403],
])('a key for the role %s gets %i for a completion', async (role, status) => {
  const records: RequestRecord[] = [];
  await using server = await startGateway(
    { reply: () => ['</think>', 'ok'] },
    { keys: keyRing().keys, observers: [{ ended: (record) => void records.push(record) }] },
  );
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer key-of-${role}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, messages }),
  });
  expect(response.status).toBe(status);
  expect(records).toMatchObject([{ principal: { account: role } }]);
  if (status === 403) expect(await response.text()).toContain('"tgl_code":"TGL_ROLE_FORBIDDEN"');
});

test('a running stream ends with the reason when its key is revoked', async () => {
  const { keys, revocation } = keyRing();
  await using server = await startGateway(
    { reply: () => ['</think>', 'so', ' on'], failure: () => ({ type: 'hang', afterTokens: 2 }) },
    { keys },
  );
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-of-inference', 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, messages, stream: true }),
  });
  revocation.abort(new TiegelError('TGL_UNAUTHENTICATED', { problem: 'the key was revoked' }));
  const text = await response.text();
  expect(text).toContain('the key was revoked');
  expect(text).not.toContain('[DONE]');
  expect(server.engine.load().active).toBe(0);
});
