// The administration of an organisation through OpenAI's own client, over a store with two organisations.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock, systemEntropy } from '../../base/index.ts';
import { startGateway } from '../../gateway/testing.ts';
import {
  type Author,
  limitsAt,
  type OpenKeys,
  openPepper,
  openStore,
  type Store,
} from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
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
  clock.advance(1000);
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
      ...{ status: 'active', created_at: Math.floor(clock.now() / 1000) },
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

  test('which it narrows and ends earlier, and to which it gives nothing that it lacks', async () => {
    const { apiKeys } = organization().projects;
    const [project_id, { id }] = [own.account, own.inference.key];
    const scopes = ['inference', 'models:read'];
    const changed = await apiKeys.update(id, { project_id, scopes, expires_in_seconds: 60 });
    expect(changed.expires_at).toBe(Math.floor(clock.now() / 1000) + 60);
    expect((await keys.get(own.organisation, id)).scopes).toEqual(scopes);
    await expect(apiKeys.update(id, { project_id, scopes: [] })).rejects.toMatchObject({ status: 400 });
    const narrow = await keys.create(own.organisation, author, {
      ...{ account: null, principal: own.principal, name: 'narrow', scopes: ['keys:write'] },
    });
    await refresh();
    const path = `/projects/${project_id}/api_keys/${id}`;
    expect((await ask(narrow.secret, 'POST', path, { scopes: ['usage:read'] })).status).toBe(403);
    expect(await newestOf(own.organisation)).toMatchObject({
      action: 'api_key.updated',
      refused: 'TGL_SCOPE_MISSING',
    });
    expect((await keys.get(own.organisation, id)).scopes).toEqual(scopes);
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

describe("OpenAI's client administers keys of administration", () => {
  test('of which a new one can do what the asking one can, and no more', async () => {
    const { adminAPIKeys } = organization();
    const made = await adminAPIKeys.create({ name: 'auditor', expires_in_seconds: 3600 });
    const { value, ...facts } = made;
    expect(value).toMatch(/^tgl_ak_/);
    expect(facts).toMatchObject({
      ...{ object: 'organization.admin_api_key', name: 'auditor', last_used_at: null },
      expires_at: Math.floor(clock.now() / 1000) + 3600,
      owner: { type: 'user', object: 'organization.user', id: own.principal, role: 'owner' },
    });
    expect(await adminAPIKeys.retrieve(made.id)).toEqual(facts);
    const narrow = await keys.create(own.organisation, author, {
      ...{ account: null, principal: own.principal, name: 'narrow', scopes: ['keys:write'] },
    });
    await refresh();
    const answer = await ask(narrow.secret, 'POST', '/admin_api_keys', { name: 'wider' });
    const wider = JSON.parse(answer.text) as { readonly id: string; readonly value: string };
    await refresh();
    expect((await ask(wider.value, 'GET', '/projects')).status).toBe(403);
    expect((await ask(wider.value, 'GET', '/admin_api_keys')).status).toBe(200);
  });

  test('in either order, while it deletes them', async () => {
    const { adminAPIKeys } = organization();
    for (let index = 0; index < 4; index++) {
      clock.advance(1000);
      await adminAPIKeys.create({ name: `k${index}` });
    }
    const names: (string | null | undefined)[] = [];
    for await (const { id, name } of adminAPIKeys.list({ order: 'desc', limit: 2 })) {
      names.push(name);
      if (id !== own.administers.key.id) await adminAPIKeys.delete(id);
    }
    expect(names).toEqual(['k3', 'k2', 'k1', 'k0', 'k']);
    expect((await adminAPIKeys.list({ order: 'asc' })).data.map(({ name }) => name)).toEqual(['k']);
  });

  test('and reaches no key of a project by these paths', async () => {
    const { adminAPIKeys } = organization();
    const { id } = own.inference.key;
    await expect(adminAPIKeys.retrieve(id)).rejects.toMatchObject({ status: 404 });
    await expect(adminAPIKeys.delete(id)).rejects.toMatchObject({ status: 404 });
    expect((await keys.get(own.organisation, id)).state).toBe('active');
  });
});

describe("OpenAI's client administers who holds keys", () => {
  test('services of a project, from the making with a key to the end of all their keys', async () => {
    const { serviceAccounts } = organization().projects;
    const project_id = own.account;
    const made = await serviceAccounts.create(project_id, { name: 'crawler', expires_in_seconds: 60 });
    const { api_key, ...facts } = made;
    expect(facts).toEqual({
      ...{ id: expect.stringMatching(/^prn_/), object: 'organization.project.service_account' },
      ...{ name: 'crawler', role: 'member', created_at: Math.floor(clock.now() / 1000) },
    });
    expect(api_key).toMatchObject({
      ...{ object: 'organization.project.service_account.api_key', value: expect.stringMatching(/^tgl_sk_/) },
      expires_at: Math.floor(clock.now() / 1000) + 60,
    });
    expect(await serviceAccounts.retrieve(made.id, { project_id })).toEqual(facts);
    const second = await serviceAccounts.apiKeys.create(made.id, { project_id, name: 'second' });
    const clients = [api_key!.value, second.value].map((apiKey) => {
      return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    });
    await refresh();
    for (const client of clients) expect((await client.models.list()).data).toHaveLength(1);
    for (let index = 0; index < 4; index++) await serviceAccounts.create(project_id, { name: `s${index}` });
    let count = 0;
    for await (const { id } of serviceAccounts.list(project_id, { limit: 2 })) {
      expect(await serviceAccounts.delete(id, { project_id })).toMatchObject({ id, deleted: true });
      count++;
    }
    expect([count, (await serviceAccounts.list(project_id)).data]).toEqual([5, []]);
    await refresh();
    for (const client of clients) await expect(client.models.list()).rejects.toMatchObject({ status: 401 });
    const narrow = await keys.create(own.organisation, author, {
      ...{ account: null, principal: own.principal, name: 'narrow', scopes: ['accounts:write'] },
    });
    await refresh();
    const path = `/projects/${own.account}/service_accounts`;
    expect((await ask(narrow.secret, 'POST', path, { name: 'x' })).text).toContain('keys:write');
    expect(await newestOf(own.organisation)).toMatchObject({ refused: 'TGL_SCOPE_MISSING' });
  });

  test('people, whose roles nobody raises above the own ones, and of whom an owner stays', async () => {
    const { users } = organization();
    const add = (name: string, role: 'administrator' | 'member') =>
      store.principals.create(
        own.organisation,
        author,
        { kind: 'person', name, email: `${name}@example.org` },
        { account: null, role },
      );
    const [boss, anna] = [await add('boss', 'administrator'), await add('anna', 'member')];
    const owner = await users.retrieve(own.principal);
    expect(owner).toEqual({
      ...{ id: own.principal, object: 'organization.user', name: 'own owner', email: 'own@example.org' },
      ...{ role: 'owner', added_at: expect.any(Number), is_service_account: false },
    });
    const seen: string[] = [];
    for await (const { id } of users.list({ limit: 1 })) seen.push(id);
    expect(seen.sort()).toEqual([own.principal, boss.id, anna.id].sort());
    expect((await users.list({ emails: ['anna@example.org'] })).data.map(({ id }) => id)).toEqual([anna.id]);
    expect(await users.update(anna.id, { role: 'reader' })).toMatchObject({ role: 'reader' });
    await expect(users.update(anna.id, { role: 'king' })).rejects.toMatchObject({ status: 400 });
    const { secret } = await keys.create(own.organisation, author, {
      ...{ account: null, principal: boss.id, name: 'boss' },
    });
    await refresh();
    for (const [method, id, body] of [
      ['POST', boss.id, { role: 'owner' }],
      ['POST', own.principal, { role: 'viewer' }],
      ['DELETE', own.principal, undefined],
    ] as const) {
      expect((await ask(secret, method, `/users/${id}`, body)).status).toBe(403);
      expect(await newestOf(own.organisation)).toMatchObject({
        refused: 'TGL_SCOPE_MISSING',
        target: { id },
      });
    }
    await expect(users.delete(own.principal)).rejects.toMatchObject({ status: 409 });
    await expect(users.update(own.principal, { role: 'member' })).rejects.toMatchObject({ status: 409 });
    expect(await users.delete(boss.id)).toMatchObject({ id: boss.id, deleted: true });
    await refresh();
    expect((await ask(secret, 'GET', '/users')).status).toBe(401);
    await expect(users.retrieve(boss.id)).rejects.toMatchObject({ status: 404 });
  });
});

test("OpenAI's client limits what a project may ask of a served model, and of no other", async () => {
  const { rateLimits } = organization().projects;
  const { account: project_id, organisation } = own;
  const free = {
    ...{ id: 'rl-scripted', object: 'project.rate_limit', model: 'scripted' },
    ...{ max_requests_per_1_minute: null, max_tokens_per_1_minute: null, max_requests_per_1_day: null },
  };
  expect((await rateLimits.listRateLimits(project_id)).data).toEqual([free]);
  const limited = { ...free, max_requests_per_1_minute: 60, max_tokens_per_1_minute: 0 };
  const body = { max_requests_per_1_minute: 60, max_tokens_per_1_minute: 0 };
  expect(await rateLimits.updateRateLimit(free.id, { project_id, ...body })).toEqual(limited);
  const held = await limitsAt(store.database, clock.now());
  expect(
    held.map(({ subject, model, unit, period, amount }) => [subject, model, unit, period, amount]),
  ).toEqual([
    [project_id, 'scripted', 'requests', 'minute', 60],
    [project_id, 'scripted', 'tokens', 'minute', 0],
  ]);
  clock.advance(1000);
  const less = { project_id, max_tokens_per_1_minute: null } as never;
  expect(await rateLimits.updateRateLimit(free.id, less)).toEqual({
    ...limited,
    max_tokens_per_1_minute: null,
  });
  expect(await newestOf(organisation)).toMatchObject({ action: 'rate_limit.deleted', refused: null });
  expect((await rateLimits.listRateLimits(project_id, { after: free.id })).data).toEqual([]);
  await expect(rateLimits.updateRateLimit('rl-other', { project_id, ...body })).rejects.toMatchObject({
    status: 400,
  });
  expect(await newestOf(organisation)).toMatchObject({
    ...{ action: 'rate_limit.updated', refused: 'TGL_REQUEST_INVALID' },
  });
});

describe("OpenAI's client reads the audit log", () => {
  test('by time, type, actor, project and target, with what was refused marked as such', async () => {
    const { auditLogs, projects } = organization();
    clock.advance(60_000);
    const since = Math.floor(clock.now() / 1000);
    const { id } = await projects.create({ name: 'research' });
    await ask(own.inference.secret, 'POST', `/projects/${id}`, { name: 'x' });
    const { data } = await auditLogs.list({ effective_at: { gte: since } });
    expect(data.map((entry) => [entry.type, entry.actor?.api_key?.id])).toEqual([
      ['project.updated', own.inference.key.id],
      ['project.created', own.administers.key.id],
    ]);
    const [refused, done] = data as unknown as Record<string, unknown>[];
    expect(refused).toMatchObject({ x_tiegel: { refused: 'TGL_SCOPE_MISSING', target: { id } } });
    expect(refused).not.toHaveProperty(['project.updated']);
    expect(done).toMatchObject({
      'project.created': { id },
      effective_at: since,
      x_tiegel: { refused: null },
    });
    const count = async (query: object) => (await auditLogs.list(query)).data.length;
    expect(await count({ effective_at: { lt: since } })).toBe(5);
    expect(await count({ effective_at: { gt: since } })).toBe(0);
    expect(await count({ effective_at: { gte: since, lte: since } })).toBe(2);
    expect(await count({ event_types: ['project.created'] })).toBe(2);
    expect(await count({ actor_ids: [own.principal] })).toBe(2);
    expect(await count({ actor_ids: [own.inference.key.id] })).toBe(1);
    expect(await count({ actor_emails: ['own@example.org'] })).toBe(2);
    expect(await count({ actor_emails: ['other@example.org'] })).toBe(0);
    expect(await count({ resource_ids: [id] })).toBe(2);
    expect(await count({ project_ids: [own.account] })).toBe(2);
  });

  test('in pages forwards and back, and no entry of another organisation', async () => {
    const { auditLogs } = organization();
    const all = (await auditLogs.list({ limit: 100 })).data.map(({ id }) => id);
    const seen: string[] = [];
    for await (const { id } of auditLogs.list({ limit: 2 })) seen.push(id);
    expect(seen).toEqual(all);
    const back = await auditLogs.list({ limit: 2, before: all[4] as string });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([all.slice(2, 4), true]);
    const [theirs] = (await organization(other).auditLogs.list()).data;
    expect(all).not.toContain(theirs!.id);
    await expect(auditLogs.list({ after: theirs!.id })).rejects.toMatchObject({ status: 400 });
  });
});

/** Every route with an identifier in its path, by what a project and a key of it are called. */
const addressed = (
  project: string,
  key: string,
  principal = key.replace('key_', 'prn_'),
): readonly (readonly [string, string, unknown?])[] => [
  ['GET', `/projects/${project}`],
  ['POST', `/projects/${project}`, { name: 'stolen' }],
  ['POST', `/projects/${project}/archive`],
  ['GET', `/projects/${project}/api_keys`],
  ['GET', `/projects/${project}/api_keys/${key}`],
  ['POST', `/projects/${project}/api_keys/${key}`, { expires_in_seconds: 60 }],
  ['DELETE', `/projects/${project}/api_keys/${key}`],
  ['GET', `/projects/${project}/rate_limits`],
  ['POST', `/projects/${project}/rate_limits/rl-scripted`, { max_requests_per_1_minute: 1 }],
  ['GET', `/projects/${project}/service_accounts`],
  ['POST', `/projects/${project}/service_accounts`, { name: 'x' }],
  ['GET', `/projects/${project}/service_accounts/${principal}`],
  ['DELETE', `/projects/${project}/service_accounts/${principal}`],
  ['POST', `/projects/${project}/service_accounts/${principal}/api_keys`, {}],
  ['GET', `/users/${principal}`],
  ['POST', `/users/${principal}`, { role: 'member' }],
  ['DELETE', `/users/${principal}`],
  ['GET', `/admin_api_keys/${key}`],
  ['DELETE', `/admin_api_keys/${key}`],
];

type Ids = [project: string, key: string, principal: string];

test('what belongs to another organisation is answered as what never was, and changes nothing', async () => {
  const never = ['acc_', 'key_', 'prn_'].map((prefix) => prefix + '0'.repeat(30)) as Ids;
  const theirs: Ids = [other.account, other.inference.key.id, other.principal];
  const before = await Array.fromAsync(store.audit.export(other.organisation));
  const answers = async ([project, key, principal]: Ids) =>
    Promise.all(
      addressed(project, key, principal).map(async ([method, path, body]) => {
        const { status, text } = await ask(own.administers.secret, method, path, body);
        return [
          status,
          text
            .replaceAll(project, 'P')
            .replaceAll(key, 'K')
            .replaceAll(principal, 'U')
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
  const all = [
    ['GET', '/projects'],
    ['GET', '/admin_api_keys'],
    ['GET', '/audit_logs'],
    ['GET', '/users'],
    ['POST', '/projects', { name: 'x' }],
    ['POST', '/admin_api_keys', { name: 'x' }],
    ...addressed(own.account, key),
  ];
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
  ['GET', '/admin_api_keys?order=up', undefined, 'order'],
  ['GET', '/audit_logs?effective_at[gte]=soon', undefined, 'effective_at.gte'],
  ['GET', '/audit_logs?event_types=project.created', undefined, 'event_types'],
  ['GET', '/audit_logs?tenant_only=true', undefined, 'tenant_only'],
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

test("OpenAI's client limits what the organisation and a project may spend in a month", async () => {
  const { spendLimit, projects } = organization();
  const { account, organisation } = own;
  const { currency } = await store.organisations.get(organisation);
  const limit = { interval: 'month', threshold_amount: 2550, currency } as never;
  const shown = { interval: 'month', threshold_amount: 2550, currency, enforcement: { status: 'enforcing' } };
  await expect(spendLimit.retrieve()).rejects.toMatchObject({ status: 404 });
  expect(await spendLimit.update(limit)).toEqual({ object: 'organization.spend_limit', ...shown });
  expect(await spendLimit.retrieve()).toEqual({ object: 'organization.spend_limit', ...shown });
  await expect(projects.spendLimit.retrieve(account)).rejects.toMatchObject({ status: 404 });
  expect(await projects.spendLimit.update(account, limit)).toEqual({
    object: 'project.spend_limit',
    ...shown,
  });
  const limits = (await limitsAt(store.database, clock.now())).filter(({ unit }) => unit === 'money');
  expect(limits.map(({ scope, subject, period, amount }) => [scope, subject, period, amount])).toEqual([
    ['organisation', organisation, 'month', 25_500_000_000],
    ['account', account, 'month', 25_500_000_000],
  ]);
  const other = { ...(limit as object), currency: currency === 'USD' ? 'EUR' : 'USD' } as never;
  await expect(spendLimit.update(other)).rejects.toMatchObject({ status: 400, param: 'currency' });
  expect(await newestOf(organisation)).toMatchObject({
    ...{ action: 'rate_limit.updated', refused: 'TGL_REQUEST_INVALID' },
  });
  for (const threshold_amount of [-1, 0.5, 'all'])
    await expect(
      spendLimit.update({ ...(limit as object), threshold_amount } as never),
    ).rejects.toMatchObject({
      status: 400,
    });
  expect(await spendLimit.delete()).toEqual({ object: 'organization.spend_limit.deleted', deleted: true });
  await expect(spendLimit.delete()).rejects.toMatchObject({ status: 404 });
  expect(await projects.spendLimit.retrieve(account)).toMatchObject({ threshold_amount: 2550 });
  expect(await projects.spendLimit.delete(account)).toMatchObject({ deleted: true });
  await expect(projects.spendLimit.retrieve('acc_000000000000000000000000000000')).rejects.toMatchObject({
    status: 404,
  });
});
