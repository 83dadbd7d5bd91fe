// A page elsewhere cannot act as somebody who is signed in: every way to send a request with the cookie, over the table of routes.
import { request as send } from 'node:http';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { createPrincipal, type Principal, scopes } from '../../traffic/index.ts';
import { allRoutes, everyRoute, requestTo } from '../example-requests.ts';
import type { Route } from '../routes/route.ts';
import { type RunningGateway, startGateway } from '../testing.ts';

const secret = 'tgl_ss_of-anna';
const holder: Principal = createPrincipal({
  ...{ organisation: 'o', account: 'a', principalId: 'p', keyId: 'ses_1', session: 'ses_1', cacheScope: 'a' },
  ...{ scopes: new Set(scopes), models: null, region: null, revoked: new AbortController().signal },
  signedInAt: systemClock.now(),
});

function serving(): Promise<RunningGateway> {
  return startGateway(
    { reply: () => ['hm', '</think>', 'ok'] },
    {
      keys: {
        givenByOperator: true,
        authenticate: () => undefined,
        authenticateSession: (presented) => (presented === secret ? holder : undefined),
      },
      allowedOrigins: ['https://chat.example'],
      ...everyRoute,
    },
  );
}

type Answer = { readonly status: number; readonly headers: object; readonly text: string };

/** Sends what a browser would, headers that `fetch` sets by itself included. */
function ask({ port }: RunningGateway, route: Route, headers: Record<string, string>): Promise<Answer> {
  const [path, { body }] = requestTo(route, null);
  const own = { ...(typeof body === 'string' && { 'content-length': String(body.length) }), ...headers };
  return new Promise((resolve, reject) => {
    const asked = send({ port, path, method: route.method, headers: own }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on('error', reject).end(body);
  });
}

const cookie = `tiegel_session=${secret}`;
const json = { 'content-type': 'application/json' };
const own = ({ port }: RunningGateway): Record<string, string> => ({ origin: `http://localhost:${port}` });
const isPublic = ({ scope }: Route): boolean => scope === 'public';
const changes = allRoutes.filter((route) => route.method !== 'GET' && !isPublic(route));
const reads = allRoutes.filter((route) => route.method === 'GET' && !isPublic(route));
const named = (routes: readonly Route[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);

describe.each(named(changes))('%s', (_, route) => {
  test('works from a page of the server, and from no other', async () => {
    await using server = await serving();
    const host = { host: `localhost:${server.port}`, cookie };
    const refused = async (headers: Record<string, string>) => {
      const { status, text } = await ask(server, route, { ...host, ...headers });
      return [
        status,
        /"?(TGL_SESSION_ORIGIN|TGL_HOST_FORBIDDEN)"?|not allowed here|pages of this server/.test(text),
      ];
    };
    const works = await ask(server, route, { ...host, ...own(server), ...json });
    expect(works.text).not.toMatch(/TGL_SESSION_ORIGIN|TGL_UNAUTHENTICATED/);
    expect([401, 403]).not.toContain(works.status);
    const bySite = await ask(server, route, { ...host, 'sec-fetch-site': 'same-origin', ...json });
    expect([401, 403]).not.toContain(bySite.status);

    for (const headers of [
      json,
      { ...json, 'sec-fetch-site': 'cross-site' },
      { ...json, 'sec-fetch-site': 'same-site' },
      { ...json, 'sec-fetch-site': 'none' },
      { ...json, ...own(server), 'sec-fetch-site': 'same-site' },
      { ...json, origin: 'null' },
      { ...json, origin: 'https://evil.example' },
      { ...json, origin: 'https://chat.example' },
      { ...json, origin: `http://localhost:${server.port + 1}` },
      { ...own(server), 'content-type': 'text/plain' },
      { ...own(server), 'content-type': 'application/x-www-form-urlencoded' },
      { ...own(server), 'content-type': 'multipart/form-data; boundary=x' },
    ])
      expect([headers, await refused(headers)]).toEqual([headers, [403, true]]);
  });
});

describe.each(named(reads))('%s', (_, route) => {
  test('is read by pages of the server, and by no other', async () => {
    await using server = await serving();
    const host = { host: `localhost:${server.port}`, cookie };
    for (const site of ['same-origin', 'none']) {
      const answer = await ask(server, route, { ...host, 'sec-fetch-site': site });
      expect([site, answer.status]).toEqual([site, 200]);
    }
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://chat.example' },
    ] as Record<string, string>[])
      expect((await ask(server, route, { ...host, ...headers })).status).toBe(403);
  });
});

test('no answer allows a page elsewhere to send the cookie', async () => {
  await using server = await serving();
  for (const route of allRoutes)
    for (const origin of ['https://chat.example', `http://localhost:${server.port}`]) {
      const { headers } = await ask(server, route, {
        ...{ host: `localhost:${server.port}`, cookie, origin },
        ...json,
      });
      expect(Object.keys(headers)).not.toContain('access-control-allow-credentials');
    }
});

test('whoever shows a key as well is who the key says, and a wrong key is not helped by a cookie', async () => {
  await using server = await serving();
  const [route] = reads as [Route];
  const host = { host: `localhost:${server.port}`, cookie };
  for (const headers of [
    { authorization: 'Bearer wrong' },
    { authorization: 'Basic x' },
    { 'x-api-key': 'w' },
  ])
    expect((await ask(server, route, { ...host, ...(headers as Record<string, string>) })).status).toBe(401);
});
