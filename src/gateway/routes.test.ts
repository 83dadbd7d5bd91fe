// What holds for every route, generated from the table of routes.
import { fastify } from 'fastify';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../base/index.ts';
import { createPrincipal, type Principal, type Scope, scopes } from '../traffic/index.ts';
import { routeScopes } from './access/access.ts';
import type { GatewayContext } from './context.ts';
import { allRoutes, everyRoute, exampleOf, inferenceRoutes, requestTo } from './example-requests.ts';
import { addRoutes } from './routes/add-routes.ts';
import { type Route, requireSound, route } from './routes/route.ts';
import { routesOf } from './routes/routes.ts';
import { type RunningGateway, servedBy, startGateway } from './testing.ts';

const principals = new Map<string, Principal>(
  [...scopes, 'all' as const].map((name) => [
    `key-of-${name}`,
    createPrincipal({
      ...{ organisation: 'o', account: 'a', principalId: 'p', keyId: name, cacheScope: 'a' },
      scopes: new Set(name === 'all' ? scopes : [name]),
      ...{ models: null, region: null, revoked: new AbortController().signal },
    }),
  ]),
);

function signedIn(holder: Principal | undefined): Principal | undefined {
  return holder && createPrincipal({ ...holder, session: 'ses_1', signedInAt: systemClock.now() });
}

/** A server with every route there is, and a key for each scope. */
function serving(): Promise<RunningGateway> {
  return startGateway(
    {
      reply: () => ['hm', '</think>', 'ok'],
      served: (engine) =>
        servedBy({
          ...engine,
          capabilities: { ...engine.capabilities, embeddings: true },
          embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([1, 2]), tokens: 3 })),
        }),
    },
    {
      keys: {
        givenByOperator: true,
        authenticate: (key) => principals.get(key),
        authenticateSession: (secret) => signedIn(principals.get(secret)),
      },
      ...everyRoute,
    },
  );
}

function ask(server: RunningGateway, asked: Route, key: string | null, method: string = asked.method) {
  const [path, init] = requestTo(asked, key);
  return fetch(server.url + path, { ...init, method, ...(method === 'HEAD' && { body: null }) });
}

const mayUse = (asked: Route, scope: Scope): boolean =>
  asked.scope === 'public' || asked.scope === 'any' || scope === asked.scope;

describe.each(allRoutes.map((asked) => [`${asked.method} ${asked.path}`, asked] as const))(
  '%s',
  (_, asked) => {
    test('is refused to whoever has no key, or one for another scope, and to nobody else', async () => {
      await using server = await serving();
      expect((await ask(server, asked, null)).status === 401).toBe(asked.scope !== 'public');
      for (const scope of scopes) {
        const response = await ask(server, asked, `key-of-${scope}`);
        expect([scope, response.status === 403]).toEqual([scope, !mayUse(asked, scope)]);
        if (response.status === 403) expect(await response.text()).toMatch(/scope/);
        else expect(await response.text()).not.toContain('TGL_ROUTE_UNKNOWN');
      }
    });

    test('answers as its schema says', async () => {
      await using server = await serving();
      const response = await ask(server, asked, 'key-of-all');
      const type = response.headers.get('content-type')?.split(';')[0] ?? '';
      const text = await response.text();
      // Nothing is running that could be told to end its thinking; a request that is, stands in reply-control.test.ts.
      if (asked.path.endsWith('/end-thinking')) expect(text).toContain('TGL_REQUEST_NOT_RUNNING');
      else if (Object.keys(asked.replies).length === 0)
        expect([response.status, response.headers.get('location')]).toEqual([302, expect.any(String)]);
      else {
        expect([response.status, Object.keys(asked.replies)]).toEqual([200, expect.arrayContaining([type])]);
        expect(asked.replies[type]?.safeParse(JSON.parse(text)).error).toBeUndefined();
      }
    });
  },
);

test.each(
  inferenceRoutes
    .filter(({ replies }) => Object.keys(replies).length > 1)
    .map((asked) => [asked.path, asked]),
)('%s streams in the other form that it documents', async (path, asked) => {
  await using server = await serving();
  const [, init] = requestTo(asked, 'key-of-inference');
  const body = JSON.stringify({ ...exampleOf(path), stream: true });
  const response = await fetch(server.url + path, { ...init, body });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  expect(Object.keys(asked.replies)[1]).toBe(type);
  const schema = asked.replies[type];
  if (schema !== null)
    for (const line of text.trim().split('\n'))
      expect(schema?.safeParse(JSON.parse(line)).error).toBeUndefined();
});

test('HEAD asks for the key that GET asks for', async () => {
  await using server = await serving();
  for (const asked of allRoutes.filter(({ method }) => method === 'GET')) {
    const [bare, known] = await Promise.all([
      ask(server, asked, null, 'HEAD'),
      ask(server, asked, 'key-of-all', 'HEAD'),
    ]);
    expect([asked.path, bare.status === 401]).toEqual([asked.path, asked.scope !== 'public']);
    expect([asked.path, known.status]).toEqual([asked.path, (await ask(server, asked, 'key-of-all')).status]);
  }
});

const pathsOfTable = [...Map.groupBy(allRoutes, ({ path }) => path)].map(
  ([path, [row]]) => [path, row as Route] as const,
);

/** Also by a row that has a parameter where this path has a word. */
const methodsAt = (asked: string): readonly string[] =>
  allRoutes.flatMap(({ method, path }) =>
    new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked) ? method : [],
  );

