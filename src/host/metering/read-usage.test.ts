// The usage endpoints through OpenAI's own client, over a store with a ledger.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock, systemEntropy } from '../../base/index.ts';
import { keysOf, startGateway, testKey } from '../../gateway/testing.ts';
import { type LedgerEntry, openLedger, openStore, type Store } from '../../store/index.ts';
import { ledgerEntry } from '../../store/testing.ts';
import type { LostAndLateBody } from '../../wire/index.ts';
import { lostAndLateReader, usageReader } from './read-usage.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse('2026-11-01T00:00:00Z');

let directory: string;
let opened: AsyncDisposableStack;
let store: Store;
let client: OpenAI;
let url: string;
/** Those of administration act for no account. */
const keys = keysOf(testKey, null);
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-usage-'));
  opened = new AsyncDisposableStack();
  const clock = manualClock(start + 20 * day);
  store = opened.use(await openStore(join(directory, 'store.sqlite'), { clock, entropy: systemEntropy }));
  const server = opened.use(
    await startGateway(
      {},
      { readUsage: usageReader(store), readLostAndLate: lostAndLateReader(store), clock, keys },
    ),
  );
  ({ url } = server);
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: testKey, adminAPIKey: testKey, maxRetries: 0 });
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(directory, { recursive: true });
});

let count = 0;
const entry = (at: number, more: Partial<LedgerEntry> = {}): LedgerEntry =>
  ledgerEntry(`req_${count++}`, { at, organisation: 'local', amount: 1_000_000_001, ...more });

async function fill(entries: readonly LedgerEntry[]): Promise<void> {
  const ledger = openLedger(store.database, { writer: 'test' });
  await Promise.all(entries.map(ledger.append));
  await ledger[Symbol.asyncDispose]();
}

const seconds = (milliseconds: number): number => milliseconds / 1000;
const organization = () => client.admin.organization;

describe("OpenAI's client", () => {
  test('pages through usage by day, with empty days, grouped and filtered', async () => {
    await fill([
      entry(start + hour),
      entry(start + 2 * hour, { model: 'qwen', account: 'acc_2' }),
      entry(start + 2 * day),
      entry(start + 2 * day, { operation: 'embeddings', reasoning: 0, answer: 0, cached: 0 }),
      entry(start + 2 * day, { organisation: 'other' }),
    ]);
    const first = await organization().usage.completions({
      start_time: seconds(start),
      end_time: seconds(start + 4 * day),
      group_by: ['model', 'project_id'],
      limit: 3,
    });
    expect(first).toMatchObject({ object: 'page', has_more: true });
    expect(first.data.map(({ results }) => results.length)).toEqual([2, 0, 1]);
    expect(first.data[2]).toEqual({
      object: 'bucket',
      start_time: seconds(start + 2 * day),
      end_time: seconds(start + 3 * day),
      results: [
        {
          object: 'organization.usage.completions.result',
          ...{ input_tokens: 10, input_cached_tokens: 4, input_uncached_tokens: 6, output_tokens: 9 },
          ...{ num_model_requests: 1, model: 'r1', project_id: 'acc_1', user_id: null, api_key_id: null },
          x_tiegel: { reasoning_tokens: 6 },
        },
      ],
    });
    const rest = await organization().usage.completions({
      start_time: seconds(start),
      end_time: seconds(start + 4 * day),
      limit: 3,
      page: first.next_page!,
    });
    expect([rest.data.length, rest.has_more, rest.next_page]).toEqual([1, false, null]);
    const only = await organization().usage.completions({
      start_time: seconds(start),
      limit: 1,
      models: ['qwen'],
      project_ids: ['acc_2', 'acc_3'],
    });
    expect(only.data[0]?.results).toMatchObject([{ num_model_requests: 1, model: null }]);
  });

  test('reads embeddings by the hour and by the minute', async () => {
    await fill([entry(start + 90 * 60_000, { operation: 'embeddings', reasoning: 0, answer: 0, cached: 0 })]);
    const hours = await organization().usage.embeddings({ start_time: seconds(start), bucket_width: '1h' });
    expect(hours.data).toHaveLength(24);
    expect(hours.data[1]?.results).toMatchObject([{ input_tokens: 10, num_model_requests: 1 }]);
    const minutes = await organization().usage.embeddings({
      start_time: seconds(start + hour),
      bucket_width: '1m',
    });
    expect(minutes.data).toHaveLength(60);
    expect(minutes.data[30]?.results).toHaveLength(1);
  });

  test('reads costs whose sum is that of the ledger, to the nano-unit', async () => {
    await fill(Array.from({ length: 50 }, (_, index) => entry(start + index * hour)));
    const costs = await organization().usage.costs({
      start_time: seconds(start),
      group_by: ['line_item'],
    } as never);
    const parts = costs.data.flatMap(({ results }) => results) as unknown as {
      readonly amount: { readonly value: number; readonly currency: string };
      readonly line_item: string;
      readonly x_tiegel: { readonly amount: string };
    }[];
    expect(parts[0]?.amount).toEqual({ value: 24.000000024, currency: 'eur' });
    expect(parts.every(({ line_item }) => line_item === 'r1')).toBe(true);
    const nano = parts.reduce((sum, { x_tiegel }) => sum + BigInt(x_tiegel.amount.replace('.', '')), 0n);
    expect(nano).toBe(50n * 1_000_000_001n);
  });
});

