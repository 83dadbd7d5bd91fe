// What a client is told of usage and costs, what is exported and what stands in the ledger are the same, to the nano-unit, whatever
// became of the requests: finished, streamed, broken off by their client, failed in the engine, corrected or credited.
import fc from 'fast-check';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { eventually, testModel } from '../../src/gateway/testing.ts';
import { parseAmount } from '../../src/prices/index.ts';
import { author, contractStart } from '../../src/store/contract.ts';
import { addPrice } from '../../src/store/index.ts';
import { exportLedger } from '../../src/store/ledger/export-ledger.ts';
import { openLedger } from '../../src/store/ledger/open-ledger.ts';
import { correctRequest, creditUse } from '../../src/store/ledger/rows-by-hand.ts';
import { checkLedger } from '../../src/store/ledger/verify-ledger.ts';
import { type ServedStore, serveStore, type TenantWithKey } from './served-store.ts';

type Step = {
  readonly kind:
    | 'whole'
    | 'stream'
    | 'several'
    | 'embed'
    | 'gone'
    | 'crash'
    | 'refused'
    | 'correct'
    | 'credit';
  readonly size: number;
  readonly laterMs: number;
};

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'whole',
    'stream',
    'several',
    'embed',
    'gone',
    'crash',
    'refused',
    'correct',
    'credit',
  ),
  size: fc.integer({ min: 1, max: 40 }),
  laterMs: fc.constantFrom(0, 1, 59_999, 3_600_000, 86_400_000),
});

test('usage, costs, export and ledger tell the same sums of any history of requests', async () => {
  await using server = await serveStore({
    script: {
      contextLength: 4000,
      reply: ({ prompt }) => {
        const size = Number(/size (\d+)/.exec(JSON.stringify(prompt))?.[1] ?? 1);
        return [...Array<string>(size).fill('hm '), '</think>', ...Array<string>(size).fill('ok ')];
      },
      failure: ({ prompt }) => {
        const text = JSON.stringify(prompt);
        if (text.includes('gone')) return { type: 'hang', afterTokens: 3 };
        return text.includes('crash') ? { type: 'crash', afterTokens: 2 } : undefined;
      },
    },
  });
  const tenant = await server.addTenant('one');
  const prices = {
    'prompt-tokens': '0.55',
    'cached-prompt-tokens': '0.14',
    'reasoning-tokens': '1.234567',
    'answer-tokens': '2.19',
  };
  for (const [unit, amount] of Object.entries(prices))
    await addPrice(server.opened.store.context, author, {
      ...{ id: `price_${unit}`, organisation: null, model: testModel, engine: null, unit, source: 'a test' },
      ...{ amount: parseAmount(amount), currency: 'EUR', valid_from: 0, verified: 1, digest: '' },
    });
  // Which takes up the prices as well.
  const other = await server.addTenant('other');
  const seen = { prompt: 0, completion: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 12 }), async (steps) => {
      for (const step of steps) {
        server.opened.clock.advance(step.laterMs);
        await server.refresh();
        await take(server, tenant, step, seen);
      }
      await take(server, other, { kind: 'whole', size: 1, laterMs: 0 }, { prompt: 0, completion: 0 });
      await requireEqual(server, tenant, seen);
    }),
    { numRuns: 12, seed: 20_261_130, endOnFailure: true },
  );
  const { query } = server.opened.store.database;
  const priced = await query
    .selectFrom('ledger')
    .select('seq')
    .where('amount', '>', 0)
    .where('price', 'is not', null)
    .execute();
  expect(priced.length).toBeGreaterThan(10);
}, 120_000);

