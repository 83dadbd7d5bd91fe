// A reply that the engine's server withheld is an outcome of its request, in the words of every dialect.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningGateway, startGateway, testKey, testModel } from './testing.ts';

let server: RunningGateway;
beforeAll(async () => {
  server = await startGateway({
    reply: () => ['hm', '</think>', 'The first'],
    endReason: () => 'content-filter',
  });
});
afterAll(async () => await server[Symbol.asyncDispose]());

const messages = [{ role: 'user', content: 'hi' }];

test.each([
  ['/v1/chat/completions', { messages }, '"finish_reason":"content_filter"'],
  ['/v1/completions', { prompt: 'hi' }, '"finish_reason":"content_filter"'],
  ['/v1/messages', { messages, max_tokens: 50 }, '"stop_reason":"refusal"'],
  ['/v1/responses', { input: 'hi' }, '"incomplete_details":{"reason":"content_filter"}'],
  ['/api/chat', { messages }, '"done_reason":"stop"'],
  ['/api/generate', { prompt: 'hi' }, '"done_reason":"stop"'],
])('%s tells its client, with what came before', async (path, body, said) => {
  for (const stream of [true, false]) {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, stream, ...body }),
    });
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.stringContaining(said)]);
    expect(text).toContain('The first');
    if (path === '/v1/responses') expect(text).toContain('"status":"incomplete"');
  }
});

test('thinking that was cut off by it says so', async () => {
  await using cut = await startGateway({ reply: () => ['hm'], endReason: () => 'content-filter' });
  const reply = await cut.client.chat.completions.create({
    model: testModel,
    messages: [{ role: 'user', content: 'hi' }],
  });
  expect(reply).toMatchObject({
    choices: [{ finish_reason: 'content_filter', message: { content: '' } }],
    x_tiegel: { thinking: { outcome: 'unclosed', stopped_by: 'content-filter' } },
  });
});
