// The administration of an organisation through OpenAI's own client, over a store with two organisations.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock, systemEntropy } from '../base/index.ts';
import { startGateway } from '../gateway/testing.ts';
import { type Author, type OpenKeys, openPepper, openStore, type Store } from '../store/index.ts';
import type { OrganisationId } from '../traffic/index.ts';
import { administrationOf } from './administration.ts';

const start = Date.parse('2026-11-30T12:00:00Z');
const author: Author = { actor: { type: 'command-line' }, request: null, reason: null };

let directory: string;
let opened: AsyncDisposableStack;
let store: Store;
let keys: OpenKeys;
let refresh: () => Promise<void>;
let url: string;
let own: Tenant;
let other: Tenant;
const clock = manualClock(start);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-administration-'));
  opened = new AsyncDisposableStack();
  store = opened.use(await openStore(join(directory, 'store.sqlite'), { clock, entropy: systemEntropy }));
  keys = await store.openKeys(openPepper({ directory, entropy: systemEntropy, given: 'ab'.repeat(32) }));
  const authenticator = opened.use(await keys.authenticator());
  refresh = authenticator.refresh;
  own = await makeTenant('own');
  other = await makeTenant('other');
  const administration = administrationOf({ store, keys, [Symbol.asyncDispose]: async () => {} });
  const served = { givenByOperator: true, authenticate: authenticator.authenticate };
  ({ url } = opened.use(await startGateway({}, { keys: served, administration, clock })));
  await refresh();
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(directory, { recursive: true });
});

/** An organisation with an account, an owner, a key of the account and one of administration. */
async function makeTenant(name: string) {
  const { id: organisation } = await store.organisations.create(author, {
    ...{ name, timeZone: 'Europe/Rome', currency: 'EUR' },
  });
  const { id: account } = await store.accounts.create(organisation, author, { name });
  const { id: principal } = await store.principals.create(
    organisation,
    author,
    { kind: 'person', name: `${name} owner`, email: `${name}@example.org` },
    { account: null, role: 'owner' },
  );
  const facts = { principal, name: 'k' };
  const inference = await keys.create(organisation, author, { ...facts, account });
  const administers = await keys.create(organisation, author, { ...facts, account: null });
  return { organisation, account, principal, inference, administers };
}

type Tenant = Awaited<ReturnType<typeof makeTenant>>;

const organization = ({ administers }: Tenant = own) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', adminAPIKey: administers.secret, maxRetries: 0 }).admin
    .organization;

