// Requests with an idempotency key through a gateway over a store: which one runs, what a repeat gets, and that it is charged once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock as clock, systemEntropy } from '../base/index.ts';
import type { ScriptedEngineOptions } from '../engine/index.ts';
import {
  eventually,
  exampleOf,
  inferenceRoutes,
  keysOf,
  servedBy,
  startGateway,
  testKey,
  testModel,
} from '../gateway/testing.ts';
import type { PoliciesInForce } from '../governance/index.ts';
import { openStore, openWriterThread, type Store } from '../store/index.ts';
import type { OrganisationId } from '../traffic/index.ts';
import { openIdempotencyKeys } from './idempotency.ts';
import { openMetering } from './metering/metering.ts';

const quiet = { info: () => {}, error: () => {} };
const messages = [{ role: 'user', content: 'hi' }];
const chat = '/v1/chat/completions';

let directory: string;
let path: string;
let opened: AsyncDisposableStack;
let store: Store;
let works: boolean;
let calls: number;
let keptHours: number;
let served: number;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-idempotency-'));
  path = join(directory, 'store.sqlite');
  opened = new AsyncDisposableStack();
  [works, keptHours, served] = [true, 24, 0];
  const full = Object.assign(new Error('full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  store = opened.use(
    await openStore(path, {
      ...{ clock, entropy: systemEntropy },
      around: async (_, run) => {
        calls++;
        if (works) return run();
        throw full;
      },
    }),
  );
  await store.database.query
    .insertInto('organisation')
    .values({
      ...{ id: 'local' as OrganisationId, name: 'local', time_zone: 'Europe/Rome', currency: 'EUR' },
      ...{ state: 'active', created_at: 0 },
    })
    .execute();
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(directory, { recursive: true });
});

type Ask = (path: string, body: object, key?: string | null, more?: RequestInit) => Promise<Response>;

async function serve(script: Partial<ScriptedEngineOptions> = {}): Promise<Ask> {
  const policies = {
    of: () => ({ policy: { retention: { idempotencyHours: keptHours } }, version: 1 }),
  } as unknown as PoliciesInForce;
  const ledger = opened.use(openWriterThread({ path }));
  const metering = await openMetering({ store, ledger, clock, logger: quiet });
  const idempotency = opened.use(openIdempotencyKeys({ store, policies, logger: quiet }));
  const server = opened.use(
    await startGateway(
      {
        ...{ reply: () => ['hm', '</think>', `answer ${++served}`], slots: 4, ...script },
        served: (engine) =>
          servedBy({
            ...engine,
            capabilities: { ...engine.capabilities, embeddings: true },
            embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([++served]), tokens: 3 })),
          }),
      },
      {
        ...{ checks: [metering.check], settle: metering.settle, beginKeyed: idempotency.begin },
        keys: keysOf(testKey),
      },
    ),
  );
  return (route, body, key = 'one', more = {}) =>
    fetch(server.url + route, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
        ...(key !== null && { 'idempotency-key': key }),
      },
      body: JSON.stringify({ model: testModel, ...body }),
      ...more,
    });
}

const told = async (response: Response) => ({
  status: response.status,
  replayed: response.headers.get('idempotent-replayed'),
  type: response.headers.get('content-type'),
  text: await response.text(),
});

const charged = async (): Promise<number> =>
  (await store.database.query.selectFrom('ledger').select('seq').execute()).length;
const claims = () => store.database.query.selectFrom('idempotency').selectAll().execute();

const forms = inferenceRoutes.flatMap(({ path: route, replies }) => {
  const streams = Object.keys(replies).length > 1 ? [false, true] : [undefined];
  return streams.map((stream) => ({
    route,
    stream,
    body: { ...exampleOf(route), ...(stream !== undefined && { stream }) },
  }));
});

describe.each(forms)('$route (stream: $stream)', ({ route, body }) => {
  test('gives a repeat the same bytes again, and charges once', async () => {
    const ask = await serve();
    const first = await told(await ask(route, body));
    expect(first).toMatchObject({ status: 200, replayed: null });
    const [rows, runs] = [await charged(), served];
    expect(await told(await ask(route, body))).toEqual({ ...first, replayed: 'true' });
    expect([await charged(), served]).toEqual([rows, runs]);
    expect((await ask(route, body, 'two')).headers.get('idempotent-replayed')).toBe(null);
    expect(await charged()).toBe(2 * rows);
  });
});

