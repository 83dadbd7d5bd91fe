// Who asks: what a key may be used for, and what happens to its requests when it is revoked.
import { expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import { createPrincipal, type Principal, type RequestRecord, type Scope } from '../traffic/index.ts';
import { startGateway, testModel } from './testing.ts';

const messages = [{ role: 'user', content: 'hi' }];

/** A key for each of these scopes alone, one for a model of its own, and what revokes them. */
function keyRing() {
  const revocation = new AbortController();
  const facts = { organisation: 'o', region: null, cacheScope: 'o', revoked: revocation.signal };
  const principal = (name: string, scope: Scope, models: readonly string[] | null): [string, Principal] => [
    `key-of-${name}`,
    createPrincipal({
      ...{ ...facts, account: name, principalId: name, keyId: name },
      ...{ scopes: new Set([scope, 'models:read']), models },
    }),
  ];
  const principals = new Map<string, Principal>([
    principal('inference', 'inference', null),
    principal('audit', 'audit:read', null),
    principal('this', 'inference', [testModel]),
    principal('other', 'inference', ['other', 'another']),
  ]);
  const keys = { givenByOperator: true, authenticate: (key: string) => principals.get(key) };
  return { keys, revocation };
}

test.each([
  ['inference', 200],
  ['this', 200],
  ['other', 403],
  ['audit', 403],
])('a key for %s gets %i for a completion', async (name, status) => {
  const records: RequestRecord[] = [];
  await using server = await startGateway(
    { reply: () => ['</think>', 'ok'] },
    { keys: keyRing().keys, observers: [{ ended: (record) => void records.push(record) }] },
  );
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer key-of-${name}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, messages }),
  });
  expect(response.status).toBe(status);
  expect(records).toMatchObject([{ principal: { account: name } }]);
  const code = name === 'audit' ? 'TGL_SCOPE_MISSING' : 'TGL_MODEL_NOT_ALLOWED';
  if (status === 403) expect(await response.text()).toContain(`"tgl_code":"${code}"`);
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
  revocation.abort(new TiegelError('TGL_KEY_REVOKED'));
  const text = await response.text();
  expect(text).toContain('"tgl_code":"TGL_KEY_REVOKED"');
  expect(text).not.toContain('[DONE]');
  expect(server.engine.load().active).toBe(0);
});

test('a key for some models is shown those alone, and told of no other whether it is there', async () => {
  await using server = await startGateway({}, { keys: keyRing().keys });
  const ask = async (path: string, name: string, body?: object) => {
    const headers = { authorization: `Bearer key-of-${name}`, 'content-type': 'application/json' };
    const response = await fetch(server.url + path, {
      headers,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Shown };
  };
  for (const [name, models] of [
    ['this', [testModel]],
    ['other', []],
  ] as const) {
    expect((await ask('/v1/models', name)).body.data.map(({ id }) => id)).toEqual(models);
    expect((await ask('/api/tags', name)).body.models).toHaveLength(models.length);
  }
  for (const model of [testModel, 'none'])
    expect((await ask(`/v1/models/${model}`, 'other')).status).toBe(403);
  expect((await ask('/api/show', 'other', { model: testModel })).status).toBe(403);
  expect((await ask('/api/show', 'this', { model: `${testModel}:latest` })).status).toBe(200);
});

type Shown = {
  readonly data: readonly { readonly id: string }[];
  readonly models: readonly unknown[];
};