/** A request with a key, as it is answered. */
async function ask(secret: string, method: string, path: string, body?: unknown) {
  const headers = {
    authorization: `Bearer ${secret}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(`${url}/v1/organization${path}`, init);
  return { status: response.status, text: await response.text() };
}

const newestOf = async (organisation: OrganisationId) =>
  (await store.audit.list(organisation, { limit: 1 }))[0];

describe("OpenAI's client administers projects", () => {
  test('from their making to their end, and each change has its author in the audit log', async () => {
    const { projects } = organization();
    const made = await projects.create({ name: 'research' });
    expect(made).toEqual({
      ...{ id: expect.stringMatching(/^acc_/), object: 'organization.project', name: 'research' },
      ...{ status: 'active', created_at: start / 1000 },
    });
    expect(await newestOf(own.organisation)).toMatchObject({
      action: 'project.created',
      actor: { type: 'key', key: own.administers.key.id, principal: own.principal },
      target: { id: made.id },
      refused: null,
      request: expect.stringMatching(/^req_/),
    });
    expect(await projects.update(made.id, { name: 'development' })).toMatchObject({ name: 'development' });
    expect(await projects.retrieve(made.id)).toMatchObject({ id: made.id, name: 'development' });
    expect(await projects.archive(made.id)).toMatchObject({ status: 'archived' });
    const listed = async (query: object) => (await projects.list(query)).data.map(({ id }) => id);
    expect(await listed({})).toEqual([own.account]);
    expect((await listed({ include_archived: true })).sort()).toEqual([own.account, made.id].sort());
    await expect(projects.update(made.id, { name: 'again' })).rejects.toMatchObject({ status: 409 });
    expect(await newestOf(own.organisation)).toMatchObject({
      ...{ action: 'project.updated', refused: 'TGL_STORE_CONFLICT', target: { id: made.id } },
    });
  });

  test('in pages, each project once, in the order of their making', async () => {
    const { projects } = organization();
    const made = [own.account as string];
    for (let index = 0; index < 7; index++) {
      clock.advance(1000);
      made.push((await projects.create({ name: `p${index}` })).id);
    }
    const seen: string[] = [];
    for await (const { id } of projects.list({ limit: 3 })) seen.push(id);
    expect(seen).toEqual(made);
    const last = await projects.list({ limit: 3, after: made[4] as string });
    expect([last.data.map(({ id }) => id), last.has_more]).toEqual([made.slice(5), false]);
  });
});

describe("OpenAI's client administers the keys of a project", () => {
  test('which it sees without their secrets, and revokes', async () => {
    const { apiKeys } = organization().projects;
    const project_id = own.account;
    const { id, hint } = own.inference.key;
    const found = await apiKeys.retrieve(id, { project_id });
    expect(found).toEqual({
      ...{ id, object: 'organization.project.api_key', name: 'k', redacted_value: hint },
      ...{ created_at: expect.any(Number), expires_at: expect.any(Number), last_used_at: null },
      owner: {
        type: 'user',
        user: {
          ...{ id: own.principal, name: 'own owner', email: 'own@example.org', role: 'owner' },
          created_at: expect.any(Number),
        },
      },
      owner_project_access: 'active',
    });
    expect((await apiKeys.list(project_id, { owner_project_access: 'active' })).data).toEqual([found]);
    expect((await apiKeys.list(project_id, { owner_project_access: 'inactive' })).data).toEqual([]);
    const deleted = await apiKeys.delete(id, { project_id });
    expect(deleted).toEqual({ id, object: 'organization.project.api_key.deleted', deleted: true });
    await expect(apiKeys.retrieve(id, { project_id })).rejects.toMatchObject({ status: 404 });
    await expect(apiKeys.delete(id, { project_id })).rejects.toMatchObject({ status: 404 });
    await refresh();
    expect((await ask(own.inference.secret, 'GET', '/projects')).status).toBe(401);
  });

  test('of which one that deletes while it turns pages misses none', async () => {
    const { apiKeys } = organization().projects;
    const { organisation, account, principal } = own;
    for (let index = 0; index < 5; index++)
      await keys.create(organisation, author, { account, principal, name: `k${index}` });
    let count = 0;
    for await (const { id } of apiKeys.list(account, { limit: 2 })) {
      await apiKeys.delete(id, { project_id: account });
      count++;
    }
    expect([count, (await apiKeys.list(account)).data]).toEqual([6, []]);
  });
});

/** Every route with an identifier in its path, by what a project and a key of it are called. */
const addressed = (project: string, key: string): readonly (readonly [string, string, unknown?])[] => [
  ['GET', `/projects/${project}`],
  ['POST', `/projects/${project}`, { name: 'stolen' }],
  ['POST', `/projects/${project}/archive`],
  ['GET', `/projects/${project}/api_keys`],
  ['GET', `/projects/${project}/api_keys/${key}`],
  ['DELETE', `/projects/${project}/api_keys/${key}`],
];

test('what belongs to another organisation is answered as what never was, and changes nothing', async () => {
  const never = ['acc_', 'key_'].map((prefix) => prefix + '0'.repeat(30)) as [string, string];
  const theirs: [string, string] = [other.account, other.inference.key.id];
  const before = await Array.fromAsync(store.audit.export(other.organisation));
  const answers = async ([project, key]: [string, string]) =>
    Promise.all(
      addressed(project, key).map(async ([method, path, body]) => {
        const { status, text } = await ask(own.administers.secret, method, path, body);
        return [
          status,
          text
            .replaceAll(project, 'P')
            .replaceAll(key, 'K')
            .replaceAll(/req_\w+/g, 'R'),
        ];
      }),
    );
  const told = await answers(theirs);
  expect(told.map(([status]) => status)).toEqual(told.map(() => 404));
  expect(told).toEqual(await answers(never));
  const mixed = await ask(own.administers.secret, 'GET', `/projects/${own.account}/api_keys/${theirs[1]}`);
  expect(mixed.status).toBe(404);
  expect(await Array.fromAsync(store.audit.export(other.organisation))).toEqual(before);
  expect((await organization().projects.list()).data.map(({ id }) => id)).toEqual([own.account]);
});

test('a key for inference reaches none of these routes, and its attempts to change something are recorded', async () => {
  const key = own.inference.key.id;
  const all = [['GET', '/projects'], ['POST', '/projects', { name: 'x' }], ...addressed(own.account, key)];
  for (const [method, path, body] of all as [string, string, unknown][]) {
    expect([path, (await ask(own.inference.secret, method, path, body)).status]).toEqual([path, 403]);
    const newest = await newestOf(own.organisation);
    if (method === 'GET') continue;
    expect(newest).toMatchObject({ refused: 'TGL_SCOPE_MISSING', actor: { key, principal: own.principal } });
  }
  expect((await store.accounts.list(own.organisation)).map(({ name, state }) => [name, state])).toEqual([
    ['own', 'active'],
  ]);
});

test.each([
  ['POST', '/projects', {}, 'name'],
  ['POST', '/projects', { name: 'x', geography: 'EU' }, 'geography'],
  ['POST', '/projects', { name: 'a\nb' }, 'name'],
  ['GET', '/projects?limit=0', undefined, 'limit'],
  ['GET', '/projects?include_archived=maybe', undefined, 'include_archived'],
  ['GET', '/projects?unknown=1', undefined, 'unknown'],
])(
  '%s %s with %j is refused by name; a change leaves its refusal in the log',
  async (method, path, body, field) => {
    const { status, text } = await ask(own.administers.secret, method, path, body);
    const { error } = JSON.parse(text) as { readonly error: { readonly message: string } };
    expect([status, error.message]).toEqual([400, expect.stringContaining(field)]);
    if (method === 'POST')
      expect(await newestOf(own.organisation)).toMatchObject({
        ...{ action: 'project.created', refused: 'TGL_REQUEST_INVALID' },
      });
  },
);

test('a secret in the place of an identifier is neither told nor kept', async () => {
  const secret = own.inference.secret;
  for (const [method, path, body] of addressed(secret, secret))
    expect((await ask(own.administers.secret, method, path, body)).text).not.toContain(secret);
  const log = JSON.stringify(await Array.fromAsync(store.audit.export()));
  expect(log).not.toContain(secret);
});
