// Data policies and erasures over HTTP by somebody who is signed in: what would come of it is shown first, and what was done is in the
// audit log with the version of the policy that then held.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testModel } from '../../src/gateway/testing.ts';
import { author } from '../../src/store/contract.ts';
import type { PrincipalId } from '../../src/traffic/index.ts';
import { type ServedStore, serveStore, type TenantWithKey } from './served-store.ts';
import { addPerson, ask, signIn } from './signed-in.ts';

let server: ServedStore;
let tenant: TenantWithKey;
beforeEach(async () => {
  server = await serveStore();
  tenant = await server.addTenant('one');
});
afterEach(() => server[Symbol.asyncDispose]());

const entries = (limit: number) => server.opened.store.audit.list(tenant.organisation, { limit });

test('a policy is previewed, set, and told with the models that may no longer answer', async () => {
  const as = await signIn(server, tenant, await addPerson(server, tenant, 'owner'));
  const before = await ask(server, as, 'GET', '/v1/x/policies');
  expect(before.shown).toMatchObject({
    data: [{ account: null, version: 0, document: null, models: [{ name: testModel, allowed: true }] }],
    presets: [{ name: 'eu-only' }, { name: 'own-hardware-only' }, { name: 'no-retention' }],
  });
  const change = { presets: ['eu-only'], document: { schema: 1, retention: { contentDays: 7 } } };
  const preview = await ask(server, as, 'POST', '/v1/x/policies/preview', change);
  const forbidden = [expect.stringMatching(/^engines\.regions/)];
  expect(preview.shown).toMatchObject({
    version: 0,
    policy: { retention: { contentDays: 7 } },
    models: [{ name: testModel, allowed: false, forbidden }],
  });
  expect(await server.opened.store.policies.current(tenant.organisation)).toEqual([]);
  const set = await ask(server, as, 'POST', '/v1/x/policies', change);
  expect(set.shown).toMatchObject({ account: null, version: 1, models: [{ allowed: false }] });
  const ofAccount = { account: tenant.account, document: { schema: 1, egress: 'own-hardware' } };
  await ask(server, as, 'POST', '/v1/x/policies', ofAccount);
  const { data } = (await ask(server, as, 'GET', '/v1/x/policies')).shown;
  expect(data).toMatchObject([
    { account: null, version: 1, policy: { egress: 'any' } },
    {
      account: tenant.account,
      version: 2,
      policy: { egress: 'own-hardware', retention: { contentDays: 7 } },
    },
  ]);
  expect(await entries(2)).toMatchObject([
    { action: 'policy.updated', target: { id: tenant.account }, policyVersion: 2 },
    { action: 'policy.updated', target: { id: tenant.organisation }, policyVersion: 1 },
  ]);
  const log = await ask(server, as, 'GET', '/v1/organization/audit_logs?limit=1');
  expect(log.shown.data).toMatchObject([{ x_tiegel: { policy_version: 2 } }]);
});

test.each([
  [{ presets: ['mars-only'] }, 'TGL_DATA_POLICY_INVALID'],
  [{}, 'TGL_DATA_POLICY_INVALID'],
  [{ document: { schema: 2 } }, 'TGL_DATA_POLICY_INVALID'],
  [{ document: { schema: 1, engines: { regions: ['Europe'] } } }, 'TGL_DATA_POLICY_INVALID'],
  [{ document: { schema: 1, retentoin: {} } }, 'TGL_DATA_POLICY_INVALID'],
  [{ presets: ['eu-only'], account: 'acc_other' }, 'TGL_ID_UNKNOWN'],
  [{ presets: 'eu-only' }, 'TGL_REQUEST_INVALID'],
])(
  'the policy %j is refused as %s, before and when it is set, and that is written down',
  async (body, code) => {
    const as = await signIn(server, tenant, await addPerson(server, tenant, 'owner'));
    expect((await ask(server, as, 'POST', '/v1/x/policies/preview', body)).code).toBe(code);
    expect((await ask(server, as, 'POST', '/v1/x/policies', body)).code).toBe(code);
    expect(await entries(1)).toMatchObject([{ action: 'policy.updated', refused: code }]);
    expect(await server.opened.store.policies.current(tenant.organisation)).toEqual([]);
  },
);

