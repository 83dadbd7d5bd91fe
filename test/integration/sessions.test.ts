// Signing in over HTTP, from the token of a link to the end of the session, over a real store: who is signed in asks models and
// administers by the cookie alone, and what they use is their account's.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testModel } from '../../src/gateway/testing.ts';
import { author } from '../../src/store/contract.ts';
import { type ServedStore, serveStore, type TenantWithKey } from './served-store.ts';

let server: ServedStore;
let tenant: TenantWithKey;
beforeEach(async () => {
  server = await serveStore();
  tenant = await server.addTenant('one');
  const { organisation, person } = tenant;
  await server.opened.store.principals.grant(organisation, person, author, { account: null, role: 'owner' });
});
afterEach(() => server[Symbol.asyncDispose]());

const path = '/v1/x/session';

type Shown = { readonly [name: string]: unknown };

async function ask(
  method: string,
  to: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(server.url + to, {
    method,
    headers: { origin: server.url, 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const shown = (text.startsWith('{') ? JSON.parse(text) : {}) as Shown;
  return { status: response.status, headers: response.headers, text, shown };
}

async function newToken(): Promise<string> {
  const { organisation, person } = tenant;
  return (await server.opened.keys.signIns.createLink(organisation, person, author)).token;
}

/** The headers of somebody who signed in. */
async function signIn(origin = server.url) {
  const { headers, shown } = await ask('POST', path, { token: await newToken() }, { origin });
  const cookie = headers.get('set-cookie') ?? '';
  return { cookie, shown, as: { cookie: cookie.split(';')[0] as string } };
}

const question = { model: testModel, messages: [{ role: 'user', content: 'hi' }] };

test('a token is given for a cookie and a description of what the person may do', async () => {
  const { cookie, shown, as } = await signIn();
  expect(cookie).toMatch(/^tiegel_session=tgl_ss_\w+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/);
  expect(shown).toEqual({
    object: 'session',
    person: { id: tenant.person, name: 'one', email: 'one@example.org' },
    organisation: { id: tenant.organisation, name: 'one' },
    accounts: [{ id: tenant.account, name: 'one' }],
    roles: ['owner'],
    scopes: expect.arrayContaining(['inference', 'keys:write', 'policy:write', 'audit:read']),
    expires_at: Math.floor(server.opened.clock.now() / 1000) + 7 * 24 * 3600,
    expiring_keys: [],
    sign_in: { oidc: false },
  });
  // What concerns the whole server is for whoever operates it.
  expect(shown.scopes).not.toContain('catalog:write');
  const again = await ask('GET', path, undefined, as);
  expect([again.status, again.shown]).toEqual([200, shown]);
  expect(again.headers.get('cache-control')).toBe('no-store');
});

test('over TLS the cookie is bound to this very host', async () => {
  const { cookie, as } = await signIn(server.url.replace('http:', 'https:'));
  expect(cookie).toMatch(
    /^__Host-tiegel_session=\w+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
  );
  expect((await ask('GET', path, undefined, as)).status).toBe(200);
  // One that a page of a sister domain could have set does not count beside it.
  const both = { cookie: `tiegel_session=planted; ${as.cookie}` };
  expect((await ask('GET', path, undefined, both)).status).toBe(200);
});

test('whoever is not signed in is told how to, in the words of every 401', async () => {
  const none = await ask('GET', path);
  const wrong = await ask('GET', path, undefined, { cookie: 'tiegel_session=tgl_ss_wrong' });
  const withKey = await ask('GET', path, undefined, { authorization: `Bearer ${tenant.secret}` });
  const token = await ask('POST', path, { token: 'wrong' });
  const elsewhere = await ask('GET', '/v1/models', undefined, { cookie: 'tiegel_session=tgl_ss_wrong' });
  for (const { status, shown } of [none, wrong, withKey, token, elsewhere]) {
    expect([status, shown.error]).toMatchObject([401, { tgl_code: 'TGL_UNAUTHENTICATED' }]);
    expect({ ...(shown.error as Shown), request_id: '' }).toEqual({
      ...(none.shown.error as Shown),
      request_id: '',
    });
  }
  for (const { shown } of [none, wrong, withKey, token]) expect(shown.sign_in).toEqual({ oidc: false });
});

test('an address with too many wrong tokens has to wait, also with a right one', async () => {
  for (let tried = 0; tried < 10; tried++)
    expect((await ask('POST', path, { token: `wrong-${tried}` })).status).toBe(401);
  const right = await newToken();
  const refused = await ask('POST', path, { token: right });
  expect([refused.status, refused.text]).toEqual([429, expect.stringContaining('TGL_SIGN_IN_THROTTLED')]);
  expect(refused.headers.get('retry-after')).toBe('600');
  server.opened.clock.advance(600_000 - 1);
  await server.refresh();
  expect((await ask('POST', path, { token: right })).status).toBe(429);
});

test('no page elsewhere can sign somebody in', async () => {
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }] as Shown[]) {
    const refused = await ask('POST', path, { token: await newToken() }, headers as Record<string, string>);
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null]);
  }
});

