// Two organisations on one server: over every route there is, nothing of the one appears to the other, and what is the other's is
// to it as what is not there. And whoever has no key that holds is told the same, whatever is wrong with it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRoutes, exampleOf } from '../../src/gateway/example-requests.ts';
import type { Route } from '../../src/gateway/routes/route.ts';
import { eventually, testModel } from '../../src/gateway/testing.ts';
import { author } from '../../src/store/contract.ts';
import {
  type Answer,
  answerOf,
  ask,
  keyFor,
  routeNamed,
  type ServedStore,
  serveStore,
  type TenantWithKey,
} from './served-store.ts';

const privateModel = 'their-private-model';
const unknownModel = privateModel.replace('their', 'nobod');
const prompt = 'their-private-prompt';
const answer = 'their-private-answer';
const chat = routeNamed('/v1/chat/completions');

type TwoTenants = AsyncDisposable & {
  readonly server: ServedStore;
  readonly mine: TenantWithKey;
  readonly theirs: TenantWithKey;
  /** Of their running request, without its prefix. */
  readonly running: string;
  /** An entry of their audit log. */
  readonly theirEntry: string;
  /** The cache scopes under which the engine was asked. */
  readonly scopes: () => ReadonlySet<string | undefined>;
};

/** @param busy they have asked, been refused, and have a request that runs */
async function twoTenants(busy: boolean): Promise<TwoTenants> {
  const scopes = new Set<string | undefined>();
  const isTheirs = (request: object): boolean => JSON.stringify(request).includes(prompt);
  await using stack = new AsyncDisposableStack();
  const server = stack.use(
    await serveStore({
      models: [privateModel],
      script: {
        reply: (request) => {
          scopes.add(request.cacheScope);
          return ['hm', '</think>', isTheirs(request) ? answer : 'ok'];
        },
        reusedTokens: ({ cacheScope }) => (scopes.has(cacheScope) ? 1 : 0),
        failure: (request) => (isTheirs(request) ? { type: 'hang', afterTokens: 1 } : undefined),
      },
    }),
  );
  const theirs = await server.addTenant('their-private-name');
  const mine = await server.addTenant('mine', { models: [testModel, 'a-model-that-went'] });
  const stop = new AbortController();
  stack.defer(() => stop.abort());
  const running = busy ? await keepBusy(server, theirs, stop.signal) : 'none';
  const audit = await ask(server, routeNamed('/v1/organization/audit_logs'), theirs.administration.secret);
  const theirEntry = (JSON.parse(audit.body) as { readonly first_id: string }).first_id;
  const owned = stack.move();
  return {
    ...{ server, mine, theirs, running, theirEntry },
    scopes: () => scopes,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function keepBusy(server: ServedStore, theirs: TenantWithKey, signal: AbortSignal): Promise<string> {
  for (const route of allRoutes) await ask(server, route, keyFor(theirs, route));
  await ask(server, chat, theirs.secret, (path, init) => [path, { ...init, body: '{"surprise":1}' }]);
  const response = await fetch(server.url + chat.path, {
    method: 'POST',
    headers: { authorization: `Bearer ${theirs.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model: privateModel, stream: true },
      messages: [{ role: 'user', content: prompt }],
    }),
    signal,
  });
  await response.body?.getReader().read();
  // Their usage can be told, and so could be told to somebody else.
  const usage = routeNamed('/v1/organization/usage/completions');
  await eventually(async () =>
    /"num_model_requests":[1-9]/.test((await ask(server, usage, theirs.secret)).body),
  );
  return (response.headers.get('x-request-id') as string).replace('req_', '');
}

/** First what tells of the past, so that it has nothing of the requests of this test. */
const inOrder = allRoutes.toSorted(
  (one, other) => Number(other.path.includes('/organization/')) - Number(one.path.includes('/organization/')),
);

let busy: TwoTenants;
beforeAll(async () => {
  busy = await twoTenants(true);
});
afterAll(() => busy[Symbol.asyncDispose]());

test('whatever another organisation does, the answers of all routes are byte for byte the same', async () => {
  await using idle = await twoTenants(false);
  const hiding = ({ mine, server }: TwoTenants, { headers, body, status }: Answer): Answer => {
    const hide = (text: string): string =>
      [mine.organisation, mine.account, mine.principal, mine.key.id, new URL(server.url).host].reduce(
        (left, id) => left.replaceAll(id, 'MINE'),
        text.replaceAll(/[0-9a-f]{24,}|req_\w+|tgl_[as]k_[\w.]+/g, 'RANDOM'),
      );
    return { status, headers: hide(headers), body: hide(body) };
  };
  const seen: string[] = [];
  for (const route of inOrder) {
    const [whenBusy, whenIdle] = [
      await ask(busy.server, route, keyFor(busy.mine, route)),
      await ask(idle.server, route, keyFor(idle.mine, route)),
    ];
    expect([route.path, hiding(busy, whenBusy)]).toEqual([route.path, hiding(idle, whenIdle)]);
    seen.push(JSON.stringify(whenBusy));
  }
  const { theirs, running } = busy;
  const all = seen.join('\n');
  const identifiers = [theirs.organisation, theirs.account, theirs.principal, theirs.key.id, running];
  for (const text of [...identifiers, 'their-private', theirs.secret]) expect(all).not.toContain(text);
});

test('nothing that the engine keeps for one account is kept for another', async () => {
  const { server, mine, theirs, scopes } = busy;
  await ask(server, chat, mine.secret);
  expect(scopes()).toEqual(new Set([mine.account, theirs.account]));
});

test('an idempotency key that another organisation used is a fresh one', async () => {
  const { server, mine, theirs } = busy;
  for (const content of ['hi', 'something else']) {
    for (const { secret } of [theirs, mine]) {
      const told = await ask(server, chat, secret, (path, init) => [
        path,
        {
          ...init,
          headers: { ...(init.headers as object), 'idempotency-key': 'shared' },
          body: JSON.stringify({ model: testModel, messages: [{ role: 'user', content }] }),
        },
      ]);
      // To each of them the second body is another one than its own first, whatever the other one sent.
      expect([content, told.status]).toEqual([content, content === 'hi' ? 200 : 422]);
      expect(told.headers).not.toContain('idempotent-replayed');
    }
  }
});

test('what concerns the whole server is for the organisation that operates it', async () => {
  const { server, mine } = busy;
  for (const path of ['/metrics', '/api/pull']) {
    expect([path, (await ask(server, routeNamed(path), mine.secret)).status]).toEqual([path, 403]);
    expect([path, (await ask(server, routeNamed(path), server.operatorKey)).status]).toEqual([path, 200]);
  }
});

test('a model that went lists those alone which the key may ask', async () => {
  const { server, mine } = busy;
  const { status, body } = await ask(server, chat, mine.secret, (path, init) => [
    path,
    {
      ...init,
      body: JSON.stringify({ model: 'a-model-that-went', messages: [{ role: 'user', content: 'hi' }] }),
    },
  ]);
  expect([status, body]).toEqual([404, expect.stringContaining(`the catalog holds ${testModel}.`)]);
  expect(body).not.toContain(privateModel);
});

type Place = {
  readonly name: string;
  /** What stands there is theirs, or nobody's. */
  readonly values: (tenants: TwoTenants) => readonly [theirs: string, unknown: string];
  readonly put: (
    value: string,
    path: string,
    init: RequestInit,
    tenants: TwoTenants,
  ) => readonly [string, RequestInit];
};

const strange = (id: string): string =>
  id.replace(/.{6}$/, (end) => [...end].map((one) => (one === '0' ? '1' : '0')).join(''));
const differing = (id: string): readonly [string, string] => [id, strange(id)];
const inQuery =
  (name: string): Place['put'] =>
  (value, path, init) => [`${path}${path.includes('?') ? '&' : '?'}${name}=${value}`, init];

/** By the name of the parameter of a path. */
const inPath: Readonly<Record<string, Place['values']>> = {
  name: () => [privateModel, unknownModel],
  id: ({ running }) => differing(`req_${running}`),
  project: ({ theirs }) => differing(theirs.account),
  user: ({ theirs }) => differing(theirs.person),
  service: ({ theirs }) => differing(theirs.principal),
  // It names a model that everybody is served, in the project before it, which is tried above.
  limit: () => differing('rl-no-model-of-this-name'),
  // Pages and files of the console are the same for everybody, whatever they are called.
  page: ({ theirs }) => differing(theirs.account),
  file: ({ theirs }) => differing(theirs.account),
  'projects key': ({ theirs }) => differing(theirs.key.id),
  'keys key': ({ theirs }) => differing(theirs.key.id),
  'admin_api_keys key': ({ theirs }) => differing(theirs.administration.key.id),
};

/** Every place of a request in which an identifier can stand. @throws TypeError for a parameter that is not known here */
function placesOf({ method, path, body }: Route): readonly Place[] {
  const places: Place[] = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const values = inPath[name] ?? inPath[`${path.split('/')[3]} ${name}`];
    if (values === undefined) throw new TypeError(`Say above what of others ${path} could name.`);
    return {
      ...{ name, values },
      put: (value, asked, init, { mine }) => [
        path
          .replace(`{${name}}`, value)
          .replace('{project}', mine.account)
          .replace('{key}', mine.key.id)
          .replace('{service}', mine.principal) + asked.replace(/^[^?]*/, ''),
        init,
      ],
    };
  });
  if (body !== null && 'model' in exampleOf(path))
    places.push({
      name: 'model',
      values: () => [privateModel, unknownModel],
      put: (model, asked, init) => [
        asked,
        { ...init, body: JSON.stringify({ ...JSON.parse(String(init.body)), model }) },
      ],
    });
  if (/^\/v1\/organization\/(usage|costs)/.test(path))
    places.push(
      { name: 'project_ids', values: ({ theirs }) => differing(theirs.account), put: inQuery('project_ids') },
      { name: 'user_ids', values: ({ theirs }) => differing(theirs.principal), put: inQuery('user_ids') },
      { name: 'api_key_ids', values: ({ theirs }) => differing(theirs.key.id), put: inQuery('api_key_ids') },
      { name: 'models', values: () => [privateModel, unknownModel], put: inQuery('models') },
    );
  const listed = method === 'GET' && path.startsWith('/v1/organization/') && !/usage|costs|\}$/.test(path);
  if (listed) {
    const isAudit = path.endsWith('audit_logs');
    const values: Place['values'] = ({ theirs, theirEntry }) => {
      if (isAudit) return differing(theirEntry);
      const ids = { projects: theirs.account, users: theirs.person, service_accounts: theirs.principal };
      const key = path.includes('/projects/') ? theirs.key.id : theirs.administration.key.id;
      return differing(ids[path.split('/').at(-1) as keyof typeof ids] ?? key);
    };
    for (const name of isAudit ? ['after', 'before'] : ['after'])
      places.push({ name, values, put: inProject(inQuery(name)) });
    if (isAudit)
      places.push(
        {
          name: 'actor_ids',
          values: ({ theirs }) => differing(theirs.principal),
          put: inQuery('actor_ids[]'),
        },
        {
          name: 'project_ids',
          values: ({ theirs }) => differing(theirs.account),
          put: inQuery('project_ids[]'),
        },
        {
          name: 'resource_ids',
          values: ({ theirs }) => differing(theirs.key.id),
          put: inQuery('resource_ids[]'),
        },
      );
  }
  return places;
}

const inProject =
  (put: Place['put']): Place['put'] =>
  (value, path, init, tenants) =>
    put(value, path.replace('/example/', `/${tenants.mine.account}/`), init, tenants);

const places = allRoutes.flatMap((route) => placesOf(route).map((place) => ({ route, place })));

test.each(places.map((one) => [`${one.route.path} ${one.place.name}`, one] as const))(
  '%s: what is another organisation’s is answered as what is not there',
  async (_, { route, place }) => {
    // Entries of their own log about what was tried with either.
    const own = /audit_[0-9a-f]+|"seq":\d+|req_\w+/g;
    const answers = [];
    for (const value of place.values(busy)) {
      const told = await ask(busy.server, route, keyFor(busy.mine, route), (path, init) =>
        place.put(value, path, init, busy),
      );
      // What a limit leaves goes down with every request.
      const headers = told.headers.replaceAll(/^(x-ratelimit-remaining-requests): \d+$/gm, '$1: …');
      answers.push({ ...told, headers, body: told.body.replaceAll(value, 'VALUE').replaceAll(own, '…') });
    }
    expect(answers[0]).toEqual(answers[1]);
  },
);

test('their running request is not ended by a key of another organisation, and is by their own', async () => {
  const { server, mine, theirs, running } = busy;
  const end = async (key: string): Promise<number> =>
    (
      await ask(server, routeNamed('/v1/requests/{id}/end-thinking'), key, (_, init) => [
        `/v1/requests/chatcmpl_${running}/end-thinking`,
        init,
      ])
    ).status;
  expect(await end(mine.secret)).toBe(404);
  expect(await end(server.operatorKey)).toBe(404);
  expect(await end(theirs.secret)).toBe(200);
});

describe('whoever has no key that holds', () => {
  const closed = allRoutes.filter(({ scope }) => scope !== 'public');
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  let presented: Readonly<Record<string, Readonly<Record<string, string>>>>;
  beforeAll(async () => {
    const { server, mine } = busy;
    const { keys, clock, store } = server.opened;
    const expired = await server.addKey(mine, { expiresAt: clock.now() + 1 });
    const revoked = await server.addKey(mine);
    await keys.revoke(mine.organisation, revoked.key.id, author);
    const archived = await server.addTenant('archived');
    await store.organisations.archive(archived.organisation, author);
    const elsewhere = await server.addKey(mine, { networks: ['192.0.2.0/24'] });
    const rotated = await server.addKey(mine);
    await keys.rotate(mine.organisation, rotated.key.id, author, { overlapMs: 1 });
    clock.advance(2);
    await server.refresh();
    presented = {
      nothing: {},
      'a wrong key': bearer(strange(mine.secret)),
      'a text that is no key': bearer('x'),
      'a key that is too long': bearer(mine.secret.repeat(10)),
      'a key in two words': bearer(`${mine.secret} ${mine.secret}`),
      'another scheme': { authorization: `Basic ${mine.secret}` },
      'a wrong key in the other header': { 'x-api-key': strange(mine.secret) },
      'a wrong key before a right one': { ...bearer('x'), 'x-api-key': mine.secret },
      'an expired key': bearer(expired.secret),
      'a revoked key': bearer(revoked.secret),
      'a key of an archived organisation': bearer(archived.secret),
      'a key that may not be used from here': bearer(elsewhere.secret),
      'the secret before a rotation': bearer(rotated.secret),
    };
  });

  const paths = [...closed.map((route) => [`${route.method} ${route.path}`, route] as const)];
  test.each([...paths, ['a path that is none', undefined] as const])(
    'is told the same over %s',
    async (_, route) => {
      const answers = new Set<string>();
      for (const [what, headers] of Object.entries(presented)) {
        const told =
          route === undefined
            ? await answerOf(await fetch(`${busy.server.url}/v1/nothing`, { headers }))
            : await ask(busy.server, route, null, (path, init) => [
                path,
                { ...init, headers: { ...(init.headers as object), ...headers } },
              ]);
        expect([what, told.status]).toEqual([what, 401]);
        answers.add(JSON.stringify(told));
      }
      expect([...answers]).toHaveLength(1);
    },
  );
});
