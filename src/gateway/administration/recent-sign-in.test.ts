// Which changes take a sign-in within the last hour of somebody who is signed in, over the whole table of routes.
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { createPrincipal, scopes } from '../../traffic/index.ts';
import { recentSignInMs } from '../access/recent-sign-in.ts';
import { allRoutes, everyRoute, requestTo } from '../example-requests.ts';
import { isInference, type Route } from '../routes/route.ts';
import { principalOf, startGateway } from '../testing.ts';
import { exampleAdministration } from './testing.ts';

/** What only takes away, or makes what has nothing yet. */
const harmless: ReadonlySet<string> = new Set([
  'DELETE /v1/organization/projects/{project}/api_keys/{key}',
  'DELETE /v1/organization/admin_api_keys/{key}',
  'DELETE /v1/x/keys/{key}',
  'POST /v1/organization/projects',
  'POST /v1/organization/projects/{project}',
  'POST /v1/x/guard/cases/{case}/reopen',
]);
const limitRoute = 'POST /v1/organization/projects/{project}/rate_limits/{limit}';
const spendRoutes = [
  'POST /v1/organization/spend_limit',
  'POST /v1/organization/projects/{project}/spend_limit',
];
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const changes = allRoutes.filter((route) => !isInference(route) && route.onRefused !== undefined);

function serving() {
  const refused: unknown[] = [];
  const signedIn = (ago: number) =>
    createPrincipal({
      ...principalOf({ account: 'acc_1', scopes: new Set(scopes) }),
      session: 'ses_1',
      signedInAt: systemClock.now() - ago,
    });
  const sessions = new Map([
    ['old', signedIn(recentSignInMs)],
    ['fresh', signedIn(recentSignInMs - 600_000)],
  ]);
  const server = startGateway(
    {},
    {
      ...everyRoute,
      administration: {
        ...exampleAdministration,
        refused: async (_, { action }, code) => void refused.push([action, code]),
      },
      keys: {
        givenByOperator: true,
        authenticate: (key) => (key === 'key' ? principalOf({ account: 'acc_1' }) : undefined),
        authenticateSession: (secret) => sessions.get(secret),
      },
    },
  );
  const ask = async (route: Route, as: string, body?: object) => {
    const [path, init] = requestTo(route, null);
    const { url } = await server;
    const signed = as === 'key' ? { authorization: 'Bearer key' } : { cookie: `tiegel_session=${as}` };
    const headers = {
      ...{ ...init.headers, ...signed, 'sec-fetch-site': 'same-origin' },
      ...(route.method === 'POST' && { 'content-type': 'application/json' }),
    };
    const sent = body === undefined ? (init.body ?? '{}') : JSON.stringify(body);
    const response = await fetch(url + path, {
      ...{ ...init, headers },
      ...(route.method === 'POST' && { body: sent }),
    });
    const text = await response.text();
    return { status: response.status, again: text.includes('TGL_SIGN_IN_AGAIN'), text };
  };
  return { server, ask, refused };
}

test('there are such changes', () => {
  expect(changes.length).toBeGreaterThan(15);
  const names = new Set(changes.map(nameOf));
  for (const name of [...harmless, limitRoute]) expect(names).toContain(name);
});

describe.each(changes.map((route) => [nameOf(route), route] as const))('%s', (name, route) => {
  test('by a session takes a recent sign-in where it is dangerous, and by a key never', async () => {
    const { server, ask, refused } = serving();
    await using _ = await server;
    for (const as of ['fresh', 'key']) expect([as, (await ask(route, as)).again]).toEqual([as, false]);
    refused.splice(0);
    const isHarmless = harmless.has(name) || [limitRoute, ...spendRoutes].includes(name);
    const { status, again, text } = await ask(route, 'old');
    expect([status === 403, again]).toEqual([!isHarmless, !isHarmless]);
    if (isHarmless) return;
    expect(text).toContain('Sign in again');
    expect(refused).toEqual([[expect.any(String), 'TGL_SIGN_IN_AGAIN']]);
  });
});

test.each([
  [{ max_requests_per_1_minute: 61 }, true],
  [{ max_requests_per_1_minute: null }, true],
  [{ max_requests_per_1_minute: 59 }, false],
  [{ max_requests_per_1_minute: 0, max_tokens_per_1_minute: 10 }, false],
  [{ max_tokens_per_1_minute: null }, false],
  [{ max_requests_per_1_minute: 10, max_requests_per_1_day: null }, false],
])('a limit of 60 requests a minute changed by %j takes one: %s', async (body, isRaised) => {
  const { server, ask } = serving();
  await using _ = await server;
  const route = changes.find((one) => nameOf(one) === limitRoute) as Route;
  expect((await ask(route, 'old', body)).again).toBe(isRaised);
});

test('a measure of the guard takes one to end it, and none to begin it', async () => {
  const { server, ask } = serving();
  await using _ = await server;
  const route = changes.find(({ path }) => path.endsWith('/measures')) as Route;
  const body = { measure: 'slow-down', reason: 'asked' };
  for (const in_force of [true, false])
    expect((await ask(route, 'old', { ...body, in_force })).again).toBe(!in_force);
});

test.each(spendRoutes)('%s takes one where it raises what may be spent', async (name) => {
  const { server, ask } = serving();
  await using _ = await server;
  const route = changes.find((one) => nameOf(one) === name) as Route;
  const body = { currency: 'USD', interval: 'month' };
  for (const [threshold_amount, isRaised] of [
    [2499, false],
    [2501, true],
  ] as const)
    expect((await ask(route, 'old', { ...body, threshold_amount })).again).toBe(isRaised);
});
