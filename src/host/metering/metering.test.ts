import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock, systemEntropy, TiegelError } from '../../base/index.ts';
import { createScriptedEngine, type ScriptedEngineOptions } from '../../engine/index.ts';
import { eventually, servedBy, startGateway, testKey, testModel } from '../../gateway/testing.ts';
import { parseAmount } from '../../prices/index.ts';
import {
  addLimit,
  addPrice,
  correctRequest,
  creditUse,
  type Ledger,
  type LimitPeriod,
  type LimitUnit,
  openStore,
  openWriterThread,
  type Store,
} from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import { type Metering, openMetering } from './metering.ts';

const organisation = 'local' as OrganisationId;
const clock: Clock = systemClock;
const author = { actor: { type: 'server' }, request: null, reason: null } as const;
const quiet = { info: () => {}, error: () => {} };

let directory: string;
let path: string;
let store: Store;
let opened: AsyncDisposableStack;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-metering-'));
  path = join(directory, 'store.sqlite');
  opened = new AsyncDisposableStack();
  store = opened.use(await openStore(path, { clock, entropy: systemEntropy }));
  await store.database.query
    .insertInto('organisation')
    .values({
      ...{ id: organisation, name: 'local', time_zone: 'Europe/Berlin', currency: 'EUR' },
      ...{ state: 'active', created_at: 0 },
    })
    .execute();
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(directory, { recursive: true });
});

let count = 0;
const limit = async (unit: LimitUnit, period: LimitPeriod, amount: number): Promise<void> =>
  addLimit(store.context, author, {
    ...{ id: `limit_${count++}`, organisation, scope: 'account', subject: 'operator', model: null },
    ...{ unit, period, amount, enforcement: 'hard', validFrom: 0 },
  });

const price = async (unit: string, amount: string): Promise<void> =>
  addPrice(store.context, author, {
    ...{ id: `price_${count++}`, organisation: null, model: testModel, engine: null, unit },
    ...{ amount: parseAmount(amount), currency: 'EUR', valid_from: 0, source: 'a test', verified: 1 },
    digest: '',
  });

type Started = {
  readonly ask: (path: string, body: object, more?: RequestInit) => Promise<Response>;
  readonly metering: Metering;
  readonly remaining: () => Promise<unknown>;
  readonly ready: () => Promise<number>;
};

async function serve(script: Partial<ScriptedEngineOptions> = {}, given?: Ledger): Promise<Started> {
  const ledger = given ?? opened.use(openWriterThread({ path }));
  const metering = await openMetering({ store, ledger, clock, logger: quiet, watts: 100 });
  const server = opened.use(
    await startGateway(
      {
        reply: () => ['hm', '</think>', 'ok'],
        ...script,
        served: (engine) =>
          servedBy({
            ...engine,
            capabilities: { ...engine.capabilities, embeddings: true },
            embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([1, 2]), tokens: 3 })),
          }),
      },
      {
        checks: [metering.check],
        settle: metering.settle,
        readRemaining: metering.remaining,
        limits: { settleRetryMs: 5 },
      },
    ),
  );
  return {
    metering,
    remaining: async () =>
      (
        await fetch(`${server.url}/v1/x/remaining`, { headers: { authorization: `Bearer ${testKey}` } })
      ).json(),
    ready: async () => (await fetch(`${server.url}/readyz`)).status,
    ask: (route, body, more) =>
      fetch(server.url + route, {
        method: 'POST',
        headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: testModel, ...body }),
        ...more,
      }),
  };
}

const rows = (): readonly Record<string, unknown>[] => {
  const database = new DatabaseSync(path, { readOnly: true });
  const all = database.prepare('select * from ledger order by seq').all();
  database.close();
  return all.map((row) => ({ ...row }));
};

const messages = [{ role: 'user', content: 'hi' }];
const chat = '/v1/chat/completions';

