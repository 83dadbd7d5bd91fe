// Every role over every route: a person in each role is signed in over a real store and sends one request to each route of the table.
// What a role may is written here once more, so that a change of it is meant.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRoutes, requestTo } from '../../src/gateway/example-requests.ts';
import type { Route } from '../../src/gateway/routes/route.ts';
import { author } from '../../src/store/contract.ts';
import { type Role, roleNames } from '../../src/store/index.ts';
import type { Scope } from '../../src/traffic/index.ts';
import { type ServedStore, serveStore, type TenantWithKey } from './served-store.ts';

const mayUse: Readonly<Record<Role, readonly Scope[]>> = {
  owner: [
    ...(['inference', 'models:read', 'usage:read', 'keys:write', 'accounts:write', 'limits:write'] as const),
    ...(['policy:write', 'guard:read', 'guard:act', 'audit:read'] as const),
  ],
  administrator: [
    ...(['inference', 'models:read', 'usage:read', 'keys:write', 'accounts:write', 'limits:write'] as const),
    ...(['guard:read', 'guard:act', 'audit:read'] as const),
  ],
  security: ['models:read', 'guard:read', 'guard:act', 'audit:read'],
  billing: ['usage:read', 'limits:write'],
  member: ['inference', 'models:read', 'usage:read'],
  viewer: ['models:read', 'usage:read'],
};
/** What concerns the whole server, in the organisation that operates it. */
const mayOperate: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['metrics:read', 'catalog:write', 'assessments:read', 'runs:write'],
  administrator: ['metrics:read', 'catalog:write', 'assessments:read', 'runs:write'],
  security: ['metrics:read', 'assessments:read'],
  ...{ billing: [], member: [], viewer: [] },
};

let server: ServedStore;
let tenant: TenantWithKey;
beforeAll(async () => {
  server = await serveStore();
  tenant = await server.addTenant('one');
});
afterAll(() => server[Symbol.asyncDispose]());

/** Headers of a page in a browser in which somebody with that role is signed in. */
async function signedIn(role: Role, ofOperator: boolean) {
  const { store, keys } = server.opened;
  const organisation = ofOperator ? (await store.organisations.list())[0]!.id : tenant.organisation;
  const facts = { kind: 'person', name: role } as const;
  const { id } = await store.principals.create(organisation, author, facts, { account: null, role });
  const { token } = await keys.signIns.createLink(organisation, id, author);
  const { secret } = (await keys.signIns.redeem(token, 'req_1'))!;
  await server.refresh();
  return {
    cookie: `tiegel_session=${secret}`,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
}

/** Ending the session comes last. Who signs in has no role yet. */
const routes = allRoutes
  .filter(({ method, path }) => method !== 'POST' || !path.endsWith('/session'))
  .toSorted((one, other) => Number(one.path.endsWith('/session')) - Number(other.path.endsWith('/session')));

async function isAllowed(route: Route, headers: Readonly<Record<string, string>>): Promise<boolean> {
  const [path, init] = requestTo(route, null);
  const response = await fetch(server.url + path, { ...init, headers });
  const text = await response.text();
  expect([route.path, response.status]).not.toEqual([route.path, 401]);
  expect(text).not.toContain('TGL_INTERNAL');
  // Some routes say that nobody has what the example names, or that whoever asks may not give it to others.
  return response.status !== 403 || !text.includes(`needs a key with the scope ${route.scope}`);
}

describe.each(roleNames.flatMap((role) => [true, false].map((operates) => [role, operates] as const)))(
  'a person with the role %s (of the operator: %s)',
  (role, operates) => {
    test('may use the routes whose scopes it has, and no others', async () => {
      const headers = await signedIn(role, operates);
      const scopes: readonly string[] = [
        ...mayUse[role],
        ...(operates ? mayOperate[role] : []),
        'public',
        'any',
      ];
      for (const route of routes) {
        const name = `${route.method} ${route.path}`;
        const expected = scopes.includes(route.scope);
        expect([name, await isAllowed(route, headers)]).toEqual([name, expected]);
      }
    });

    test('is told so by the session', async () => {
      const response = await fetch(`${server.url}/v1/x/session`, { headers: await signedIn(role, operates) });
      const { roles, scopes } = (await response.json()) as { roles: string[]; scopes: string[] };
      const expected = [...mayUse[role], ...(operates ? mayOperate[role] : [])];
      expect([roles, scopes.toSorted()]).toEqual([[role], expected.toSorted()]);
    });
  },
);
