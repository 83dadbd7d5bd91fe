// One request to each route, for the tests that are generated from the table of routes.
import { exampleAdministration, exampleDataPolicies } from './administration/testing.ts';
import { exampleConsole } from './console/testing.ts';
import { exampleAssessments } from './example-assessments.ts';
import { exampleGuard } from './example-guard.ts';
import { exampleJobs } from './example-jobs.ts';
import { exampleMeter } from './example-meter.ts';
import type { CatalogModelFacts } from './routes/catalog-models.ts';
import { type InferenceRoute, isInference, type Route } from './routes/route.ts';
import { type RouteOptions, routesOf } from './routes/routes.ts';
import { exampleSignIn, exampleToken } from './sessions/testing.ts';

/** The one that the tests of this folder serve. */
export const testModel = 'scripted';

export const exampleCatalogModel: CatalogModelFacts = {
  ...{
    name: 'scripted-2',
    state: 'rejected',
    served: false,
    reason: 'it was rejected: too many attacks succeed',
  },
  ...{ decidedBy: 'general', decidedAt: 1_700_000_000_000, expiresAt: null, evidence: null },
  ...{ conditions: [], probes: [], size: 1_000_000, quantisation: 'Q8_0', license: null },
};

type Port = Exclude<keyof RouteOptions, 'openMetrics'>;

/** An example of everything that brings routes with it. */
export const everyRoute: { readonly [Name in Port]-?: NonNullable<RouteOptions[Name]> } = {
  fetchModel: async () => ({ name: testModel, digest: 'sha256:0' }),
  readUsage: async () => [],
  readLostAndLate: async () => [],
  readRemaining: () => [],
  readCatalog: async () => [exampleCatalogModel],
  readAssessments: exampleAssessments,
  meter: exampleMeter,
  administration: exampleAdministration,
  dataPolicies: exampleDataPolicies,
  jobs: exampleJobs,
  guard: exampleGuard,
  signIn: exampleSignIn,
  console: exampleConsole,
};

/** The table of a server that has every route there is. */
export const allRoutes: readonly Route[] = routesOf(everyRoute);

export const inferenceRoutes: readonly InferenceRoute[] = allRoutes.filter(isInference);

const messages = [{ role: 'user', content: 'hi' }];

const bodies = new Map<string, object>(
  Object.entries({
    '/v1/chat/completions': { messages },
    '/v1/completions': { prompt: 'hi' },
    '/v1/responses': { input: 'hi' },
    '/v1/messages': { messages, max_tokens: 50 },
    '/v1/messages/count_tokens': { messages },
    '/v1/embeddings': { input: ['hi', 'you'] },
    '/api/chat': { messages, stream: false },
    '/api/generate': { prompt: 'hi', stream: false },
    '/api/embed': { input: 'hi' },
    '/api/embeddings': { prompt: 'hi' },
    '/api/show': {},
    '/api/pull': { stream: false },
    '/v1/organization/users/{user}': { role: 'owner' },
    '/v1/organization/projects/{project}/service_accounts': { name: 'crawler' },
    '/v1/organization/projects/{project}/service_accounts/{service}/api_keys': {},
    '/v1/organization/projects/{project}/rate_limits/{limit}': { max_requests_per_1_minute: 60 },
    '/v1/organization/projects/{project}/api_keys/{key}': { expires_in_seconds: 60 },
    '/v1/organization/admin_api_keys': { name: 'administrator' },
    '/v1/organization/projects': { name: 'research' },
    '/v1/organization/projects/{project}': { name: 'research' },
    '/v1/organization/spend_limit': { currency: 'USD', interval: 'month', threshold_amount: 2500 },
    '/v1/organization/projects/{project}/spend_limit': {
      ...{ currency: 'USD', interval: 'month', threshold_amount: 2500 },
    },
    '/v1/x/people': { name: 'Anna', email: 'anna@example.net', role: 'viewer' },
    '/v1/x/keys': { name: 'laptop' },
    '/v1/x/keys/{key}/rotate': { overlap_seconds: 60 },
    // What holds afterwards is what held before.
    '/v1/x/policies': { document: { schema: 1 } },
    '/v1/x/policies/preview': { presets: ['eu-only'] },
    '/v1/x/people/{user}/erasure': { confirm: 'example' },
    '/v1/x/jobs/pull': { model: 'qwen3:0.6b' },
    '/v1/x/jobs/assess': { model: testModel },
    '/v1/x/jobs/teach': { recipe: 'pico', name: 'first' },
    '/v1/x/guard/cases/{case}/clear': { reason: 'agreed on by contract' },
    '/v1/x/guard/cases/{case}/reopen': { reason: 'cleared by mistake' },
    '/v1/x/guard/cases/{case}/measures': {
      measure: 'slow-down',
      in_force: false,
      reason: 'answered',
    },
    '/v1/x/guard/accounts/{account}/use': { class: 'agent' },
    '/v1/x/meter/plan': {
      requests: { from: 'rates', per_second: 1, prompt_tokens: 100, completion_tokens: 100 },
      speeds: [{ sequences: 1, tokens_per_second: 40 }],
    },
    '/v1/x/session': { token: exampleToken },
  }),
);

/** A body that the route takes. @throws TypeError for a route that has none here and needs one */
export function exampleOf(path: string): object {
  const body = bodies.get(path);
  if (body === undefined) throw new TypeError(`There is no example of a request to ${path}.`);
  return /^\/v1\/(organization|x)\//.test(path) ? body : { model: testModel, ...body };
}

/** Routes for people who are signed in, and for no keys. */
export function isForPeople(path: string): boolean {
  return /^\/v1\/x\/(session|keys)\b/.test(path);
}

/** Headers of a page of the server in a browser that is signed in. */
function cookieOf(secret: string): Readonly<Record<string, string>> {
  return { cookie: `tiegel_session=${secret}`, 'sec-fetch-site': 'same-origin' };
}

/** What `fetch` needs for a request to a route that is answered. */
export function requestTo(
  { method, path, body }: Route,
  key: string | null,
): [path: string, init: RequestInit] {
  const query = /\/(usage|costs)/.test(path) ? '?start_time=0' : '';
  const url =
    path
      .replace('{name}', testModel)
      .replace('{id}', 'req_0_0')
      .replace('{limit}', `rl-${testModel}`)
      .replaceAll(/\{\w+\}/g, 'example') + query;
  const headers = {
    ...(key !== null && (isForPeople(path) ? cookieOf(key) : { authorization: `Bearer ${key}` })),
    ...(body !== null && { 'content-type': 'application/json' }),
  };
  return [
    url,
    { method, headers, redirect: 'manual', ...(body !== null && { body: JSON.stringify(exampleOf(path)) }) },
  ];
}
