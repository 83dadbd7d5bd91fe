// A gateway over a store with keys, limits, a ledger and policies, put together as the host does it, over a scripted engine and a
// clock that stands still. What the tests of tenants start.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnginePlace, systemEntropy } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import type { Engine, ScriptedEngineOptions } from '../../src/engine/index.ts';
import { exampleConsole } from '../../src/gateway/console/testing.ts';
import { exampleAssessments } from '../../src/gateway/example-assessments.ts';
import { exampleJobs } from '../../src/gateway/example-jobs.ts';
import { exampleMeter } from '../../src/gateway/example-meter.ts';
import {
  allRoutes,
  exampleCatalogModel,
  isForPeople,
  requestTo,
} from '../../src/gateway/example-requests.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.ts';
import type { Route } from '../../src/gateway/routes/route.ts';
import { servedBy, startGateway, testModel } from '../../src/gateway/testing.ts';
import { followPolicies, permittedPlaces } from '../../src/governance/index.ts';
import { administrationOf } from '../../src/host/administration/administration.ts';
import { dataPoliciesOf } from '../../src/host/administration/data-policies.ts';
import { guardAdministrationOf } from '../../src/host/guard/administer-guard.ts';
import { openIdempotencyKeys } from '../../src/host/idempotency.ts';
import { lostAndLateReader, usageReader } from '../../src/host/metering/read-usage.ts';
import { startMetering } from '../../src/host/metering/start-metering.ts';
import { createServerLogger } from '../../src/host/server-logger.ts';
import { type SignInOptions, signInOf } from '../../src/host/sign-in.ts';
import type { Around } from '../../src/store/connection/around-dialect.ts';
import {
  author,
  contractStart,
  makeTenant,
  type OpenedStore,
  openForTest,
  type Tenant,
} from '../../src/store/contract.ts';
import {
  addLimit,
  type FreshKey,
  type KeyFacts,
  type KeyRecord,
  openContentStore,
} from '../../src/store/index.ts';
import { accountScopes } from '../../src/store/terms/roles.ts';
import type { PrincipalId } from '../../src/traffic/index.ts';

type WholeOrganisation = Tenant & {
  /** A key of administration that may do everything. */
  readonly administration: FreshKey;
};

export type TenantWithKey = WholeOrganisation & {
  readonly secret: string;
  readonly key: KeyRecord;
  /** Somebody who may look. */
  readonly person: PrincipalId;
  /** The secret of the session of a member who is signed in. */
  readonly session: string;
};

/** On a server of somebody else. */
const testPlace: EnginePlace = {
  ...{ region: 'US', ownHardware: false, host: 'far.example' },
  operator: { name: 'Far Ltd', country: 'US' },
};

export type Answer = { readonly status: number; readonly headers: string; readonly body: string };

export type ServedStore = AsyncDisposable & {
  readonly home: string;
  readonly url: string;
  readonly port: number;
  readonly opened: OpenedStore;
  /** Of the organisation that operates the server. */
  readonly operatorKey: string;
  /** One that has no limits. */
  readonly addOrganisation: (name: string) => Promise<WholeOrganisation>;
  /** An organisation with a key that was given every scope of an account. */
  readonly addTenant: (
    name: string,
    facts?: Partial<KeyFacts>,
    /** The tenant is a further project of this organisation, with people who are members of nothing else. */
    within?: WholeOrganisation,
  ) => Promise<TenantWithKey>;
  /** A further key of the same holder. */
  readonly addKey: (tenant: TenantWithKey, facts?: Partial<KeyFacts>) => Promise<TenantWithKey>;
  /** Brings the keys and limits that the gateway knows up to date. */
  readonly refresh: () => Promise<void>;
  readonly drain: (deadlineMs: number) => Promise<void>;
  /** Every line of the log, at the level that tells the most. */
  readonly log: () => string;
};

