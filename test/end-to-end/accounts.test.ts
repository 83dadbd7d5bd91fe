// Accounts and keys as their operator manages them: by commands, beside a server that runs on the same store.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, startServer, tiegel } from './tiegel-process.ts';

/** What a command says with --json. */
async function told(home: string, ...words: readonly string[]) {
  const { code, stdout, stderr } = await tiegel(home, ...words, '--json');
  expect([words, code, stderr]).toEqual([words, code === 0 ? 0 : expect.any(Number), '']);
  return { code, ...(JSON.parse(stdout) as Told) };
}

type Told = {
  readonly key: { readonly id: string; readonly hint: string; readonly scopes: readonly string[] };
  readonly keys: readonly { readonly id: string; readonly name: string }[];
  readonly secret: string;
  readonly account: { readonly id: string };
  readonly accounts: readonly { readonly name: string }[];
  readonly organisation: { readonly id: string };
  readonly error: { readonly code: string; readonly message: string };
};

test('accounts and keys are made, listed, narrowed, rotated and ended', { timeout: 120_000 }, async () => {
  const home = emptyHome();
  const { account } = await told(home, 'account', 'create', 'research');
  expect((await told(home, 'account', 'list')).accounts.map(({ name }) => name)).toEqual([
    'default',
    'research',
  ]);
  const made = await told(home, 'key', 'create', 'laptop', '--account', account.id, '--expires', 'never');
  expect(made.secret).toMatch(/^tgl_sk_/);
  expect(made.key).toMatchObject({ scopes: ['inference', 'models:read', 'usage:read'], expiresAt: null });
  const narrowed = await told(
    home,
    'key',
    'update',
    made.key.id,
    '--model',
    'a',
    'b',
    '--network',
    '10.0.0.0/8',
  );
  expect(narrowed.key).toMatchObject({ models: ['a', 'b'], networks: ['10.0.0.0/8'] });
  expect((await told(home, 'key', 'rotate', made.key.id)).secret).not.toBe(made.secret);
  expect((await told(home, 'key', 'rotate', made.key.id)).error.code).toBe('TGL_KEY_ROTATING');
  expect((await told(home, 'key', 'rotate', made.key.id, '--again')).key.id).toBe(made.key.id);
  expect((await told(home, 'key', 'list', '--account', account.id)).keys).toHaveLength(1);
  await told(home, 'key', 'revoke', made.key.id, '--reason', 'lost');
  expect((await told(home, 'key', 'list', '--account', account.id)).keys).toEqual([]);
  const administration = await told(home, 'key', 'create', 'admin', '--administration');
  expect(administration.secret).toMatch(/^tgl_ak_/);

  const other = await told(home, 'organisation', 'create', 'Other', '--currency', 'EUR');
  const there = ['--organisation', other.organisation.id];
  expect((await told(home, 'account', 'archive', account.id, ...there)).error.code).toBe('TGL_ID_UNKNOWN');
  expect((await told(home, 'key', 'create', 'k', ...there)).error.code).toBe('TGL_USAGE');
  await told(home, 'account', 'create', 'theirs', ...there);
  expect((await told(home, 'key', 'create', 'k', ...there)).code).toBe(0);

  const text = await tiegel(home, 'key', 'list', '--administration');
  expect(text.stdout).toContain(administration.key.hint);
  expect(text.stdout).not.toContain(administration.secret);
  for (const wrong of [
    ['key', 'create', 'k', '--scope', 'everything'],
    ['key', 'create', 'k', '--expires', 'soon'],
    ['organisation', 'create', 'x', '--time-zone', 'Mars'],
  ])
    expect((await told(home, ...wrong)).error.code).toMatch(/^TGL_(USAGE|REQUEST_INVALID)$/);
});

