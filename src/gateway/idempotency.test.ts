// What a request with an idempotency key is answered, by what became of the one before it; over a store the same is told in the host.
import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../traffic/index.ts';
import { exampleAdministration } from './administration/testing.ts';
import type { ChunkWriter } from './http/chunk-writer.ts';
import {
  type BeginKeyed,
  type KeyedBegin,
  type KeyedRequest,
  keepWritten,
  maxAnswerCharacters,
  type StoredAnswer,
} from './idempotency.ts';
import { keysOf, startGateway, testKey, testModel } from './testing.ts';

const messages = [{ role: 'user', content: 'hi' }];
const chat = '/v1/chat/completions';

type Ended = readonly [outcome: string, answer: StoredAnswer | undefined];

/** A server whose store says what `begin` says, and what it was told. */
async function serving(begin: (ended: Ended[]) => KeyedBegin | Promise<KeyedBegin>, settleMs = 60_000) {
  const asked: KeyedRequest[] = [];
  const ended: Ended[] = [];
  const beginKeyed: BeginKeyed = async (request) => {
    asked.push(request);
    return begin(ended);
  };
  const server = await startGateway(
    { reply: () => ['hm', '</think>', 'ok'] },
    {
      ...{ beginKeyed, administration: exampleAdministration, keys: keysOf(testKey) },
      limits: { settleMs },
    },
  );
  const ask = (path: string, body: object, key: string | undefined = 'one'): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    });
  return { server, ask, asked, ended, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const beginning = (ended: Ended[]): KeyedBegin => ({
  type: 'begun',
  run: {
    end: async ({ outcome }: RequestRecord, answer) =>
      void ended.push(['code' in outcome ? outcome.code : outcome.type, answer]),
  },
});

const question = { model: testModel, messages };

describe('a request to a model', () => {
  test('is begun under its key with all that tells it apart, and its answer is kept as it was given', async () => {
    await using given = await serving(beginning);
    const answer = await (await given.ask(chat, question)).text();
    expect(given.asked).toMatchObject([
      {
        route: chat,
        idempotencyKey: 'one',
        requestId: expect.stringMatching(/^req_/),
        principal: { account: 'operator' },
      },
    ]);
    expect(Buffer.from(given.asked[0]!.body).toString()).toBe(JSON.stringify(question));
    expect(given.ended).toEqual([['finished', { contentType: 'application/json', text: answer }]]);
    const stream = await (await given.ask(chat, { ...question, stream: true })).text();
    expect(given.ended[1]).toEqual(['finished', { contentType: 'text/event-stream', text: stream }]);
    const bare = await fetch(given.server.url + chat, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    });
    expect([bare.status, given.asked.length]).toEqual([200, 2]);
  });

  test.each<[string, KeyedBegin, number, string]>([
    ['is still running', { type: 'running', request: 'req_0' }, 409, 'TGL_IDEMPOTENCY_KEY_RUNNING'],
    ['had another body', { type: 'other-body', request: 'req_0' }, 422, 'TGL_IDEMPOTENCY_KEY_REUSED'],
    [
      'has an answer that is gone',
      {
        type: 'done',
        request: 'req_0',
        outcome: 'finished',
        promptTokens: 3,
        completionTokens: 4,
        answer: undefined,
      },
      ...([409, 'TGL_IDEMPOTENCY_ANSWER_GONE'] as const),
    ],
  ])('is refused where the one before it %s', async (_, said, status, code) => {
    await using given = await serving(() => said);
    const response = await given.ask(chat, question);
    expect([response.status, await response.text()]).toEqual([
      status,
      expect.stringContaining(`"tgl_code":"${code}"`),
    ]);
    expect(given.ended).toEqual([]);
  });

  test('gets the answer of the one before it, and the model is not asked', async () => {
    const answer = { contentType: 'text/event-stream', text: 'data: ä\n\n' };
    await using given = await serving(() => ({
      ...{
        type: 'done',
        request: 'req_0',
        outcome: 'finished',
        promptTokens: 3,
        completionTokens: 4,
        answer,
      },
    }));
    const response = await given.ask(chat, question);
    expect([response.status, await response.text()]).toEqual([200, answer.text]);
    const { headers } = response;
    expect([
      headers.get('idempotent-replayed'),
      headers.get('content-type'),
      headers.get('content-length'),
    ]).toEqual([...['true', 'text/event-stream', '10']]);
    expect(headers.get('x-request-id')).toMatch(/^req_/);
  });

  test('is not answered where the store does not say in time whether it may run', async () => {
    await using given = await serving(() => new Promise<never>(() => {}), 20);
    const response = await given.ask(chat, question);
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringContaining('TGL_STORE_UNAVAILABLE'),
    ]);
  });

  test('is answered where its end cannot be kept, which costs a line in the log', async () => {
    await using given = await serving(() => ({
      type: 'begun',
      run: { end: async () => Promise.reject(new Error('the disk is full')) },
    }));
    expect((await given.ask(chat, question)).status).toBe(200);
    expect(given.server.log()).toContain(
      'what became of a request with an idempotency key could not be kept',
    );
    expect(given.server.log()).toContain('the disk is full');
  });

  test.each(['a b', 'ü', '', 'k'.repeat(256)])('has no key called %j', async (key) => {
    await using given = await serving(beginning);
    const response = await given.ask(chat, question, key);
    expect([response.status, given.asked]).toEqual([400, []]);
    expect(await response.text()).toContain('TGL_IDEMPOTENCY_KEY_INVALID');
  });

  test('has a key of all that is visible, up to 255 characters', async () => {
    await using given = await serving(beginning);
    for (const key of ['!~', 'k'.repeat(255)])
      expect((await given.ask(chat, question, key)).status).toBe(200);
    expect(given.asked.map(({ idempotencyKey }) => idempotencyKey.length)).toEqual([2, 255]);
  });
});

