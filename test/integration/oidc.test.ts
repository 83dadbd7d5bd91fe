// Signing in by a provider, over a real store and a provider on loopback: a browser is sent there and comes back, and every answer of
// the provider that is not the one which this browser asked for signs nobody in.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  startTestProvider,
  type TestProvider,
  type TokenFault,
  testClient,
} from '../../src/host/oidc/fixture.ts';
import type { OidcSettings } from '../../src/host/oidc/provider.ts';
import { createOutbound } from '../../src/outbound/index.ts';
import { author } from '../../src/store/contract.ts';
import { type ServedStore, serveStore } from './served-store.ts';

let stack: AsyncDisposableStack;
let provider: TestProvider;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  provider = stack.use(await startTestProvider());
});
afterEach(() => stack.disposeAsync());

const path = '/v1/x/session/oidc';
const everybody = { roleClaim: 'groups', roles: [{ value: '*', role: 'member' }] } as const;

async function serve(settings: Partial<OidcSettings> = {}, origin?: string): Promise<ServedStore> {
  const outbound = stack.use(createOutbound({ allowedOrigins: [provider.issuer] }));
  const whole: OidcSettings = {
    ...{ issuer: provider.issuer, clientId: testClient, clientSecret: 'secret', domains: [] },
    ...{ roleClaim: undefined, roles: [], ...settings },
  };
  return stack.use(await serveStore({ signIn: { origin, oidc: { settings: whole, outbound } } }));
}

/** What a browser does: it is sent to the provider, which sends it back with its answer. */
async function begin(server: ServedStore) {
  const response = await fetch(`${server.url}${path}`, { redirect: 'manual' });
  const cookie = response.headers.get('set-cookie') ?? '';
  return { location: response.headers.get('location') ?? '', cookie, kept: cookie.split(';')[0] as string };
}

async function comeBack(server: ServedStore, url: string, cookie: string) {
  const back = new URL(url);
  const response = await fetch(server.url + back.pathname + back.search, {
    ...{ headers: { cookie }, redirect: 'manual' },
  });
  const cookies = response.headers.getSetCookie();
  const session = cookies.find((text) => text.includes('_session='))?.split(';')[0];
  return { location: response.headers.get('location') ?? '', cookies, session };
}

async function signIn(server: ServedStore, fault: TokenFault = {}) {
  const { location, kept } = await begin(server);
  return comeBack(server, provider.answer(location, fault), kept);
}

async function whoIs(server: ServedStore, session: string | undefined) {
  const response = await fetch(`${server.url}/v1/x/session`, { headers: { cookie: session ?? '' } });
  return (await response.json()) as { readonly [name: string]: unknown };
}

const operatorOf = async (server: ServedStore) => (await server.opened.store.organisations.list())[0]!.id;

const peopleOf = async (server: ServedStore) => {
  const people = await server.opened.store.principals.list(await operatorOf(server));
  return people.filter(({ kind }) => kind === 'person');
};