test('a running server knows a key that a command makes, and ends the requests of one that it revokes', {
  timeout: 120_000,
}, async () => {
  const home = emptyHome();
  await using server = await startServer(home);
  const ask = (secret: string, body: object = {}) =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model: server.model, messages: [{ role: 'user', content: 'Use 3, 5 and 6 to make 21.' }] },
        ...{ max_tokens: 5, ...body },
      }),
    });
  expect((await ask(server.key!)).status).toBe(200);
  const { key, secret } = await told(home, 'key', 'create', 'laptop');
  await until(async () => (await ask(secret)).status === 200);
  await told(home, 'key', 'revoke', key.id);
  await until(async () => (await ask(secret)).status === 401);
  const bodies = await Promise.all(
    [secret, 'tgl_sk_nobody', 'x'].map(async (wrong) => withoutIds(await (await ask(wrong)).text())),
  );
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).not.toContain(secret);
});

function withoutIds(text: string): string {
  return text.replaceAll(/req_\w+/g, 'req');
}

test('the audit log is checked without the store, and a copy of the store brought back', {
  timeout: 120_000,
}, async () => {
  const home = emptyHome();
  const { account } = await told(home, 'account', 'create', 'research');
  const [log, copy] = [join(home, 'audit.jsonl'), join(home, 'copy.db')];
  await told(home, 'audit', 'export', log);
  await told(home, 'store', 'backup', copy);
  expect((await told(home, 'store', 'backup', copy)).error.code).toBe('TGL_STORE_FILE_EXISTS');
  await told(home, 'account', 'archive', account.id);
  expect((await told(home, 'store', 'check')).code).toBe(0);
  expect((await told(home, 'store', 'restore', copy)).code).toBe(0);
  const { accounts } = await told(home, 'account', 'list');
  expect(accounts.map(({ name }) => name)).toEqual(['default', 'research']);
  expect(accounts[1]).toMatchObject({ state: 'active' });
  const system = JSON.parse((await tiegel(home, 'audit', 'list', '--system', '--json')).stdout);
  expect(system.entries).toMatchObject([{ action: 'store.restored' }]);

  const elsewhere = emptyHome();
  expect((await told(elsewhere, 'audit', 'verify', log)).code).toBe(0);
  writeFileSync(log, readFileSync(log, 'utf8').replace('project.created', 'project.updated'));
  expect((await told(elsewhere, 'audit', 'verify', log)).code).toBe(4);
  writeFileSync(copy, 'no database');
  expect((await told(home, 'store', 'restore', copy)).error.code).toBe('TGL_STORE_DAMAGED');
  expect((await told(home, 'account', 'list')).accounts).toHaveLength(2);
});

/** However slow the machine is; the test's own deadline ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('a link of the terminal signs a person in, whose changes bear their name in the audit log', {
  timeout: 120_000,
}, async () => {
  const home = emptyHome();
  await using server = await startServer(home);
  const link = JSON.parse((await tiegel(home, 'sign-in', '--json')).stdout) as Record<
    'url' | 'person',
    string
  >;
  const { origin, hash } = new URL(link.url);
  expect(origin).toBe(server.url);
  const send = (method: string, path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(origin + path, {
      method,
      headers: { origin, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const token = hash.slice(1);
  const signedIn = await send('POST', '/v1/x/session', { token });
  expect(signedIn.status).toBe(200);
  expect((await send('POST', '/v1/x/session', { token })).status).toBe(401);
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const made = await send('POST', '/v1/organization/projects', { name: 'by a person' }, { cookie });
  expect(made.status).toBe(200);
  const { id } = (await made.json()) as { readonly id: string };
  const refused = await send(
    'POST',
    '/v1/organization/projects',
    { name: 'no' },
    { cookie, origin: 'http://a.b' },
  );
  expect(refused.status).toBe(403);
  const { entries } = JSON.parse((await tiegel(home, 'audit', 'list', '--json')).stdout) as {
    readonly entries: readonly { readonly action: string; readonly target: { readonly id: string } }[];
  };
  const change = entries.find(({ action, target }) => action === 'project.created' && target.id === id);
  expect(JSON.stringify(change)).toContain(link.person);
  expect(JSON.stringify(entries)).not.toContain(token);
});
