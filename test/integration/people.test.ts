// People who add others and manage their own keys over HTTP: nobody gives, or becomes, more than they are.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testModel } from '../../src/gateway/testing.ts';
import { type ServedStore, serveStore, type TenantWithKey } from './served-store.ts';
import { addPerson, ask, type Shown, signIn } from './signed-in.ts';

let server: ServedStore;
let tenant: TenantWithKey;
beforeEach(async () => {
  server = await serveStore();
  tenant = await server.addTenant('one');
});
afterEach(() => server[Symbol.asyncDispose]());

const newest = async () => (await server.opened.store.audit.list(tenant.organisation, { limit: 1 }))[0];

test('an administrator adds a person, who signs in by the link that comes of it', async () => {
  const as = await signIn(server, tenant, await addPerson(server, tenant, 'administrator'));
  const facts = { name: 'Anna', email: 'anna@example.net', role: 'member' };
  const added = await ask(server, as, 'POST', '/v1/x/people', facts);
  expect([added.status, added.shown]).toMatchObject([200, { object: 'organization.user', ...facts }]);
  const link = await ask(server, as, 'POST', `/v1/x/people/${added.shown.id}/link`, {});
  const { url } = link.shown as { url: string };
  expect(url).toMatch(new RegExp(`^${server.url}/sign-in#tgl_sl_\\w{49}$`));
  const token = url.slice(url.indexOf('#') + 1);
  const session = await ask(server, { origin: server.url }, 'POST', '/v1/x/session', { token });
  expect(session.shown).toMatchObject({ person: { id: added.shown.id, name: 'Anna' }, roles: ['member'] });
  const again = await ask(server, as, 'POST', '/v1/x/people', { ...facts, name: 'Another Anna' });
  expect([again.status, again.code]).toEqual([409, 'TGL_STORE_CONFLICT']);
});

test('nobody adds somebody, or becomes one by a link, who can do more than they can', async () => {
  const owner = await addPerson(server, tenant, 'owner');
  const as = await signIn(server, tenant, await addPerson(server, tenant, 'administrator'));
  const added = await ask(server, as, 'POST', '/v1/x/people', { name: 'Eve', role: 'owner' });
  expect([added.status, added.code]).toEqual([403, 'TGL_SCOPE_MISSING']);
  expect(await newest()).toMatchObject({ action: 'user.added', refused: 'TGL_SCOPE_MISSING' });
  const link = await ask(server, as, 'POST', `/v1/x/people/${owner}/link`, {});
  expect([link.status, link.code]).toEqual([403, 'TGL_SCOPE_MISSING']);
  expect(await newest()).toMatchObject({ action: 'login.link.created', refused: 'TGL_SCOPE_MISSING' });
  expect((await ask(server, as, 'POST', `/v1/x/people/${tenant.principal}/link`, {})).status).toBe(404);
  const foreign = await server.addTenant('two');
  expect((await ask(server, as, 'POST', `/v1/x/people/${foreign.person}/link`, {})).status).toBe(404);
  const other = await ask(server, as, 'POST', '/v1/x/people', { name: 'Eve', role: 'king' });
  expect([other.status, other.code]).toEqual([400, 'TGL_REQUEST_INVALID']);
});

test('a member makes, rotates and revokes keys of their own', async () => {
  const member = await addPerson(server, tenant, 'member');
  const as = await signIn(server, tenant, member);
  const made = await ask(server, as, 'POST', '/v1/x/keys', {
    name: 'laptop',
    models: [testModel],
    expires_in_seconds: 86_400,
  });
  expect(made).toMatchObject({
    status: 200,
    shown: {
      ...{ object: 'key', name: 'laptop', account: tenant.account, models: [testModel], expires_soon: true },
      ...{
        scopes: ['inference', 'models:read', 'usage:read'],
        value: expect.stringMatching(/^tgl_sk_\w{49}$/),
      },
    },
  });
  await server.refresh();
  const question = { model: testModel, messages: [{ role: 'user', content: 'hi' }] };
  const withKey = { authorization: `Bearer ${made.shown.value}` };
  expect((await ask(server, withKey, 'POST', '/v1/chat/completions', question)).status).toBe(200);
  const rotated = await ask(server, as, 'POST', `/v1/x/keys/${made.shown.id}/rotate`, { overlap_seconds: 0 });
  expect(rotated.shown.value).not.toBe(made.shown.value);
  await server.refresh();
  expect((await ask(server, withKey, 'POST', '/v1/chat/completions', question)).status).toBe(401);
  const listed = (await ask(server, as, 'GET', '/v1/x/keys')).shown.data as Shown[];
  expect(listed.map(({ id }) => id)).toEqual([made.shown.id]);
  expect(JSON.stringify(listed)).not.toContain(rotated.shown.value);
  expect((await ask(server, as, 'DELETE', `/v1/x/keys/${made.shown.id}`)).status).toBe(200);
  expect((await ask(server, as, 'GET', '/v1/x/keys')).shown.data).toEqual([]);
});

test('nobody makes a key that can do more, by a key, or touches the key of somebody else', async () => {
  const [as, other] = [
    await signIn(server, tenant, await addPerson(server, tenant, 'member')),
    await signIn(server, tenant, await addPerson(server, tenant, 'member')),
  ];
  for (const scopes of [['catalog:write'], ['keys:write'], ['everything']])
    expect((await ask(server, as, 'POST', '/v1/x/keys', { name: 'k', scopes })).code).toBe(
      'TGL_SCOPE_MISSING',
    );
  const withKey = { authorization: `Bearer ${tenant.secret}` };
  expect((await ask(server, withKey, 'POST', '/v1/x/keys', { name: 'k' })).code).toBe('TGL_SESSION_NEEDED');
  expect((await ask(server, withKey, 'GET', '/v1/x/keys')).code).toBe('TGL_SESSION_NEEDED');
  const { shown } = await ask(server, as, 'POST', '/v1/x/keys', { name: 'k' });
  expect((await ask(server, other, 'DELETE', `/v1/x/keys/${shown.id}`)).status).toBe(404);
  expect((await ask(server, other, 'POST', `/v1/x/keys/${shown.id}/rotate`, {})).status).toBe(404);
  expect((await ask(server, other, 'GET', '/v1/x/keys')).shown.data).toEqual([]);
  const viewer = await signIn(server, tenant, await addPerson(server, tenant, 'viewer'));
  expect((await ask(server, viewer, 'POST', '/v1/x/keys', { name: 'k' })).code).toBe('TGL_SCOPE_MISSING');
});
