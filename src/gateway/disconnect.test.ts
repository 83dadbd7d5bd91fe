import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually, type RunningGateway, startGateway, testKey, testModel } from './testing.ts';

const thought = Array.from({ length: 40 }, () => 'hm ');
const answer = Array.from({ length: 1000 }, () => 'so ');

const hang = () => ({ type: 'hang', afterTokens: 0 }) as const;

async function placesWaiting(server: RunningGateway): Promise<number> {
  const text = await (
    await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${testKey}` } })
  ).text();
  return Number(/tiegel_places_waiting\{[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
}

function post(body: object, port: number): string {
  const json = JSON.stringify({ model: testModel, messages: [{ role: 'user', content: 'hi' }], ...body });
  return `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${testKey}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

// None of the replies here would end by itself while the test lasts: what frees a slot is that the client has gone.
describe('a client that goes away frees the slot', () => {
  test.each([
    ['before the first byte', 0, /^$/],
    ['in the middle of the reasoning', 1, /reasoning/],
    ['in the middle of the answer', 42, /"content":"so/],
  ])('%s, and is an outcome, not an error', async (_, afterTokens, until) => {
    await using server = await startGateway({
      reply: () => [...thought, '</think>', ...answer],
      failure: () => ({ type: 'hang', afterTokens }),
    });
    let received = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(post({ stream: true }, server.port)));
    socket.on('data', (data) => {
      received += data.toString();
    });
    await eventually(() => server.engine.load().active === 1 && until.test(received));
    socket.destroy();
    await eventually(() => server.engine.load().active === 0);
    await eventually(() => server.log().includes('"outcome":"client-gone"'));
    expect(server.log()).not.toContain('"level":50');
    expect(server.log()).not.toContain('"stack"');
  });

  test('without streaming', async () => {
    await using server = await startGateway({ reply: () => thought, failure: hang });
    const socket = connect(server.port, '127.0.0.1', () => socket.write(post({}, server.port)));
    await eventually(() => server.engine.load().active === 1);
    socket.destroy();
    await eventually(() => server.engine.load().active === 0);
  });

  test('by the abort of the openai client, streaming and not', async () => {
    await using server = await startGateway({
      reply: () => thought,
      failure: () => ({ type: 'hang', afterTokens: 1 }),
      slots: 1,
    });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const stream = await server.client.chat.completions.create({ model: testModel, messages, stream: true });
    for await (const _ of stream) stream.controller.abort();
    await eventually(() => server.engine.load().active === 0);
    const stop = new AbortController();
    const request = server.client.chat.completions.create(
      { model: testModel, messages },
      { signal: stop.signal },
    );
    await eventually(() => server.engine.load().active === 1).finally(() => stop.abort());
    await expect(request).rejects.toThrow('aborted');
    await eventually(() => server.engine.load().active === 0);
  });

  test('while it waits for a slot', async () => {
    await using server = await startGateway({ reply: () => thought, failure: hang, slots: 1 });
    const waiting = async (): Promise<boolean> => (await placesWaiting(server)) === 1;
    const first = connect(server.port, '127.0.0.1', () => first.write(post({ stream: true }, server.port)));
    await eventually(() => server.engine.load().active === 1);
    const second = connect(server.port, '127.0.0.1', () => second.write(post({ stream: true }, server.port)));
    await eventually(waiting);
    second.destroy();
    await eventually(async () => !(await waiting()));
    expect(server.engine.load()).toEqual({ active: 1, waiting: 0 });
    first.destroy();
  });

  test('even with a request still waiting behind another on the same connection', async () => {
    await using server = await startGateway({ reply: () => thought, failure: hang, slots: 2 });
    const pipelined = post({}, server.port).repeat(2);
    const socket = connect(server.port, '127.0.0.1', () => socket.write(pipelined));
    await eventually(() => server.engine.load().active === 2);
    socket.destroy();
    await eventually(() => server.engine.load().active === 0);
  });
});

describe('a client that reads nothing', () => {
  // Larger than the kernel's socket buffers, so that the server has to wait.
  const flood = Array.from({ length: 20_000 }, () => 'x'.repeat(1000));

  async function openSilent(server: RunningGateway): Promise<ReturnType<typeof connect>> {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(post({ stream: true, max_tokens: 1_000_000 }, server.port)),
    );
    socket.pause();
    socket.on('error', () => {});
    await eventually(() => server.engine.load().active === 1);
    return socket;
  }

  test('holds the engine back, costs little memory, and is hung up on at the deadline', async () => {
    await using server = await startGateway(
      { reply: () => flood, contextLength: 1_000_000 },
      { limits: { writeStallMs: 3000 } },
    );
    const before = process.memoryUsage();
    const socket = await openSilent(server);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.engine.load().active).toBe(1);
    const after = process.memoryUsage();
    expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(8e6);
    await eventually(() => server.engine.load().active === 0);
    socket.destroy();
  });

  test('and then vanishes frees the slot at once', async () => {
    await using server = await startGateway({ reply: () => flood, contextLength: 1_000_000 });
    const socket = await openSilent(server);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.engine.load().active).toBe(1);
    socket.destroy();
    await eventually(() => server.engine.load().active === 0);
  });
});

test('a reader gets every token in order however fast they come', async () => {
  const tokens = Array.from({ length: 20_000 }, (_, index) => ` ${index}`);
  await using server = await startGateway({ reply: () => ['</think>', ...tokens], contextLength: 1_000_000 });
  const stream = await server.client.chat.completions.create({
    model: testModel,
    messages: [{ role: 'user', content: 'count' }],
    max_tokens: 100_000,
    stream: true,
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe(tokens.join('').trimStart());
});

describe('at the gate', () => {
  test('what the queue cannot hold is told to come back', async () => {
    await using server = await startGateway(
      { reply: () => thought, tokensPerSecond: 50, slots: 1 },
      { limits: { queue: 1 } },
    );
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const requests = [1, 2, 3].map(() =>
      server.client.chat.completions.create({ model: testModel, messages }),
    );
    const outcomes = await Promise.allSettled(requests);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    expect(refused).toMatchObject({ status: 429, code: 'overloaded', type: 'rate_limit_error' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a drain refuses new requests, lets running ones finish and then closes', async () => {
    await using server = await startGateway({ reply: () => ['</think>', ...thought], tokensPerSecond: 200 });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const stream = await server.client.chat.completions.create({ model: testModel, messages, stream: true });
    const drained = server.gateway.drain(5000);
    const refused = await server.client.chat.completions
      .create({ model: testModel, messages })
      .catch((error) => error);
    expect(refused).toMatchObject({ status: 503, code: 'server_draining' });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    await drained;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('at the deadline of a drain the rest end with an error', async () => {
    await using server = await startGateway({ reply: () => thought, tokensPerSecond: 10 });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const stream = await server.client.chat.completions.create({ model: testModel, messages, stream: true });
    const whole = server.client.chat.completions
      .create({ model: testModel, messages })
      .catch((error) => error);
    await eventually(() => server.engine.load().active === 2);
    const drained = server.gateway.drain(50);
    await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: 'server_draining' });
    expect(await whole).toMatchObject({ status: 503, code: 'server_draining' });
    await drained;
  });
});
