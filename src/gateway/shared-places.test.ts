// One request that wants much keeps nobody waiting: not by its choices, not by its texts, not by reading slowly.
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import type { GenerateRequest } from '../engine/index.ts';
import { eventually, type RunningGateway, servedBy, startGateway, testKey, testModel } from './testing.ts';

const key = { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' };

function ask(server: RunningGateway, path: string, body: object): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: key,
    body: JSON.stringify({ model: testModel, ...body }),
  });
}

test('a short request beside sixteen choices waits for one of them, not for all', async () => {
  const order: string[] = [];
  const nameOf = ({ prompt = [] }: GenerateRequest): string =>
    prompt.some(({ text }) => text.includes('short')) ? 'short' : 'choice';
  await using server = await startGateway({
    slots: 4,
    tokensPerSecond: 200,
    reply: (request) => {
      order.push(nameOf(request));
      return ['</think>', ...Array.from({ length: 10 }, () => 'so ')];
    },
  });
  const large = ask(server, '/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], n: 16 });
  await eventually(() => server.engine.load().active === 4);
  expect(server.engine.load()).toEqual({ active: 4, waiting: 0 });
  await ask(server, '/v1/chat/completions', { messages: [{ role: 'user', content: 'short' }] });
  await (await large).text();
  expect(order).toHaveLength(17);
  // Four were running before it came; those that began beside it were given places as they became free at the same time.
  expect(order.indexOf('short')).toBeLessThanOrEqual(8);
});

test('two thousand texts to embed take one place at a time, in turn with others', async () => {
  const begun: number[] = [];
  const short = Promise.withResolvers<void>();
  await using server = await startGateway(
    {
      slots: 1,
      reply: () => {
        begun.push(-1);
        return ['</think>', 'ok'];
      },
      served: (engine) =>
        servedBy({
          ...engine,
          capabilities: { ...engine.capabilities, embeddings: true },
          embed: async (texts) => {
            begun.push(texts.length);
            // However slow the machine is, the short request comes while this batch is read.
            if (begun.length === 8) await short.promise;
            const vector = Float32Array.from({ length: 64 }, (_, index) => index / 7);
            return texts.map(() => ({ vector, tokens: 2 }));
          },
        }),
    },
    { observers: [{ began: ({ dialect }) => dialect === 'openai-chat' && short.resolve() }] },
  );
  const input = Array.from({ length: 2048 }, (_, index) => `text ${index}`);
  const large = ask(server, '/v1/embeddings', { input });
  await eventually(() => begun.length === 8);
  await (await ask(server, '/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] })).text();
  const { data } = (await (await large).json()) as { readonly data: readonly { readonly index: number }[] };
  expect(data.map(({ index }) => index)).toEqual(input.map((_, index) => index));
  expect(begun.filter((texts) => texts > 0).reduce((sum, texts) => sum + texts, 0)).toBe(2048);
  // It was given the next place, or the one behind it.
  expect(begun.indexOf(-1)).toBeGreaterThan(0);
  expect(begun.indexOf(-1)).toBeLessThanOrEqual(9);
});

test('a reply that nobody reads frees its place once it has been generated', async () => {
  const reply = ['</think>', ...Array.from({ length: 400 }, () => 'x'.repeat(1000))];
  await using server = await startGateway({ slots: 1, reply: () => reply, contextLength: 10_000 });
  const body = JSON.stringify({
    ...{ model: testModel, stream: true, max_tokens: 5000 },
    messages: [{ role: 'user', content: 'x' }],
  });
  const socket = connect(server.port, '127.0.0.1', () =>
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${testKey}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  socket.pause();
  await eventually(() => server.log().includes('"outcome":"finished"'));
  expect(server.engine.load()).toEqual({ active: 0, waiting: 0 });
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});

test('a request holds no place while its constraint is read, and none where it is refused', async () => {
  const reading = Promise.withResolvers<void>();
  const read: string[] = [];
  await using server = await startGateway({
    slots: 1,
    reply: () => ['</think>', 'ok'],
    capabilities: { constraints: ['grammar'] },
    served: (engine) =>
      servedBy({
        ...engine,
        readConstraint: async (constraint, cacheScope) => {
          read.push(cacheScope);
          await reading.promise;
          if (JSON.stringify(constraint).includes('bad'))
            throw new TiegelError('TGL_CONSTRAINT_INVALID', { problem: 'it is bad' });
        },
      }),
  });
  const messages = [{ role: 'user', content: 'x' }];
  const under = (grammar: string, more: object = {}): Promise<Response> =>
    ask(server, '/v1/chat/completions', { messages, response_format: { type: 'grammar', grammar }, ...more });
  const [good, bad] = [under('root ::= "ok"', { n: 4 }), under('root ::= "bad"', { stream: true })];
  await eventually(() => read.length === 2);
  expect((await ask(server, '/v1/chat/completions', { messages })).status).toBe(200);
  reading.resolve();
  expect((await good).status).toBe(200);
  const refused = await bad;
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { error: { tgl_code: 'TGL_CONSTRAINT_INVALID' } },
  ]);
  expect(read).toEqual(['operator', 'operator']);
});
