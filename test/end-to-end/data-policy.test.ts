// A data policy as an operator lives with it: it is set while a server runs, holds at once, says what it does, and a person who is
// erased is gone from every file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { eventually } from '../../src/gateway/testing.ts';
import { emptyHome, startServer, tiegel } from './tiegel-process.ts';

const canary = 'Canaria Gelb lives in Rome';

async function ask(url: string, key: string | null): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model: 'tiegel-nano', max_tokens: 8 },
      messages: [{ role: 'user', content: `${canary}. What is 3 + 4?` }],
    }),
  });
}

function filesWith(directory: string, text: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

test('a policy that is set while a server runs holds there, and an erasure reaches what it kept', {
  timeout: 240_000,
}, async () => {
  const home = emptyHome();
  await using server = await startServer(home);
  const { url, key } = server;
  const json = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await tiegel(home, ...words, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  expect(await json('policy', 'show')).toMatchObject({
    policies: [{ account: null, version: 0, models: [{ name: 'tiegel-nano', indices: [0] }] }],
  });
  expect((await ask(url, key)).status).toBe(200);

  // Nobody declared where this machine is.
  const set = await tiegel(home, 'policy', 'set', 'eu-only', '--reason', 'a test');
  expect(set).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('may no longer answer: engines.regions'),
  });
  await eventually(async () => (await ask(url, key)).status === 403);
  const refused = (await (await ask(url, key)).json()) as { readonly error: { readonly message: string } };
  expect(refused).toMatchObject({ error: { code: 'policy_no_engine' } });
  expect(refused.error.message).toContain('version 1, lets no engine of the model tiegel-nano answer');

  const document = join(home, 'policy.json');
  const statement = { controller: 'Near GmbH', contact: 'privacy@near.example', purposes: ['a test'] };
  writeFileSync(document, JSON.stringify({ schema: 1, retention: { contentDays: 30 }, statement }));
  expect(await json('policy', 'set', document, 'own-hardware-only')).toMatchObject({
    ...{ version: 2, policy: { egress: 'own-hardware', retention: { contentDays: 30 } } },
  });
  await eventually(async () => (await ask(url, key)).status === 200);
  const record = await json('policy', 'record');
  expect(record).toMatchObject({
    ...{ policyVersion: 2, controller: 'Near GmbH', transfers: [], purposes: ['a test'] },
    recipients: [{ operator: 'own hardware', region: 'undeclared', models: ['tiegel-nano'], allowed: true }],
    missing: ['the region of tiegel-nano (own hardware)'],
  });
  expect((await tiegel(home, 'policy', 'record')).stdout).toContain('at most 30 days');

  const keys = join(home, 'content', 'keys');
  const [principal = ''] = await keptFor(keys);
  await eventually(async () => (await json('erase', principal)).gone.at(-1).count > 0);
  expect(filesWith(home, canary)).toEqual([]);
  const receipt = await json('erase', principal, '--confirm');
  expect(receipt).toMatchObject({ erased: true, principal });
  await eventually(async () => (await ask(url, key)).status === 401);
  expect(readdirSync(join(keys, principal))).toEqual(['erased']);
  expect(policyVersionsIn(join(home, 'store', 'tiegel.db'))).toEqual([0, 2]);
  expect((await json('erase', principal)).gone.map(({ count }: { count: number }) => count)).toEqual([
    ...[0, 0, 1, 0, 0, 0],
  ]);
  expect(filesWith(home, canary)).toEqual([]);
});

/** Those that the rows of the ledger name. */
function policyVersionsIn(path: string): readonly unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('select distinct policy_version as version from ledger order by 1').all();
  database.close();
  return rows.map(({ version }) => version);
}

async function keptFor(keys: string): Promise<readonly string[]> {
  const names = (): readonly string[] => {
    try {
      return readdirSync(keys);
    } catch {
      return [];
    }
  };
  await eventually(() => names().length > 0);
  return names();
}

test('a policy that cannot be one changes nothing and says what is wrong', async () => {
  const home = emptyHome();
  const unknown = await tiegel(home, 'policy', 'set', 'everything', '--json');
  expect(unknown.code).toBe(2);
  expect(JSON.parse(unknown.stdout)).toMatchObject({
    error: {
      code: 'TGL_DATA_POLICY_INVALID',
      message: expect.stringContaining('eu-only, own-hardware-only'),
    },
  });
  writeFileSync(join(home, 'policy.json'), JSON.stringify({ schema: 1, engines: { regions: ['Europe'] } }));
  const wrong = await tiegel(home, 'policy', 'set', join(home, 'policy.json'));
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('engines.regions') });
  expect(await tiegel(home, 'erase', 'nobody')).toMatchObject({ code: 1 });
});