test.each([
  ['', 'start_time'],
  ['?start_time=-1', 'start_time'],
  ['?start_time=0&bucket_width=2d', 'bucket_width'],
  ['?start_time=0&group_by=secret', 'group_by'],
  ['?start_time=0&page=x', 'page'],
  ['?start_time=0&limit=0', 'limit'],
  ['?start_time=0&unknown=1', 'unknown'],
])('the query %j is refused by name', async (query, field) => {
  const response = await fetch(`${url}/v1/organization/usage/completions${query}`, {
    headers: { authorization: `Bearer ${testKey}` },
  });
  const { error } = (await response.json()) as { readonly error: { readonly message: string } };
  expect([response.status, error.message]).toEqual([400, expect.stringContaining(field)]);
});

test('what is read is what is told, however much more there is', async () => {
  const sqlite = store.database.sqlite as DatabaseSync;
  sqlite.exec('begin');
  const insert = sqlite.prepare(
    `insert into rollup (organisation, width, bucket_start, account, key, principal, model, operation, currency,
      requests, prompt, cached, reasoning, answer, amount)
      values ('local', ?, ?, 'acc', ?, 'prn', 'r1', 'completions', 'EUR', 10, 100, 40, 60, 30, 1000)`,
  );
  for (let key = 0; key < 50; key++) {
    for (let each = 0; each < 30; each++) insert.run('day', start + (each - 10) * day, `key_${key}`);
    for (let each = 0; each < 2000; each++) insert.run('minute', start + each * 60_000, `key_${key}`);
  }
  sqlite.exec('commit');
  const processorTime = async (work: () => unknown): Promise<number> => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const read = usageReader(store);
  const question = {
    organisation: 'local',
    start: 0,
    end: start + 30 * day,
    groupBy: ['key'],
    account: null,
    only: {},
  } as const;
  const days = (): Promise<readonly object[]> => read({ ...question, width: 'day' });
  expect(await days()).toHaveLength(50 * 30);
  const told = await processorTime(days);
  const everything = await processorTime(() => sqlite.prepare('select * from rollup').all());
  expect(told).toBeLessThan(everything / 2);
});

test('a page ends early where it would be very long, and the next one goes on there', async () => {
  const sqlite = store.database.sqlite as DatabaseSync;
  sqlite.exec('begin');
  const insert = sqlite.prepare(
    `insert into rollup (organisation, width, bucket_start, account, key, principal, model, operation, currency,
      requests, prompt, cached, reasoning, answer, amount)
      values ('local', 'day', ?, 'acc', ?, 'prn', 'r1', 'completions', 'EUR', 1, 2, 0, 0, 1, 1)`,
  );
  for (let number = 0; number < 24_000; number++) insert.run(start + (number % 20) * day, `key_${number}`);
  sqlite.exec('commit');
  const asked = { start_time: seconds(start), end_time: seconds(start + 20 * day), limit: 20 };
  const pages = [];
  for (let page: string | null | undefined = null; pages.length === 0 || page !== null; ) {
    const one = await organization().usage.completions({
      ...asked,
      group_by: ['api_key_id'],
      ...(typeof page === 'string' && { page }),
    });
    pages.push(one);
    page = one.next_page;
  }
  expect(pages.length).toBe(2);
  const buckets = pages.flatMap(({ data }) => data);
  expect(buckets.map(({ start_time }) => start_time)).toEqual(
    Array.from({ length: 20 }, (_, number) => seconds(start + number * day)),
  );
  expect(buckets.every(({ results }) => results.length === 1200)).toBe(true);
});

test('what was lost and what came late is told page by page, and refused in words', async () => {
  await fill([
    entry(start + hour),
    entry(start + hour, { kind: 'lost', request: 'req_lost', outcome: 'lost' }),
    entry(start + 2 * hour, { kind: 'late', request: 'req_late' }),
    entry(start + 3 * day, { kind: 'late', request: 'req_afterwards' }),
  ]);
  const read = async (query: string) => {
    const path = `${url}/v1/x/usage/lost-and-late?${query}`;
    const response = await fetch(path, { headers: { authorization: `Bearer ${testKey}` } });
    return { status: response.status, body: (await response.json()) as LostAndLateBody };
  };
  const span = `start_time=${seconds(start)}&end_time=${seconds(start + day)}`;
  const first = (await read(`${span}&limit=1`)).body;
  expect(first).toMatchObject({
    data: [
      {
        ...{ object: 'lost_or_late_request', request: 'req_lost', kind: 'lost', output_tokens: 9 },
        ...{ admitted_at: seconds(start + hour), amount: '1.000000001', billed: '0.00', currency: 'EUR' },
      },
    ],
    has_more: true,
  });
  const second = (await read(`${span}&limit=1&after=${first.last_id}`)).body;
  expect(second).toMatchObject({
    data: [{ request: 'req_late', kind: 'late', billed: '1.000000001' }],
    has_more: false,
  });
  expect((await read(`start_time=${seconds(start)}`)).body.data).toHaveLength(3);
  for (const wrong of ['', 'start_time=soon', `${span}&limit=0`, `${span}&after=x`, `${span}&page=1`])
    expect([wrong, (await read(wrong)).status]).toEqual([wrong, 400]);
});
