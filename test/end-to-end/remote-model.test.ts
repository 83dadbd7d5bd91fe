// A model on a server, as an operator meets it: added, refused while it is unassessed, assessed, served, talked to by
// the official client, and refused again when something else answers behind the same address.
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../src/base/index.ts';
import { tiegelTemplate } from '../../src/formats/index.ts';
import { readAndSolve } from '../../src/tasks/testing.ts';
import { emptyHome, startServer, tiegel } from './tiegel-process.ts';

const home = emptyHome();

/** Whether it can do what the battery asks for. */
let isAble = true;

/** Whether its server gives the thinking as the answer, as one does whose template opens the block. */
let unopened = false;

/** What the model says at the end of each answer; changing it makes it another model. */
let signature = '';

const upstream = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/v1/models') {
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify({ data: [{ id: 'org/far', max_model_len: 8192 }] }));
  }
  const body = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as {
    messages: { content: string }[];
  };
  const question = body.messages.at(-1)?.content ?? '';
  const solution =
    isAble && question.includes('\\boxed') ? readAndSolve(question.split('\n')[0] ?? '') : undefined;
  const words = [solution === undefined ? `You said: ${question}` : `\\boxed{${solution}}`, signature];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta: object, finish: string | null = null): boolean =>
    response.write(`data: ${JSON.stringify({ choices: [{ delta, finish_reason: finish }] })}\n\n`);
  send(unopened ? { content: 'Let me see.\n</think>\n\n' } : { reasoning_content: 'Let me see.' });
  for (const content of words) send({ content });
  send({}, 'stop');
  const usage = { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 };
  response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
}

let endpoint: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
});
afterAll(() => void upstream.close());

const add = (...more: string[]) =>
  tiegel(home, 'remote', 'add', 'far', '--endpoint', endpoint, '--model', 'org/far', '--json', ...more);

test('an address on this machine needs the operator to say so', async () => {
  expect((await add()).code).toBe(0);
  const { code, stdout } = await tiegel(home, 'assess', 'far', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'TGL_UPSTREAM_UNUSABLE' });
}, 120_000);

test('a chat template has to be vetted, and the server to take what it renders', async () => {
  const { text } = tiegelTemplate;
  const file = join(home, 'template.jinja');
  writeFileSync(file, text);
  const refused = await add('--template', file);
  expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'TGL_REMOTE_INVALID' });
  const added = await add('--server', 'vllm', '--template', file);
  expect(JSON.parse(added.stdout)).toMatchObject({ template: digestOf(text) });
  writeFileSync(file, `${text} `);
  const unknown = await add('--server', 'vllm', '--template', file);
  expect(JSON.parse(unknown.stdout).error).toMatchObject({ code: 'TGL_TEMPLATE_UNKNOWN' });
}, 120_000);

test('thinking that comes as the answer is refused before it is assessed, and the option named', async () => {
  unopened = true;
  await add('--allow-private');
  const { code, stdout } = await tiegel(home, 'assess', 'far', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'TGL_THINKING_UNOPENED' });
  expect(stdout).toContain('--opens-thinking');
  await add('--allow-private', '--opens-thinking');
  expect((await tiegel(home, 'assess', 'far', '--json')).code).toBe(0);
  unopened = false;
}, 120_000);

test('it is assessed, served to the official client, and not served once it answers differently', async () => {
  const added = await add('--allow-private');
  expect(added.code).toBe(0);
  expect(JSON.parse(added.stdout)).toMatchObject({ contextLength: 8192 });
  const assessed = await tiegel(home, 'assess', 'far', '--json');
  expect(assessed.code, assessed.stdout + assessed.stderr).toBe(0);
  expect(JSON.parse(assessed.stdout).probes.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
    'pass',
    'pass',
    'pass',
  ]);
  {
    await using server = await startServer(home, 'far');
    expect(server.stderr()).not.toContain('Assessing');
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: server.key ?? '', maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const completion = await client.chat.completions.create({ model: 'far', messages });
    expect(completion.choices[0]?.message).toMatchObject({
      content: 'You said: hello',
      reasoning_content: 'Let me see.',
    });
    expect(completion.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 9 });
    let streamed = '';
    for await (const chunk of await client.chat.completions.create({
      model: 'far',
      messages,
      stream: true,
    })) {
      streamed += chunk.choices[0]?.delta.content ?? '';
    }
    expect(streamed).toBe('You said: hello');
  }
  const talk = await tiegel(home, 'chat', 'hello', '--model', 'far', '--json');
  expect(JSON.parse(talk.stdout)).toMatchObject({ reasoning: 'Let me see.', answer: 'You said: hello' });
  const offline = await tiegel(home, 'chat', 'hello', '--model', 'far', '--json', '--offline');
  expect(JSON.parse(offline.stdout).error).toMatchObject({ code: 'TGL_UPSTREAM_UNUSABLE' });
  signature = ' Yours, another model.';
  isAble = false;
  const refused = await tiegel(home, 'up', 'far', '--json');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('0 of 8 answers as it did when it was assessed');
}, 300_000);
