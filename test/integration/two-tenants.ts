// Two tenants on one server, apart as organisations or as projects of one organisation, and every place of a request in which one of
// them can name what is the other's. What the test of both is made of.
import { allRoutes, exampleOf, isForPeople } from '../../src/gateway/example-requests.ts';
import type { Route } from '../../src/gateway/routes/route.ts';
import { eventually, testModel } from '../../src/gateway/testing.ts';
import { ask, keyFor, routeNamed, type ServedStore, serveStore, type TenantWithKey } from './served-store.ts';

export const privateModel = 'their-private-model';
const unknownModel = privateModel.replace('their', 'nobod');
const prompt = 'their-private-prompt';
const answer = 'their-private-answer';
const chat = routeNamed('/v1/chat/completions');

/** What lies between two tenants: everything, or no more than an organisation has between its projects. */
export const separations = ['organisations', 'projects'] as const;

type Separation = (typeof separations)[number];

export type TwoTenants = AsyncDisposable & {
  readonly apart: Separation;
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
export async function twoTenants(apart: Separation, busy: boolean): Promise<TwoTenants> {
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
  const mayAsk = { models: [testModel, 'a-model-that-went'] };
  const whole = apart === 'projects' ? await server.addOrganisation('both') : undefined;
  const theirs = await server.addTenant('their-private-name', {}, whole);
  const mine = await server.addTenant('mine', mayAsk, whole);
  const stop = new AbortController();
  stack.defer(() => stop.abort());
  const running = busy ? await keepBusy(server, theirs, stop.signal) : 'none';
  const audit = await ask(server, routeNamed('/v1/organization/audit_logs'), theirs.administration.secret);
  const theirEntry = (JSON.parse(audit.body) as { readonly first_id: string }).first_id;
  const owned = stack.move();
  return {
    ...{ apart, server, mine, theirs, running, theirEntry },
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

/** What a tenant may use for a route: of a project, nothing that administers the organisation of both. */
export function keyOf({ apart }: TwoTenants, tenant: TenantWithKey, route: Route): string {
  if (apart === 'organisations' || isForPeople(route.path)) return keyFor(tenant, route);
  return tenant.secret;
}

export type Place = {
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

export const strange = (id: string): string =>
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
  // Of a model, which is tried before it; whoever may read its evidence reads all of it.
  assessment: ({ theirs }) => differing(theirs.account),
  // Jobs of these tests are of nobody; `jobs.test.ts` asks for those of others over the store.
  job: ({ theirs }) => differing(theirs.account),
  // Cases of these tests are of nobody; `guard-over-http.test.ts` asks for those of others.
  case: ({ theirs }) => differing(theirs.account),
  account: ({ theirs }) => differing(theirs.account),
  'projects key': ({ theirs }) => differing(theirs.key.id),
  'keys key': ({ theirs }) => differing(theirs.key.id),
  'admin_api_keys key': ({ theirs }) => differing(theirs.administration.key.id),
};

/** Every place of a request in which an identifier can stand. @throws TypeError for a parameter that is not known here */
export function placesOf({ method, path, body }: Route): readonly Place[] {
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