describe('the ledger has, before the last byte of a reply, what was used', () => {
  const forms = [
    [chat, { messages }],
    ['/v1/completions', { prompt: 'hi' }],
    ['/v1/responses', { input: 'hi' }],
    ['/v1/messages', { messages, max_tokens: 50 }],
    ['/api/chat', { messages }],
    ['/api/generate', { prompt: 'hi' }],
  ] as const;

  test.each(forms)('%s, the same for a stream and a whole reply', async (route, body) => {
    const { ask } = await serve();
    for (const stream of [false, true])
      expect((await (await ask(route, { ...body, stream })).text()).length > 0);
    const [whole, streamed] = rows();
    expect(rows()).toHaveLength(2);
    const tokens = ({
      prompt,
      cached,
      reasoning,
      answer,
      model,
      operation,
      outcome,
    }: Record<string, unknown>) => ({
      ...{ prompt, cached, reasoning, answer, model, operation, outcome },
    });
    expect(tokens(streamed!)).toEqual(tokens(whole!));
    expect(whole).toMatchObject({
      kind: 'settle',
      operation: 'completions',
      outcome: 'finished',
      estimated: 0,
    });
    expect((whole?.prompt as number) > 0 && (whole?.answer as number) > 0).toBe(true);
  });

  test('of vectors and of counted tokens', async () => {
    const { ask } = await serve();
    expect((await ask('/v1/embeddings', { input: ['a', 'b'] })).status).toBe(200);
    expect((await ask('/v1/messages/count_tokens', { messages })).status).toBe(200);
    expect(rows()).toMatchObject([
      { operation: 'embeddings', prompt: 6, answer: 0, energy: 'modelled' },
      { operation: 'count', prompt: 0, answer: 0, amount: 0, millijoules: null, energy: null },
    ]);
  });

  test('with the usage and the price that the client is told, and several choices', async () => {
    await price('prompt-tokens', '10');
    await price('answer-tokens', '20');
    const { ask } = await serve();
    const body = { messages, n: 3, stream: true, stream_options: { include_usage: true } };
    const text = await (await ask(chat, body)).text();
    const told = JSON.parse(
      text
        .split('\n')
        .filter((line) => line.startsWith('data: {'))
        .at(-1)!
        .slice(6),
    );
    const [row] = rows();
    const { usage, x_tiegel: bill } = told;
    expect(row).toMatchObject({ prompt: usage.prompt_tokens, currency: 'EUR' });
    expect((row?.reasoning as number) + (row?.answer as number)).toBe(usage.completion_tokens);
    const expected = usage.prompt_tokens * 10_000 + usage.completion_tokens * 20_000;
    expect(row?.amount).toBe(expected);
    expect(bill).toEqual({
      ...{ amount: (expected / 1e9).toFixed(9).replace(/0{1,7}$/, ''), currency: 'EUR', remaining: null },
      price: row?.price,
    });
    const whole = (await (await ask(chat, { messages, n: 3 })).json()) as { readonly x_tiegel: object };
    expect(whole.x_tiegel).toMatchObject(bill);
  });
});