export type ServedStoreOptions = {
  readonly script?: Partial<ScriptedEngineOptions>;
  /** What is served beside `testModel`, by the same engine. */
  readonly models?: readonly string[];
  readonly served?: (engine: Engine) => ReturnType<GatewayOptions['models']['resolve']>;
  readonly gateway?: Partial<GatewayOptions>;
  /** Where the store lies. @default a file */
  readonly location?: string;
  /** What every call into the database passes. */
  readonly around?: Around;
  readonly signIn?: Partial<SignInOptions>;
};

export async function serveStore({
  script = {},
  models = [],
  served = servedBy,
  gateway = {},
  location,
  around,
  signIn = {},
}: ServedStoreOptions = {}): Promise<ServedStore> {
  await using stack = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), 'tiegel-tenants-'));
  stack.defer(() => rmSync(home, { recursive: true, force: true }));
  const opened = stack.use(await openForTest(location ?? join(home, 'store.db'), around));
  const { store, keys, clock } = opened;
  const { freshKey } = await keys.firstStart({ timeZone: 'UTC', hasGivenKey: false });
  const authenticator = stack.use(await keys.authenticator());
  const blocks: string[] = [];
  const logger = createServerLogger({
    ...{ level: 'trace', onExit: () => {} },
    write: (block) => void blocks.push(block),
  });
  const metering = stack.use(await startMetering({ store, clock, logger, writer: 'node_test' }));
  const policies = stack.use(await followPolicies(store));
  const administration = administrationOf(opened);
  const directory = join(home, 'content');
  const content = stack.use(openContentStore({ directory, clock, entropy: systemEntropy }));
  const idempotency = stack.use(openIdempotencyKeys({ store, policies, logger }));
  let resolved: ReturnType<GatewayOptions['models']['resolve']>;
  const names = [testModel, ...models];
  const server = stack.use(
    await startGateway(
      {
        clock,
        reply: () => ['hm', '</think>', 'ok'],
        ...script,
        served: (engine) => {
          resolved = served({
            ...engine,
            capabilities: { ...engine.capabilities, embeddings: true },
            embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([1, 2]), tokens: 3 })),
          });
          return resolved;
        },
      },
      {
        models: {
          list: () => names.map((name) => ({ name, created: 1_700_000_000_000 })),
          resolve: (name) => (names.includes(name) ? resolved : undefined),
        },
        keys: { givenByOperator: true, ...authenticator },
        ...{ clock, logger, entropy: systemEntropy },
        checks: [metering.check],
        settle: metering.settle,
        readUsage: usageReader(store),
        readLostAndLate: lostAndLateReader(store),
        readRemaining: metering.remaining,
        readCatalog: async () => [exampleCatalogModel],
        readAssessments: exampleAssessments,
        meter: exampleMeter,
        jobs: exampleJobs,
        guard: guardAdministrationOf(opened, {
          ...{ attestations: openCatalog({ home, clock }).attestations, setting: undefined, clock },
          refused: administration.refused,
        }),
        beginKeyed: idempotency.begin,
        administration,
        dataPolicies: dataPoliciesOf(opened, {
          ...{ content, refused: administration.refused },
          models: () => [{ name: testModel, places: [testPlace] }],
        }),
        signIn: signInOf(opened, { refresh: authenticator.refresh, ...signIn }),
        permittedPlaces: permittedPlaces(policies),
        fetchModel: async () => ({ name: testModel, digest: 'sha256:0' }),
        console: exampleConsole,
        ...gateway,
      },
    ),
  );
  const addKey = async (
    tenant: Omit<TenantWithKey, 'key' | 'secret'>,
    facts: Partial<KeyFacts> = {},
  ): Promise<TenantWithKey> => {
    const { organisation, account, principal } = tenant;
    const made = await keys.create(organisation, author, {
      ...{ account, principal, name: 'k', scopes: accountScopes, ...facts },
    });
    await authenticator.refresh();
    return { ...tenant, ...made };
  };
  const addOrganisation = async (name: string): Promise<WholeOrganisation> => {
    clock.advance(1);
    const made = await makeTenant(opened, name);
    const { organisation, principal } = made;
    return {
      ...made,
      administration: await keys.create(organisation, author, { account: null, principal, name }),
    };
  };
  const owned = stack.move();
  return {
    ...{ home, opened, url: server.url, port: server.port, addKey, operatorKey: freshKey as string },
    addOrganisation,
    addTenant: async (name, facts, within) => {
      const whole = within ?? (await addOrganisation(name));
      const tenant = within === undefined ? whole : await makeProject(opened, within, name);
      const place = within === undefined ? null : tenant.account;
      await addLimit(store.context, author, {
        ...{ id: `limit_${name}`, organisation: tenant.organisation, model: null, unit: 'requests' },
        scope: place === null ? 'organisation' : 'account',
        subject: place ?? tenant.organisation,
        ...{ period: 'total', amount: 1000, enforcement: 'hard', validFrom: 0 },
      });
      await policies.refresh();
      await metering.refresh();
      const { organisation } = tenant;
      const { id: person } = await store.principals.create(
        organisation,
        author,
        { kind: 'person', name, email: `${name}@example.org` },
        { account: place, role: 'viewer' },
      );
      clock.advance(1);
      const member = await store.principals.create(
        organisation,
        author,
        { kind: 'person', name: `${name} member` },
        { account: place, role: 'member' },
      );
      const { token } = await keys.signIns.createLink(organisation, member.id, author);
      const { secret: session = '' } = (await keys.signIns.redeem(token, 'req_test')) ?? {};
      return addKey({ ...whole, ...tenant, person, session }, { name, ...facts });
    },
    refresh: async () => {
      await authenticator.refresh();
      await metering.refresh();
    },
    drain: server.gateway.drain,
    log: () => {
      logger.error({}, 'the end of the test');
      return blocks.join('');
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A further account of the organisation, with a service of its own. */
async function makeProject({ store }: OpenedStore, { organisation }: Tenant, name: string): Promise<Tenant> {
  const { id: account } = await store.accounts.create(organisation, author, { name });
  const facts = { kind: 'service', name } as const;
  const { id: principal } = await store.principals.create(organisation, author, facts, {
    account,
    role: 'owner',
  });
  return { organisation, account, principal };
}

export function routeNamed(path: string): Route {
  const found = allRoutes.find((one) => one.path === path);
  if (found === undefined) throw new TypeError(`There is no route ${path}.`);
  return found;
}

/** What of a tenant may be used for a route: a key, or the secret of a session. */
export function keyFor({ secret, session, administration }: TenantWithKey, { scope, path }: Route): string {
  if (isForPeople(path)) return session;
  const ofAccount = scope === 'public' || scope === 'any' || accountScopes.includes(scope);
  return ofAccount ? secret : administration.secret;
}

/** The request that a route answers, changed as wanted. */
export async function ask(
  { url }: { readonly url: string },
  route: Route,
  key: string | null,
  change: (path: string, init: RequestInit) => readonly [path: string, init: RequestInit] = (...same) => same,
): Promise<Answer> {
  const [usual, more] = requestTo(route, key);
  const [path, init] = change(usual.replace('start_time=0', `start_time=${contractStart / 1000}`), more);
  return answerOf(await fetch(url + path, init));
}

/** An answer without what differs from one request to the next: its identifier and the date. */
export async function answerOf(response: Response): Promise<Answer> {
  const id = response.headers.get('x-request-id') ?? response.headers.get('request-id') ?? 'req_none';
  const bare = id.slice(id.indexOf('_') + 1);
  const without = (text: string): string => text.replaceAll(bare, 'ID');
  // Whether a body that was refused had arrived by then, and the connection goes on, is a matter of speed.
  const differing = ['date', 'connection', 'keep-alive'];
  const headers = [...response.headers]
    .filter(([name]) => !differing.includes(name))
    .map((pair) => pair.join(': '));
  return {
    status: response.status,
    headers: without(headers.join('\n')),
    body: without(await response.text()),
  };
}