test('a person is erased after a preview, by their identifier once more, and nothing names them any more', async () => {
  const as = await signIn(server, tenant, await addPerson(server, tenant, 'owner'));
  const person = await addPerson(server, tenant, 'member', 'Canaria Gelb');
  await signIn(server, tenant, person);
  const path = `/v1/x/people/${person}/erasure`;
  const preview = await ask(server, as, 'GET', path);
  expect(preview.shown).toMatchObject({
    ...{ object: 'erasure', principal: person, erased: false },
    gone: expect.arrayContaining([
      { what: 'personal data (name)', count: 1 },
      { what: 'sign-ins: sessions and links', count: 1 },
    ]),
  });
  for (const confirm of ['Canaria Gelb', tenant.principal])
    expect((await ask(server, as, 'POST', path, { confirm })).code).toBe('TGL_REQUEST_INVALID');
  const receipt = await ask(server, as, 'POST', path, { confirm: person });
  expect([receipt.status, receipt.shown]).toMatchObject([200, { erased: true, gone: preview.shown.gone }]);
  const [entry] = await entries(1);
  expect(entry).toMatchObject({ action: 'principal.erased', target: { id: person }, refused: null });
  const files = readdirSync(server.home, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const named = files.filter((file) =>
    /Canaria/i.test(readFileSync(join(file.parentPath, file.name), 'latin1')),
  );
  expect(named.map(({ name }) => name)).toEqual([]);
});

test('who may set no policies erases nobody, and the last owner stays', async () => {
  const as = await signIn(server, tenant, await addPerson(server, tenant, 'administrator'));
  const path = `/v1/x/people/${tenant.person}/erasure`;
  expect((await ask(server, as, 'POST', path, { confirm: tenant.person })).code).toBe('TGL_SCOPE_MISSING');
  expect(await entries(1)).toMatchObject([{ action: 'principal.erased', refused: 'TGL_SCOPE_MISSING' }]);
  const owner = await addPerson(server, tenant, 'owner');
  const byOwner = await signIn(server, tenant, owner);
  const { organisation, principal } = tenant;
  await server.opened.store.principals.remove(organisation, principal, author);
  await server.refresh();
  const own = await ask(server, byOwner, 'POST', `/v1/x/people/${owner}/erasure`, { confirm: owner });
  expect([own.status, own.code]).toEqual([409, 'TGL_STORE_CONFLICT']);
  const foreign = await server.addTenant('two');
  const theirs = `/v1/x/people/${foreign.person}/erasure`;
  expect((await ask(server, byOwner, 'GET', theirs)).status).toBe(404);
  expect((await ask(server, byOwner, 'POST', theirs, { confirm: foreign.person })).status).toBe(404);
});

test('keys that end within two weeks are told to whoever manages keys, and their own to everybody', async () => {
  const { opened } = server;
  const { organisation, account } = tenant;
  const [owner, member] = [
    await addPerson(server, tenant, 'owner'),
    await addPerson(server, tenant, 'member'),
  ];
  const soon = opened.clock.now() + 13 * 86_400_000;
  const facts = { account, name: 'laptop' };
  const make = (principal: PrincipalId, expiresAt: number) =>
    opened.keys.create(organisation, author, { ...facts, principal, expiresAt });
  const { key } = await make(member, soon);
  const other = await make(tenant.principal, soon + 1);
  await make(member, soon + 2 * 86_400_000);
  const gone = await make(member, soon);
  await opened.keys.revoke(organisation, gone.key.id, author);
  const told = async (person: PrincipalId) => {
    const { shown } = await ask(server, await signIn(server, tenant, person), 'GET', '/v1/x/session');
    return (shown.expiring_keys as { id: string }[]).map(({ id }) => id);
  };
  expect(await told(member)).toEqual([key.id]);
  expect(await told(owner)).toEqual([key.id, other.key.id]);
});