test.each(pathsOfTable)(
  '%s answers every other method with 405, and says which ones there are',
  async (path, row) => {
    await using server = await serving();
    const [asked] = requestTo(row, null);
    const known = new Set<string>(methodsAt(asked.replace(/\?.*/, '')));
    if (known.has('GET')) known.add('HEAD');
    const headers = { authorization: 'Bearer key-of-all' };
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'].filter(
      (one) => !known.has(one),
    )) {
      const response = await fetch(server.url + asked, { method, headers });
      expect([method, response.status, response.headers.get('allow')]).toEqual([
        ...[method, 405, [...known].sort().join(', ')],
      ]);
      const text = await response.text();
      if (method === 'HEAD') continue;
      // As its dialect tells errors: Ollama's in a text, Anthropic's with a type around them.
      const { type, error } = JSON.parse(text) as { readonly type?: string; readonly error: unknown };
      expect(text).toContain(`It takes ${[...known].sort().join(', ')}`);
      expect([typeof error, type]).toEqual([
        path.startsWith('/api/') ? 'string' : 'object',
        path.startsWith('/v1/messages') ? 'error' : undefined,
      ]);
      expect((await fetch(server.url + asked, { method })).status).toBe(401);
    }
  },
);

test('nobody without a key learns which paths there are', async () => {
  await using server = await serving();
  for (const path of ['/v1/none', '/api/none', '/v1/messages/none', '/admin']) {
    expect((await fetch(server.url + path)).status).toBe(401);
    const headers = { authorization: 'Bearer key-of-inference' };
    expect((await fetch(server.url + path, { headers })).status).toBe(404);
  }
});

test('an unknown path is refused in the words of the routes that it is nearest to', async () => {
  await using server = await serving();
  const told = async (path: string) => {
    const headers = { authorization: 'Bearer key-of-inference' };
    return (await (await fetch(server.url + path, { headers })).json()) as object;
  };
  expect(await told('/api/none?a=/v1/messages')).toEqual({ error: expect.any(String) });
  expect(await told('/v1/messages/none')).toMatchObject({ type: 'error' });
  expect(await told('/v1/none')).toMatchObject({ error: { code: 'route_not_found' } });
  expect(await told('/none')).toMatchObject({ error: { code: 'route_not_found' } });
});

test('a page that may use the server is told the methods of the table', async () => {
  const origin = 'https://chat.example';
  await using server = await startGateway({}, { allowedOrigins: [origin] });
  const headers = { origin, 'access-control-request-method': 'POST' };
  const response = await fetch(`${server.url}/v1/models`, { method: 'OPTIONS', headers });
  const methods = response.headers.get('access-control-allow-methods')?.split(', ');
  expect(methods?.sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
});

type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

type Operation = {
  readonly 'x-tiegel-scope': string;
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>;
};

describe('the document of the API', () => {
  test('lists exactly the table', async () => {
    await using server = await serving();
    const { openapi, paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    expect(openapi).toBe('3.1.0');
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, facts]) => [`${method.toUpperCase()} ${path}`, facts] as const,
      ),
    );
    expect(documented.map(([name]) => name).sort()).toEqual(
      allRoutes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    const operations = new Map(documented);
    for (const { method, path, scope, body, replies } of allRoutes) {
      const facts = operations.get(`${method} ${path}`) as Operation;
      expect(facts['x-tiegel-scope']).toBe(scope);
      expect(facts.security).toEqual(scope === 'public' ? [] : undefined);
      expect(Object.keys(facts.responses[200]?.content ?? {})).toEqual(Object.keys(replies));
      const schema = facts.requestBody?.content['application/json']?.schema;
      if (body === null) expect(schema).toBeUndefined();
      else expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });

  test('has only what the server was started with', async () => {
    await using server = await startGateway({}, { openMetrics: true });
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    expect(paths['/api/pull']).toBeUndefined();
    expect(paths['/metrics']?.get?.['x-tiegel-scope']).toBe('public');
  });

  test('can be read as a page that loads nothing', async () => {
    await using server = await serving();
    const response = await fetch(`${server.url}/docs`);
    const html = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const { path } of allRoutes) expect(html).toContain(`<code>${path}</code>`);
    expect(html).not.toMatch(/<script|src=|https?:\/\/(?!127\.0\.0\.1)/);
  });
});

describe('a server is not started', () => {
  const sound = allRoutes[0] as Route;

  test('with a route that does not say who may use it', () => {
    // @ts-expect-error: the type asks for a scope first
    const nameless: Route = route({ ...sound, scope: undefined });
    expect(() => requireSound([nameless])).toThrow('does not say who may use it');
    expect(() => requireSound([{ ...sound, scope: 'constructor' as 'public' }])).toThrow(TypeError);
    for (const scope of routeScopes) expect(requireSound([{ ...sound, scope } as Route])).toHaveLength(1);
  });

  test('with a route that was registered past the table', () => {
    const app = fastify();
    addRoutes(app, { routes: routesOf({}) } as unknown as GatewayContext);
    expect(() => app.get('/secret', async () => 'shown')).toThrow('does not say who may use it');
  });

  test('with a route that is there twice, however its parameters are called', () => {
    const other = { ...sound, path: '/v1/a/{b}' };
    expect(() => requireSound([other, { ...sound, path: '/v1/a/{c}' }])).toThrow('is there twice');
  });
});