test('a browser is sent there with PKCE, state and nonce, and comes back signed in', async () => {
  const server = await serve(everybody);
  const { location, cookie } = await begin(server);
  const { origin, searchParams } = new URL(location);
  expect(origin).toBe(provider.issuer);
  expect(Object.fromEntries(searchParams)).toEqual({
    ...{ client_id: testClient, response_type: 'code', scope: 'openid profile email' },
    ...{ redirect_uri: `${server.url}${path}/callback`, code_challenge_method: 'S256' },
    ...{ code_challenge: expect.stringMatching(/^.{43}$/), state: expect.stringMatching(/^.{43}$/) },
    nonce: expect.stringMatching(/^.{43}$/),
  });
  expect(cookie).toMatch(/^tiegel_oidc=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  const back = await signIn(server, {
    claims: { name: 'Anna', email: 'anna@example.org', email_verified: true },
  });
  expect([back.location, back.cookies]).toEqual([
    '/',
    [
      'tiegel_oidc=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
      expect.stringMatching(
        /^tiegel_session=tgl_ss_\w+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/,
      ),
    ],
  ]);
  expect(await whoIs(server, back.session)).toMatchObject({
    person: { name: 'Anna', email: 'anna@example.org' },
    roles: ['member'],
    sign_in: { oidc: true },
  });
});

test('an origin with TLS that the operator names is where the browser comes back to, and binds the cookies', async () => {
  const server = await serve(everybody, 'https://tiegel.example');
  const { location, cookie, kept } = await begin(server);
  expect(new URL(location).searchParams.get('redirect_uri')).toBe(`https://tiegel.example${path}/callback`);
  expect(cookie).toMatch(/^__Host-tiegel_oidc=.*; Secure$/);
  const { cookies } = await comeBack(server, provider.answer(location), kept);
  expect(cookies[1]).toMatch(/^__Host-tiegel_session=.*; Secure$/);
});

const hour = 3600;
const now = (): number => Math.floor(Date.now() / 1000);

describe('nobody is signed in', () => {
  test.each<[string, TokenFault | (() => TokenFault)]>([
    ['by a token for another nonce', { claims: { nonce: 'another' } }],
    ['by a token without a nonce', { claims: { nonce: undefined } }],
    ['by a token for another client', { claims: { aud: 'another' } }],
    ['by a token for several clients', { claims: { aud: ['another', testClient] } }],
    ['by a token of another issuer', { claims: { iss: 'https://other.example' } }],
    ['by a token that has expired', () => ({ claims: { iat: now() - 2 * hour, exp: now() - hour } })],
    ['by a token without an end', { claims: { exp: undefined } }],
    ['by a token without a subject', { claims: { sub: undefined } }],
    ['by a token that is not signed', { signature: 'none' }],
    ['by a token that another key signed', { signature: 'of another key' }],
    ['by a token whose signature is damaged', { signature: 'damaged' }],
    ['by an answer to another question', { state: 'another' }],
    ['by an answer that another provider gave', { issuer: 'https://other.example' }],
  ])('%s', async (_, fault) => {
    const server = await serve(everybody);
    const back = await signIn(server, typeof fault === 'function' ? fault() : fault);
    expect(back.location).toMatch(/^\/sign-in\?error=TGL_SIGN_IN_REFUSED&request=req_\w+$/);
    expect(back.session).toBeUndefined();
    expect(await peopleOf(server)).toEqual([]);
    const [entry] = await server.opened.store.audit.list(await operatorOf(server), { limit: 1 });
    expect(entry).toMatchObject({ action: 'login.failed', refused: 'TGL_SIGN_IN_REFUSED' });
  });

  test('by a code that was redeemed, or an answer that another browser asked for', async () => {
    const server = await serve(everybody);
    const [anna, eve] = [await begin(server), await begin(server)];
    const answer = provider.answer(anna.location);
    expect((await comeBack(server, answer, anna.kept)).session).toBeDefined();
    for (const cookie of [anna.kept, eve.kept, '', 'tiegel_oidc=damaged', 'tiegel_oidc=a.b.c'])
      expect([cookie, (await comeBack(server, answer, cookie)).session]).toEqual([cookie, undefined]);
    // Who had Anna's answer for themselves lacks the verifier that her browser has.
    const stolen = new URL(provider.answer(anna.location));
    const { searchParams } = new URL(eve.location);
    stolen.searchParams.set('state', searchParams.get('state') ?? '');
    expect((await comeBack(server, stolen.href, eve.kept)).session).toBeUndefined();
  });

  test('where the provider cannot be asked, or nothing may leave', async () => {
    const server = await serve(everybody);
    await provider[Symbol.asyncDispose]();
    expect((await begin(server)).location).toMatch(/^\/sign-in\?error=TGL_SIGN_IN_UNAVAILABLE/);
  });

  test('after too many attempts from an address, and the provider is not asked', async () => {
    const server = await serve(everybody);
    for (let tried = 0; tried < 10; tried++) await comeBack(server, `http://x${path}/callback?code=x`, '');
    const asked = provider.asked.length;
    expect((await begin(server)).location).toContain('TGL_SIGN_IN_THROTTLED');
    expect((await comeBack(server, `http://x${path}/callback?code=x`, '')).location).toContain('THROTTLED');
    expect(provider.asked).toHaveLength(asked);
  });
});

describe('whom a sign-in stands for', () => {
  const anna = { email: 'anna@example.org', email_verified: true };

  test('is a person whose verified address is known, from then on by the name at the provider', async () => {
    const server = await serve();
    const organisation = await operatorOf(server);
    const facts = { kind: 'person', name: 'Anna', email: 'Anna@example.org' } as const;
    const person = await server.opened.store.principals.create(organisation, author, facts, {
      ...{ account: null, role: 'billing' },
    });
    for (const claims of [{}, { ...anna, email_verified: false }, { ...anna, email: 'eve@example.org' }])
      expect((await signIn(server, { claims })).session).toBeUndefined();
    expect(await whoIs(server, (await signIn(server, { claims: anna })).session)).toMatchObject({
      ...{ person: { id: person.id }, roles: ['billing'] },
    });
    // By that name also where the address changes, and nobody else by that address.
    expect((await signIn(server, { claims: {} })).session).toBeDefined();
    expect((await signIn(server, { claims: { ...anna, sub: 'sub-2' } })).session).toBeUndefined();
    const kept = JSON.stringify(await peopleOf(server));
    expect(kept).not.toContain('sub-1');
  });

  test('has the role that a claim gives, at each sign-in', async () => {
    const roles = [
      { value: 'admins', role: 'administrator' },
      { value: 'staff', role: 'member' },
    ];
    const server = await serve({ roleClaim: 'groups', roles });
    const rolesBy = async (groups: unknown) =>
      (await whoIs(server, (await signIn(server, { claims: { ...anna, groups } })).session)).roles;
    expect(await rolesBy(['staff'])).toEqual(['member']);
    expect(await rolesBy(['staff', 'admins'])).toEqual(['administrator']);
    expect(await rolesBy('staff')).toEqual(['member']);
    for (const groups of [[], undefined, 'guests', { admins: true }, ['__proto__']])
      expect([groups, await rolesBy(groups)]).toEqual([groups, undefined]);
    expect(await peopleOf(server)).toHaveLength(1);
  });

  test('has an address of a domain that is allowed', async () => {
    const server = await serve({ ...everybody, domains: ['example.org'] });
    for (const claims of [
      {},
      { email: 'anna@example.org' },
      { ...anna, email: 'anna@sub.example.org' },
      { ...anna, email: 'anna@example.org.evil.example' },
    ])
      expect((await signIn(server, { claims })).session).toBeUndefined();
    expect((await signIn(server, { claims: anna })).session).toBeDefined();
  });
});
