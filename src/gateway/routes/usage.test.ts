// What the routes of usage and costs ask of the host, and how they tell what it says.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { keysOf, type RunningGateway, startGateway, testKey } from '../testing.ts';
import type { UsageAnswer, UsageQuestion } from './usage.ts';

const day = 86_400;
/** A quarter past noon on a day that begins at `today`, in seconds. */
const today = 20_000 * day;
const now = today + 44_100;

let server: RunningGateway;
let asked: UsageQuestion[];
let rows: readonly UsageAnswer[];
beforeEach(async () => {
  [asked, rows] = [[], []];
  server = await startGateway(
    {},
    {
      keys: keysOf(testKey, null),
      clock: manualClock(now * 1000 + 999),
      readUsage: async (question) => {
        asked.push(question);
        return rows.filter(({ bucket }) => bucket >= question.start && bucket < question.end);
      },
    },
  );
});
afterEach(() => server[Symbol.asyncDispose]());

type Page = {
  readonly data: readonly {
    readonly start_time: number;
    readonly end_time: number;
    readonly results: object[];
  }[];
  readonly has_more: boolean;
  readonly next_page: string | null;
};

async function read(path: string, query: string): Promise<Page> {
  const response = await fetch(`${server.url}/v1/organization/${path}?${query}`, {
    headers: { authorization: `Bearer ${testKey}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

const rowAt = (second: number, more: Partial<UsageAnswer> = {}): UsageAnswer => ({
  ...{ bucket: second * 1000, requests: 2, prompt: 10, cached: 4, reasoning: 6, answer: 3 },
  ...{ amount: '0.000000123456789012', currency: 'EUR', ...more },
});

const named = { account: 'acc', principal: 'prn', key: 'key', model: 'r1' };

test.each([
  ['', {}, []],
  ['project_ids[]=a&project_ids[]=b', { account: ['a', 'b'] }, []],
  ['project_ids=a&project_ids=b', { account: ['a', 'b'] }, []],
  ['user_ids=u', { principal: ['u'] }, []],
  ['api_key_ids[]=k', { key: ['k'] }, []],
  ['models[]=m', { model: ['m'] }, []],
  ['group_by=model&group_by=line_item&group_by=user_id', {}, ['model', 'principal']],
  ['group_by[]=project_id&group_by[]=api_key_id', {}, ['account', 'key']],
])('the query %j asks for no more and no less', async (query, only, groupBy) => {
  const operations = {
    'usage/completions': 'completions',
    'usage/embeddings': 'embeddings',
    costs: undefined,
  };
  for (const [path, operation] of Object.entries(operations)) {
    await read(path, `start_time=${today}&${query}`);
    expect(asked.pop()).toEqual({
      ...{ organisation: 'local', account: null, width: 'day', groupBy },
      ...{ start: today * 1000, end: (now + 1) * 1000 },
      only: { ...only, ...(operation && { operation: [operation] }) },
    });
  }
});

test('a key of an account asks for what is its account’s alone', async () => {
  await using other = await startGateway(
    {},
    {
      readUsage: async (question) => {
        asked.push(question);
        return [];
      },
    },
  );
  await fetch(`${other.url}/v1/organization/costs?start_time=0&limit=1`, {
    headers: { authorization: `Bearer ${testKey}` },
  });
  expect(asked).toMatchObject([{ account: 'operator' }]);
});

test.each([
  ['1d', day, 7],
  ['1h', 3600, 24],
  ['1m', 60, 60],
])(
  'buckets of %s begin at a multiple of their width, and a page has %i seconds times %i of them',
  async (width, seconds, fewest) => {
    const first = today - 40 * day;
    const page = await read('usage/completions', `start_time=${first + 1}&bucket_width=${width}`);
    expect(page.data).toHaveLength(fewest);
    expect(page.data[0]).toEqual({
      object: 'bucket',
      start_time: first,
      end_time: first + seconds,
      results: [],
    });
    expect(page.data.at(-1)?.end_time).toBe(first + fewest * seconds);
    expect([page.has_more, page.next_page]).toEqual([true, String(first + fewest * seconds)]);
    const next = await read(
      'usage/completions',
      `start_time=0&bucket_width=${width}&page=${page.next_page}&limit=2`,
    );
    expect(next.data.map(({ start_time }) => start_time)).toEqual(
      [0, 1].map((bucket) => first + (fewest + bucket) * seconds),
    );
  },
);

test('a page has no more buckets than a width allows, read some at a time', async () => {
  const page = await read('usage/completions', `start_time=${today - 400 * day}&limit=1440`);
  expect(page.data).toHaveLength(180);
  expect(asked.map(({ start, end }) => (end - start) / 1000 / day)).toEqual([
    ...Array<number>(25).fill(7),
    5,
  ]);
  expect(asked[1]!.start).toBe(asked[0]!.end);
});

test('buckets end with what was asked for, at the latest with the one that holds this moment', async () => {
  const until = async (query: string): Promise<unknown> => {
    const page = await read('usage/completions', `start_time=${today - 2 * day}&${query}`);
    return [page.data.length, asked.pop()!.end / 1000, page.has_more, page.next_page];
  };
  expect(await until('')).toEqual([3, now + 1, false, null]);
  expect(await until(`end_time=${today}`)).toEqual([2, today, false, null]);
  expect(await until(`end_time=${today + 1}`)).toEqual([3, today + 1, false, null]);
  expect(await until(`end_time=${today + 30 * day}`)).toEqual([4, now + day, false, null]);
  const none = await read('usage/completions', `start_time=${today + 3 * day}`);
  expect([none.data, none.has_more, asked]).toEqual([[], false, []]);
});

test('names stand in a result where it is grouped by them, and nowhere else', async () => {
  rows = [rowAt(today, named)];
  const shown = async (path: string, groups: readonly string[]): Promise<object> => {
    const by = groups.map((group) => `&group_by=${group}`).join('');
    return (await read(path, `start_time=${today}${by}`)).data[0]!.results[0]!;
  };
  const nobody = { project_id: null, user_id: null, api_key_id: null };
  const counts = { input_tokens: 10, num_model_requests: 2, model: null, ...nobody };
  expect(await shown('usage/completions', [])).toEqual({
    ...{ object: 'organization.usage.completions.result', ...counts },
    ...{ input_cached_tokens: 4, input_uncached_tokens: 6, output_tokens: 9 },
    x_tiegel: { reasoning_tokens: 6 },
  });
  expect(await shown('usage/embeddings', [])).toEqual({
    ...{ object: 'organization.usage.embeddings.result', ...counts },
  });
  expect(await shown('costs', [])).toEqual({
    ...{ object: 'organization.costs.result', line_item: null, ...nobody },
    amount: { value: 1.23456789012e-7, currency: 'eur' },
    x_tiegel: { amount: '0.000000123456789012', currency: 'EUR' },
  });
  const all = ['project_id', 'user_id', 'api_key_id', 'model'];
  expect(await shown('usage/completions', all)).toMatchObject({
    ...{ project_id: 'acc', user_id: 'prn', api_key_id: 'key', model: 'r1' },
  });
  expect(await shown('costs', ['line_item'])).toMatchObject({ line_item: 'r1', ...nobody });
  expect(await shown('costs', ['model'])).toMatchObject({ line_item: null });
  rows = [rowAt(today)];
  expect(await shown('usage/completions', all)).toMatchObject({ model: null, ...nobody });
  expect(await shown('costs', ['line_item', 'user_id'])).toMatchObject({ line_item: null, ...nobody });
});

test('results stand in the bucket that they belong to', async () => {
  rows = [rowAt(today - day, { requests: 1 }), rowAt(today, { requests: 2 }), rowAt(today, { requests: 3 })];
  const { data } = await read('usage/completions', `start_time=${today - 2 * day}`);
  const requests = data.map(({ results }) =>
    (results as { readonly num_model_requests: number }[]).map((result) => result.num_model_requests),
  );
  expect(requests).toEqual([[], [1], [2, 3]]);
});

test.each(['1h', '1m'])('costs have no buckets of %s', async (width) => {
  const response = await fetch(
    `${server.url}/v1/organization/costs?start_time=${today}&bucket_width=${width}`,
    { headers: { authorization: `Bearer ${testKey}` } },
  );
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining('"param":"bucket_width"'),
  ]);
  expect(asked).toEqual([]);
});