async function take(
  { opened, url }: ServedStore,
  { organisation, account, secret }: TenantWithKey,
  { kind, size }: Step,
  seen: { prompt: number; completion: number },
): Promise<void> {
  const { store } = opened;
  const rows = async (): Promise<number> =>
    (await store.database.query.selectFrom('ledger').select('seq').execute()).length;
  const before = await rows();
  const post = (path: string, body: object, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, ...body }),
      signal,
    });
  const messages = [{ role: 'user', content: `${kind} size ${size}` }];
  const chat = '/v1/chat/completions';
  switch (kind) {
    case 'whole':
    case 'several': {
      const response = await post(chat, { messages, n: kind === 'several' ? 3 : 1 });
      const answer = await response.text();
      expect([response.status, answer]).toEqual([200, expect.stringContaining('"usage"')]);
      const { usage } = JSON.parse(answer) as { usage: OpenAI.CompletionUsage };
      seen.prompt += usage.prompt_tokens;
      seen.completion += usage.completion_tokens;
      break;
    }
    case 'stream': {
      const text = await (
        await post(chat, { messages, stream: true, stream_options: { include_usage: true } })
      ).text();
      seen.prompt += Number(/"prompt_tokens":(\d+)/.exec(text)?.[1]);
      seen.completion += Number(/"completion_tokens":(\d+)/.exec(text)?.[1]);
      break;
    }
    case 'embed':
      expect((await post('/v1/embeddings', { input: Array<string>(size).fill('a') })).status).toBe(200);
      break;
    case 'gone': {
      const controller = new AbortController();
      const response = await post(chat, { messages, stream: true }, controller.signal);
      await response.body?.getReader().read();
      controller.abort();
      break;
    }
    case 'crash':
      expect((await post(chat, { messages })).status).toBeGreaterThanOrEqual(500);
      break;
    case 'refused':
      expect((await post(chat, { messages: [{ role: 'user', content: 'x'.repeat(20_000) }] })).status).toBe(
        400,
      );
      return;
    case 'correct': {
      const one = await store.database.query
        .selectFrom('ledger')
        .select('request')
        .where('organisation', '=', organisation)
        .where('kind', '=', 'settle')
        .orderBy('seq', 'desc')
        .executeTakeFirst();
      if (one === undefined) return;
      await correctRequest(store.context, author, organisation, { request: one.request, amount: size * 7 });
      break;
    }
    case 'credit':
      await creditUse(store.context, author, organisation, { amount: size, currency: 'EUR', account });
      break;
  }
  await eventually(async () => (await rows()) === before + 1);
}

type Sums = {
  readonly requests: number;
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
};

async function requireEqual(
  { opened, url }: ServedStore,
  { organisation, administration }: TenantWithKey,
  seen: { readonly prompt: number; readonly completion: number },
): Promise<void> {
  const { database } = opened.store;
  {
    await using ledger = openLedger(database, { writer: 'test' });
    await ledger.rollUp();
  }
  const rows = await Array.fromAsync(exportLedger(database, organisation, 0));
  const billed = rows.filter(({ kind }) => ['settle', 'late', 'correct', 'credit'].includes(kind));
  const amount = billed.reduce((sum, row) => sum + BigInt(row.amount), 0n);
  const sumsOf = (operation: string): Sums => {
    const own = billed.filter((row) => row.operation === operation);
    const sum = (of: (row: (typeof own)[number]) => number): number =>
      own.reduce((all, row) => all + of(row), 0);
    return {
      requests: own.filter(({ kind }) => kind === 'settle').length,
      ...{ prompt: sum(({ prompt }) => prompt), cached: sum(({ cached }) => cached) },
      output: sum(({ reasoning, answer }) => reasoning + answer),
    };
  };
  const client = new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: 'none',
    adminAPIKey: administration.secret,
    maxRetries: 0,
  });
  const { usage } = client.admin.organization;
  const asked = {
    start_time: contractStart / 1000,
    end_time: Math.ceil(opened.clock.now() / 1000) + 1,
    limit: 180,
  };
  const completions = (await usage.completions(asked)).data.flatMap(({ results }) => results);
  const total = (results: readonly object[], name: string): number =>
    results.reduce((sum, result) => sum + Number((result as Record<string, unknown>)[name]), 0);
  expect(sumsOf('completions')).toEqual({
    requests: total(completions, 'num_model_requests'),
    ...{ prompt: total(completions, 'input_tokens'), cached: total(completions, 'input_cached_tokens') },
    output: total(completions, 'output_tokens'),
  });
  const embeddings = (await usage.embeddings(asked)).data.flatMap(({ results }) => results);
  expect([sumsOf('embeddings').requests, sumsOf('embeddings').prompt]).toEqual([
    total(embeddings, 'num_model_requests'),
    total(embeddings, 'input_tokens'),
  ]);
  for (const group_by of [[], ['project_id', 'line_item'], ['api_key_id']])
    expect(await costsOf(client, { ...asked, group_by })).toBe(amount);
  const finished = billed.filter(
    ({ outcome, operation }) => outcome === 'finished' && operation === 'completions',
  );
  expect(seen).toEqual({
    prompt: finished.reduce((sum, { prompt }) => sum + prompt, 0),
    completion: finished.reduce((sum, { reasoning, answer }) => sum + reasoning + answer, 0),
  });
  expect((await checkLedger(database)).problems).toEqual([]);
}

async function costsOf(client: OpenAI, asked: object): Promise<bigint> {
  const costs = await client.admin.organization.usage.costs(asked as never);
  expect(costs.has_more).toBe(false);
  const amounts = costs.data.flatMap(({ results }) => results) as unknown as {
    readonly x_tiegel: { readonly amount: string };
  }[];
  return amounts.reduce((sum, { x_tiegel }) => {
    const [whole, part = ''] = x_tiegel.amount.split('.');
    return sum + BigInt(`${whole}${part.padEnd(9, '0')}`);
  }, 0n);
}
