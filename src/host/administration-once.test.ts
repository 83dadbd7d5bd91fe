// Changes over HTTP with an idempotency key are made once, whatever a client repeats.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock as clock, systemEntropy } from '../base/index.ts';
import { startGateway } from '../gateway/testing.ts';
import type { PoliciesInForce } from '../governance/index.ts';
import { type Author, openPepper, openStore, type Store } from '../store/index.ts';
import type { OrganisationId } from '../traffic/index.ts';
import { administrationOf } from './administration/administration.ts';
import { openIdempotencyKeys } from './idempotency.ts';

const author: Author = { actor: { type: 'command-line' }, request: null, reason: null };
const policies = {
  of: () => ({ policy: { retention: { idempotencyHours: 24 } }, version: 1 }),
} as unknown as PoliciesInForce;
const projects = '/v1/organization/projects';

let directory: string;
let opened: AsyncDisposableStack;
let store: Store;
let organisation: OrganisationId;
let ask: (path: string, body: object | undefined, key: string) => Promise<Response>;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-once-'));
  opened = new AsyncDisposableStack();
  store = opened.use(await openStore(join(directory, 'store.sqlite'), { clock, entropy: systemEntropy }));
  const keys = await store.openKeys(
    openPepper({ directory, entropy: systemEntropy, given: 'ab'.repeat(32) }),
  );
  const authenticator = opened.use(await keys.authenticator());
  const facts = { name: 'own', timeZone: 'Europe/Rome', currency: 'EUR' };
  ({ id: organisation } = await store.organisations.create(author, facts));
  const { id: principal } = await store.principals.create(
    organisation,
    author,
    { kind: 'person', name: 'owner' },
    { account: null, role: 'owner' },
  );
  const { secret } = await keys.create(organisation, author, { principal, name: 'k', account: null });
  await authenticator.refresh();
  const administration = administrationOf({ store, keys, [Symbol.asyncDispose]: async () => {} });
  const served = { givenByOperator: true, authenticate: authenticator.authenticate };
  const idempotency = opened.use(openIdempotencyKeys({ store, policies, logger: { error: () => {} } }));
  const options = { keys: served, administration, clock, beginKeyed: idempotency.begin };
  const { url } = opened.use(await startGateway({}, options));
  ask = (path, body, key) =>
    fetch(url + path, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${secret}`, 'idempotency-key': key },
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(directory, { recursive: true });
});

test('a project that is asked for twice is made once, also by two at once', async () => {
  const both = await Promise.all([ask(projects, { name: 'a' }, 'one'), ask(projects, { name: 'a' }, 'one')]);
  expect(both.map(({ status }) => status)).toContain(200);
  const first = await both.find(({ status }) => status === 200)!.text();
  const again = await ask(projects, { name: 'a' }, 'one');
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  expect(await again.text()).toBe(first);
  expect((await ask(projects, { name: 'b' }, 'one')).status).toBe(422);
  expect(await store.accounts.list(organisation)).toHaveLength(1);
  expect((await ask(projects, { name: 'a' }, 'two')).headers.get('idempotent-replayed')).toBe(null);
  expect(await store.accounts.list(organisation)).toHaveLength(2);
});

test('two paths of one route are two changes, and a refused one may be corrected', async () => {
  for (const name of ['a', 'b']) await (await ask(projects, { name }, name)).text();
  for (const { id } of await store.accounts.list(organisation))
    expect((await ask(`${projects}/${id}/archive`, undefined, 'archive')).status).toBe(200);
  expect((await store.accounts.list(organisation)).map(({ state }) => state)).toEqual([
    'archived',
    'archived',
  ]);
  expect((await ask(projects, { nam: 'c' }, 'c')).status).toBe(400);
  expect((await ask(projects, { name: 'c' }, 'c')).status).toBe(200);
});

test('a secret is shown once, and kept for no repeat', async () => {
  const project = (await (await ask(projects, { name: 'a' }, 'project')).json()) as { readonly id: string };
  for (const path of ['/v1/organization/admin_api_keys', `${projects}/${project.id}/service_accounts`]) {
    const first = await (await ask(path, { name: 'a' }, 'one')).text();
    expect(first).toMatch(/tgl_[as]k_\w{40}/);
    const again = await ask(path, { name: 'a' }, 'one');
    expect([again.status, await again.text()]).toEqual([409, expect.not.stringMatching(/tgl_[as]k_/)]);
  }
  const rows = await store.database.query.selectFrom('idempotency').select(['route', 'answer']).execute();
  for (const { route, answer } of rows) expect(answer === null).toBe(route !== projects);
});