test('of two requests at once exactly one runs, and the other is told to come back', async () => {
  const ask = await serve({ tokensPerSecond: 20 });
  const both = await Promise.all([ask(chat, { messages }), ask(chat, { messages })]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = both.find(({ status }) => status === 409)!;
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('x-should-retry')).toBe('true');
  expect(await refused.json()).toMatchObject({
    error: { code: 'idempotency_key_in_use', tgl_code: 'TGL_IDEMPOTENCY_KEY_RUNNING' },
  });
  expect([served, await charged()]).toEqual([1, 1]);
});

test('another body under the same key is refused, and so is what is no key', async () => {
  const ask = await serve();
  await (await ask(chat, { messages })).text();
  const other = await ask(chat, { messages, max_tokens: 7 });
  expect([other.status, other.headers.get('x-should-retry')]).toEqual([422, 'false']);
  expect(await other.json()).toMatchObject({ error: { code: 'idempotency_key_reused' } });
  for (const key of ['', ' ', 'a b', 'ä', 'x'.repeat(256)]) {
    const response = await ask(chat, { messages }, key);
    expect([response.status, JSON.parse(await response.text()).error.code]).toEqual([
      400,
      'invalid_idempotency_key',
    ]);
  }
  expect((await ask(chat, { messages }, 'x'.repeat(255))).status).toBe(200);
});

test('where the policy keeps no answers, a repeat is told what became of the first', async () => {
  keptHours = 0;
  const ask = await serve();
  const first = (await (await ask(chat, { messages })).json()) as { id: string; usage: object };
  expect(await claims()).toMatchObject([{ state: 'done', answer: null }]);
  const again = await ask(chat, { messages });
  expect([again.status, again.headers.get('x-should-retry')]).toEqual([409, 'false']);
  const { error } = (await again.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe('idempotency_answer_not_kept');
  const { prompt_tokens: read, completion_tokens: written } = first.usage as Record<string, number>;
  expect(error.message).toContain(`(finished; ${read} tokens read, ${written} written)`);
  expect([served, await charged()]).toEqual([1, 1]);
});

test('what was refused, and used nothing, may be sent again with its key', async () => {
  const ask = await serve();
  const body = { messages, tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required' };
  const refused = await ask(chat, { ...body, response_format: { type: 'json_object' } });
  expect(refused.status).toBe(400);
  await eventually(async () => (await claims()).length === 0);
  expect((await ask(chat, { messages })).status).toBe(200);
});

test.each([true, false])(
  'what broke off was charged, and runs no second time (stream: %s)',
  async (stream) => {
    const ask = await serve({ tokensPerSecond: 1000, failure: () => ({ type: 'crash', afterTokens: 2 }) });
    expect(await (await ask(chat, { messages, stream })).text()).toContain('TGL_ENGINE_CRASHED');
    await eventually(async () => (await claims())[0]?.state === 'done');
    const again = await ask(chat, { messages, stream });
    expect(again.status).toBe(409);
    expect(await again.text()).toContain('failed TGL_ENGINE_CRASHED');
    expect(await charged()).toBe(1);
  },
);

test('a client that went away is charged for what it used, once', async () => {
  const ask = await serve({ tokensPerSecond: 50, reply: () => Array<string>(200).fill('x ') });
  const stop = new AbortController();
  const first = await ask(chat, { messages, stream: true }, 'one', { signal: stop.signal });
  await first.body?.getReader().read();
  stop.abort();
  await eventually(async () => (await claims())[0]?.state === 'done');
  const again = await ask(chat, { messages, stream: true });
  expect([again.status, await charged()]).toEqual([409, 1]);
  expect(await again.text()).toContain('client-gone');
});

test('while the store cannot be written nothing runs under a key, and everything does without one', async () => {
  const ask = await serve();
  works = false;
  const refused = await ask(chat, { messages });
  expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'true']);
  expect(await refused.json()).toMatchObject({ error: { code: 'store_unavailable' } });
  expect(served).toBe(0);
  expect((await ask(chat, { messages }, null)).status).toBe(200);
  works = true;
  expect((await ask(chat, { messages })).status).toBe(200);
});

test('an answer that cannot be kept is given all the same, and its repeat is not charged', async () => {
  const ask = await serve({ tokensPerSecond: 20 });
  const first = ask(chat, { messages });
  await eventually(async () => (await claims()).length === 1);
  works = false;
  expect((await first).status).toBe(200);
  works = true;
  expect((await ask(chat, { messages })).status).toBe(409);
  expect([served, await charged()]).toEqual([1, 1]);
});

test('requests without the header ask the store for nothing', async () => {
  const ask = await serve();
  calls = 0;
  for (const stream of [true, false]) expect((await ask(chat, { messages, stream }, null)).status).toBe(200);
  expect(calls).toBe(0);
  await (await ask(chat, { messages })).text();
  expect(calls).toBe(2);
});