describe('a change', () => {
  const projects = '/v1/organization/projects';

  test('is begun under its path, kept as it was answered, and ended where it is refused', async () => {
    await using given = await serving(beginning);
    const body = { name: 'research' };
    const answer = await (await given.ask(projects, body)).text();
    expect([given.asked[0]?.route, Buffer.from(given.asked[0]!.body).toString()]).toEqual([
      ...[projects, JSON.stringify(body)],
    ]);
    expect(given.ended).toEqual([
      ['finished', { contentType: 'application/json; charset=utf-8', text: answer }],
    ]);
    expect((await given.ask(projects, { nam: 'x' })).status).toBe(400);
    expect(given.ended.slice(1)).toEqual([['TGL_REQUEST_INVALID', undefined]]);
  });

  test('that shows a secret is kept without its answer', async () => {
    await using given = await serving(beginning);
    const secret = `tgl_ak_${'a'.repeat(49)}`;
    const create = exampleAdministration.administrationKeys.create;
    await using showing = await startGateway(
      {},
      {
        administration: {
          ...exampleAdministration,
          administrationKeys: {
            ...exampleAdministration.administrationKeys,
            create: async (...facts) => ({ ...(await create(...facts)), secret }),
          },
        },
        beginKeyed: async () => beginning(given.ended),
      },
    );
    const response = await fetch(`${showing.url}/v1/organization/admin_api_keys`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${testKey}`,
        'content-type': 'application/json',
        'idempotency-key': 'k',
      },
      body: '{"name":"k"}',
    });
    expect(await response.text()).toContain(secret);
    expect(given.ended).toEqual([['finished', undefined]]);
  });

  test('is answered again as the first one was', async () => {
    const answer = { contentType: 'application/json; charset=utf-8', text: '{"a":1}' };
    await using given = await serving(() => ({
      ...{
        type: 'done',
        request: 'req_0',
        outcome: 'finished',
        promptTokens: 0,
        completionTokens: 0,
        answer,
      },
    }));
    const response = await given.ask(projects, { name: 'research' });
    expect([
      response.headers.get('idempotent-replayed'),
      response.headers.get('content-type'),
      await response.text(),
    ]).toEqual([...['true', answer.contentType, answer.text]]);
  });

  test('by reading is none, whatever header it has', async () => {
    await using given = await serving(beginning);
    const headers = { authorization: `Bearer ${testKey}`, 'idempotency-key': 'k' };
    expect((await fetch(given.server.url + projects, { headers })).status).toBe(200);
    expect(given.asked).toEqual([]);
  });
});

test('what is written is kept up to a limit, and given up as a whole beyond it', () => {
  const written: string[] = [];
  const writer = { write: (text: string) => void written.push(text) } as unknown as ChunkWriter;
  const kept = keepWritten(writer);
  expect(kept.text()).toBe('');
  kept.writer.write('a'.repeat(maxAnswerCharacters - 1));
  kept.writer.write('b');
  expect(kept.text()).toHaveLength(maxAnswerCharacters);
  kept.writer.write('c');
  kept.writer.write('d');
  expect([kept.text(), written.map(({ length }) => length)]).toEqual([
    undefined,
    [maxAnswerCharacters - 1, 1, 1, 1],
  ]);
});