test('what is asked by a cookie is used by the account that is named, else by the first', async () => {
  const { organisation, account } = tenant;
  server.opened.clock.advance(1);
  const second = await server.opened.store.accounts.create(organisation, author, { name: 'second' });
  const { as } = await signIn();
  expect((await ask('POST', '/v1/chat/completions', question, as)).status).toBe(200);
  const named = { ...as, 'x-tiegel-account': second.id };
  expect((await ask('POST', '/v1/chat/completions', question, named)).status).toBe(200);
  expect((await ask('POST', '/v1/chat/completions', question, named)).status).toBe(200);
  const foreign = { ...as, 'x-tiegel-account': server.operatorKey };
  expect((await ask('POST', '/v1/chat/completions', question, foreign)).status).toBe(404);
  const rows = await server.opened.store.database.query
    .selectFrom('ledger')
    .select(['account', 'principal', 'key'])
    .where('organisation', '=', organisation)
    .where('kind', '=', 'settle')
    .orderBy('seq')
    .execute();
  const session = expect.stringMatching(/^ses_/);
  expect(rows).toEqual(
    [account, second.id, second.id].map((own) => ({ account: own, principal: tenant.person, key: session })),
  );
});

test('administers what the roles allow, and the audit log names the person', async () => {
  const { as } = await signIn();
  const made = await ask('POST', '/v1/organization/projects', { name: 'research' }, as);
  expect(made.status).toBe(200);
  const [entry] = await server.opened.store.audit.list(tenant.organisation, { limit: 1 });
  expect(entry).toMatchObject({
    action: 'project.created',
    actor: { type: 'principal', principal: tenant.person },
  });
  const admin = await ask('POST', '/v1/organization/admin_api_keys', { name: 'mine' }, as);
  expect([admin.status, admin.shown.owner]).toMatchObject([200, { id: tenant.person }]);
  const { organisation, person } = tenant;
  await server.opened.store.principals.grant(organisation, person, author, { account: null, role: 'viewer' });
  await server.refresh();
  expect((await ask('POST', '/v1/organization/projects', { name: 'again' }, as)).status).toBe(403);
});

test('ends with its running requests, and cannot be used again', async () => {
  const { as } = await signIn();
  const ended = await ask('DELETE', path, undefined, as);
  expect(ended.status).toBe(200);
  expect(ended.headers.getSetCookie()).toEqual([
    'tiegel_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    '__Host-tiegel_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure',
  ]);
  expect((await ask('GET', path, undefined, as)).status).toBe(401);
});

test('neither the log nor the store has a token or the secret of a session', async () => {
  const token = await newToken();
  const { headers } = await ask('POST', path, { token });
  const secret = /tgl_ss_\w+/.exec(headers.get('set-cookie') ?? '')?.[0] as string;
  await ask('POST', path, { token });
  const { query } = server.opened.store.database;
  const rows = [
    await query.selectFrom('session').selectAll().execute(),
    await query.selectFrom('sign_in_link').selectAll().execute(),
    await query.selectFrom('audit').selectAll().execute(),
  ];
  const kept = JSON.stringify(rows) + server.log();
  for (const text of [token, secret]) expect(kept).not.toContain(text);
});

test('what is dangerous takes a sign-in within the last hour, which the audit log tells as well', async () => {
  const { as } = await signIn();
  const create = (headers: Readonly<Record<string, string>>) =>
    ask('POST', '/v1/organization/admin_api_keys', { name: 'new' }, headers);
  const key = await create(as);
  expect(key.status).toBe(200);
  server.opened.clock.advance(3_600_000);
  await server.refresh();
  const refused = await create(as);
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('TGL_SIGN_IN_AGAIN')]);
  const { organisation, person, account } = tenant;
  const [entry] = await server.opened.store.audit.list(organisation, { limit: 1 });
  expect(entry).toMatchObject({ action: 'api_key.created', refused: 'TGL_SIGN_IN_AGAIN' });
  expect(JSON.stringify(entry)).toContain(person);
  const limit = `/v1/organization/projects/${account}/rate_limits/rl-${testModel}`;
  const limited = (requests: number | null) =>
    ask('POST', limit, { max_requests_per_1_minute: requests }, as).then(({ status }) => status);
  expect([await limited(50), await limited(40), await limited(41), await limited(null)]).toEqual([
    ...[200, 200, 403, 403],
  ]);
  const remove = `/v1/organization/admin_api_keys/${String(key.shown.id)}`;
  expect((await ask('DELETE', remove, undefined, as)).status).toBe(200);
  expect((await create((await signIn()).as)).status).toBe(200);
});