describe('a limit', () => {
  test('admits exactly as many of many requests at once as it has room for, and counts on over a restart', async () => {
    await limit('requests', 'day', 10);
    const { ask, metering } = await serve({ slots: 64 });
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const response = await ask(chat, { messages, stream: index % 2 === 0 });
        await response.text();
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50);
    expect(metering.open()).toBe(0);
    expect(rows()).toHaveLength(10);
    const after = await serve();
    expect((await after.ask(chat, { messages })).status).toBe(429);
  });

  test('is told in headers of every answer, after what the request holds', async () => {
    await limit('requests', 'minute', 2);
    await limit('tokens', 'month', 100_000);
    const { ask } = await serve();
    const first = await ask(chat, { messages });
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect(first.headers.get('x-ratelimit-reset-requests')).toMatch(/^30s$|^29\.\d+s$/);
    expect(Number(first.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(100_000);
    expect(first.headers.get('x-ratelimit-limit-reasoning-tokens')).toBeNull();
    expect(first.headers.get('x-tiegel-budget-limit')).toBeNull();
    await (await ask('/v1/embeddings', { input: 'a' })).text();
    const refused = await ask('/api/chat', { messages });
    expect([refused.status, refused.headers.get('x-ratelimit-remaining-requests')]).toEqual([429, '0']);
  });

  test('of a rate is refused with a time after which to ask again', async () => {
    await limit('requests', 'minute', 1);
    const { ask } = await serve();
    await (await ask(chat, { messages })).text();
    const refused = await ask(chat, { messages });
    const { error } = (await refused.json()) as { error: { code: string; message: string } };
    expect([refused.status, error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(refused.headers.get('x-should-retry')).toBe('true');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(Number(refused.headers.get('retry-after-ms'))).toBeGreaterThan(50_000);
    expect(error.message).toMatch(
      /requests a minute of the account operator: 1 are used and 0 are held of 1/,
    );
  });

  test('on money lowers a reply to what is left, says so, and refuses for good what does not fit', async () => {
    await price('prompt-tokens', '0');
    await price('answer-tokens', '1000');
    await limit('money', 'month', parseAmount('0.40'));
    const long = ['</think>', ...Array.from({ length: 900 }, () => 'ok ')];
    const { ask } = await serve({ reply: () => long });
    const first = await ask(chat, { messages, max_tokens: 900 });
    const body = (await first.json()) as {
      readonly usage: { readonly completion_tokens: number };
      readonly choices: readonly { readonly finish_reason: string }[];
    };
    expect(first.headers.get('x-tiegel-max-tokens')).toBe('400');
    expect([body.usage.completion_tokens, body.choices[0]?.finish_reason]).toEqual([400, 'length']);
    expect(first.headers.get('x-tiegel-budget-limit')).toBe('0.40 EUR');
    const refused = await ask(chat, { messages, max_tokens: 900 });
    const { error } = (await refused.json()) as { readonly error: { readonly code: string } };
    expect([refused.status, error.code]).toEqual([429, 'insufficient_quota']);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.headers.get('x-tiegel-budget-remaining')).toBe('0.00 EUR');
    expect(rows()).toMatchObject([{ amount: parseAmount('0.40') }]);
  });

  test('on money follows corrections and credits of a running server, and counts on what is held meanwhile', async () => {
    await price('prompt-tokens', '0');
    await price('answer-tokens', '1000');
    await limit('money', 'month', parseAmount('0.40'));
    const { ask, metering } = await serve({ reply: () => ['</think>', ...Array<string>(900).fill('ok ')] });
    expect((await ask(chat, { messages, max_tokens: 900 })).status).toBe(200);
    expect((await ask(chat, { messages, max_tokens: 300 })).status).toBe(429);
    const request = rows()[0]?.request as string;
    await correctRequest(store.context, author, organisation, { request, amount: parseAmount('0.05') });
    await metering.refresh();
    expect((await ask(chat, { messages, max_tokens: 300 })).status).toBe(200);
    expect((await ask(chat, { messages, max_tokens: 300 })).status).toBe(429);
    const credit = { amount: parseAmount('0.30'), currency: 'EUR', account: 'operator' };
    await creditUse(store.context, author, organisation, credit);
    await metering.refresh();
    expect((await ask(chat, { messages, max_tokens: 300 })).status).toBe(200);
    expect((await ask(chat, { messages, max_tokens: 300 })).status).toBe(429);
  });

  test('on money refuses a model without a price', async () => {
    await limit('money', 'month', parseAmount('1000'));
    const { ask } = await serve();
    const refused = await ask(chat, { messages });
    const { error } = (await refused.json()) as { readonly error: { readonly code: string } };
    expect([refused.status, error.code]).toEqual([403, 'model_unpriced']);
  });

  test('on thinking lowers the thinking and leaves the answer', async () => {
    await limit('reasoning-tokens', 'day', 80);
    const reply = [...Array.from({ length: 300 }, () => 'hm '), '</think>', 'ok'];
    const { ask } = await serve({ reply: () => reply });
    const response = await ask(chat, { messages, max_tokens: 800 });
    const body = (await response.json()) as {
      readonly usage: { readonly completion_tokens_details: { readonly reasoning_tokens: number } };
    };
    expect(response.status).toBe(200);
    expect(body.usage.completion_tokens_details.reasoning_tokens).toBeLessThanOrEqual(80);
    expect((rows()[0]?.reasoning as number) <= 80).toBe(true);
  });

  test('that is set while the server runs holds from the next look on, with what was used before', async () => {
    const { ask, metering } = await serve();
    await (await ask(chat, { messages })).text();
    await (await ask(chat, { messages })).text();
    await limit('requests', 'total', 3);
    await metering.refresh();
    expect((await ask(chat, { messages })).status).toBe(200);
    expect((await ask(chat, { messages })).status).toBe(429);
  });
});

describe('a request that is broken off', () => {
  test('is settled for what was computed, where its client has gone', async () => {
    await limit('tokens', 'day', 100_000);
    const { ask, metering } = await serve({
      reply: () => ['hm', '</think>', ...Array.from({ length: 900 }, () => 'ok ')],
      tokensPerSecond: 200,
    });
    const controller = new AbortController();
    const response = await ask(chat, { messages, stream: true }, { signal: controller.signal });
    const reader = response.body!.getReader();
    await reader.read();
    controller.abort();
    await eventually(() => rows().length === 1 && metering.open() === 0);
    const [row] = rows();
    expect(row).toMatchObject({ kind: 'settle', outcome: 'client-gone' });
    expect((row?.prompt as number) > 0 && (row?.answer as number) < 900).toBe(true);
  });

  test('holds nothing once it was refused by the engine', async () => {
    await limit('tokens', 'day', 100_000);
    const { ask, metering } = await serve({ contextLength: 5 });
    expect((await ask(chat, { messages: [{ role: 'user', content: 'long '.repeat(100) }] })).status).toBe(
      400,
    );
    expect([metering.open(), rows().length]).toEqual([0, 0]);
  });
});

test('a ledger that cannot be written gives no false success, and the server recovers alone', async () => {
  await limit('requests', 'day', 5);
  const real = opened.use(openWriterThread({ path }));
  let full = false;
  const ledger: Ledger = {
    ...real,
    append: async (entry) => {
      if (full) throw new TiegelError('TGL_LEDGER_UNAVAILABLE', { reason: 'database or disk is full' });
      return real.append(entry);
    },
  };
  const { ask, ready, metering } = await serve({}, ledger);
  full = true;
  expect((await ask(chat, { messages })).status).toBe(503);
  const refused = await ask(chat, { messages, stream: true });
  expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('settlement_failed')]);
  expect(await ready()).toBe(503);
  full = false;
  await eventually(async () => (await ready()) === 200);
  expect(metering.open()).toBe(0);
  const streamed = await ask(chat, { messages, stream: true });
  expect(await streamed.text()).toContain('[DONE]');
  // What could not be written at first is there as well, once.
  expect(rows()).toHaveLength(2);
});

