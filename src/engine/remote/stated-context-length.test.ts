// What a server states counts; whatever else it answers counts as nothing said.
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createOutbound } from '../../outbound/index.ts';
import { plain, upstream } from './fixture.ts';
import { statedContextLength } from './stated-context-length.ts';

type Answer = (socket: Socket) => unknown;

const lists = (...data: readonly object[]): Answer => says(JSON.stringify({ object: 'list', data }));
const says =
  (body: string, status = '200 OK'): Answer =>
  (socket) =>
    socket.write(plain(status, 'application/json', body));

async function asked(...answers: readonly Answer[]) {
  await using stack = new AsyncDisposableStack();
  const servers = await Promise.all(answers.map(async (answer) => stack.use(await upstream(answer))));
  const endpoints = servers.map(({ endpoint }) => `${endpoint}/`);
  const outbound = stack.use(createOutbound({ allowedOrigins: endpoints }));
  const length = await statedContextLength({ endpoints, remoteModel: 'org/far', key: 'sk-1', outbound });
  return { length, requests: servers.flatMap(({ requests }) => requests) };
}

test.each([
  ['vLLM and SGLang', { max_model_len: 32_768 }, 32_768],
  ['a router', { context_length: 65_536 }, 65_536],
  ['llama-server', { meta: { n_ctx: 8192, n_ctx_train: 131_072 } }, 8192],
  ['an older llama-server', { meta: { n_ctx_train: 131_072 } }, undefined],
  ['OpenAI', { owned_by: 'openai' }, undefined],
  ['a server with nonsense', { max_model_len: -1, context_length: '4096', meta: 7 }, undefined],
])('%s', async (_, members, expected) => {
  const { length, requests } = await asked(
    lists({ id: 'other', max_model_len: 1 }, { id: 'org/far', ...members }),
  );
  expect(length).toBe(expected);
  expect(requests[0]).toMatchObject({ path: '/v1/models' });
  expect(requests[0]?.headers).toContain('authorization: Bearer sk-1\r\n');
});

test('of replicas, the least counts, and one that is away says nothing', async () => {
  const away: Answer = (socket) => socket.resetAndDestroy();
  const long = lists({ id: 'org/far', max_model_len: 4096 });
  const short = lists({ id: 'org/far', max_model_len: 2048 });
  expect((await asked(long, away, short)).length).toBe(2048);
});

test.each([
  ['an error', says('{}', '500 Oops')],
  ['an error with a list in it', says('{"data":[{"id":"org/far","max_model_len":9}]}', '500 Oops')],
  ['no length at all', lists({ id: 'org/far', max_model_len: 0, context_length: 0 })],
  ['no JSON', says('<html>')],
  ['no list', says('null')],
  ['another list', says('{"data":[null,3,"org/far"]}')],
] as const)('%s states nothing', async (_, answer) => {
  expect((await asked(answer)).length).toBeUndefined();
});

test('a signal ends the wait, and its reason is told', async () => {
  await using server = await upstream(() => stop.abort(new Error('gone')));
  const stop = new AbortController();
  await using outbound = createOutbound({ allowedOrigins: [server.endpoint] });
  const { signal } = stop;
  const asking = statedContextLength({ endpoints: [server.endpoint], remoteModel: 'far', outbound, signal });
  await expect(asking).rejects.toThrow('gone');
});