test('whoever asks is told where the limits stand, also where nothing is left, and uses nothing by asking', async () => {
  await limit('requests', 'day', 1);
  await limit('money', 'month', parseAmount('25'));
  for (const unit of ['prompt-tokens', 'answer-tokens']) await price(unit, '1000');
  const { ask, remaining } = await serve();
  const facts = { object: 'limit', scope: 'account', model: null, enforcement: 'hard' };
  const requests = { ...facts, unit: 'requests', period: 'day', currency: null, limit: 1, held: 0 };
  const money = { ...facts, unit: 'money', period: 'month', currency: 'EUR' };
  for (let asked = 0; asked < 2; asked++)
    expect(await remaining()).toMatchObject({ data: [{ ...requests, used: 0, remaining: 1 }, money] });
  await (await ask(chat, { messages, max_tokens: 10 })).text();
  expect(await remaining()).toMatchObject({ data: [{ ...requests, used: 1, remaining: 0 }, money] });
  expect((await ask(chat, { messages, max_tokens: 10 })).status).toBe(429);
});

test("an own question of the operator's stands in the ledger under an account of its own, with its price", async () => {
  await price('prompt-tokens', '0');
  await price('answer-tokens', '1000');
  const { metering } = await serve();
  const served = servedBy(createScriptedEngine({ model: testModel, reply: () => ['ok'] }));
  const usage = { promptTokens: 12, cachedPromptTokens: 0, completionTokens: 30, reasoningTokens: 0 };
  await metering.recordOwn({
    ...{ request: 'recognition_1', organisation, account: 'acct_recognition', served, usage },
    ...{ model: testModel, at: clock.now(), durationMs: 20 },
  });
  expect(rows()).toMatchObject([
    {
      ...{ request: 'recognition_1', kind: 'settle', account: 'acct_recognition', prompt: 12, answer: 30 },
      ...{ model: testModel, amount: parseAmount('0.03'), outcome: 'finished', energy: 'modelled' },
      millijoules: Math.round((100 * 20) / served.engine.capabilities.slots),
    },
  ]);
});
