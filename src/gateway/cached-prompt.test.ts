// Tokens of the prompt that had been computed before, in the usage of every dialect that has a place for them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningGateway, startGateway, testKey, testModel } from './testing.ts';

let server: RunningGateway;
beforeAll(async () => {
  server = await startGateway({ reply: () => ['hm', '</think>', 'ok'], reusedTokens: () => 4 });
});
afterAll(async () => await server[Symbol.asyncDispose]());

const messages = [{ role: 'user', content: 'x'.repeat(32) }];

test.each([
  [
    '/v1/chat/completions',
    { messages, stream_options: { include_usage: true } },
    /"prompt_tokens":(\d+),.*"prompt_tokens_details":\{"cached_tokens":(\d+)\}/,
  ],
  [
    '/v1/completions',
    { prompt: 'x'.repeat(40), stream_options: { include_usage: true } },
    /"prompt_tokens":(\d+),.*"prompt_tokens_details":\{"cached_tokens":(\d+)\}/,
  ],
  [
    '/v1/responses',
    { input: 'x'.repeat(40) },
    /"input_tokens":(\d+),"input_tokens_details":\{"cached_tokens":(\d+)\}/,
  ],
])('%s counts them beside all of the prompt', async (path, body, pattern) => {
  for (const stream of [true, false]) {
    const [, prompt, cached] = pattern.exec(await ask(path, withStream(body, stream))) ?? [];
    expect([Number(prompt) > 4, cached]).toEqual([true, '4']);
  }
});

test('/v1/messages counts them apart from the input, so that the two are the prompt', async () => {
  const whole = await ask('/v1/chat/completions', { messages });
  const promptTokens = Number(/"prompt_tokens":(\d+)/.exec(whole)?.[1]);
  for (const stream of [true, false]) {
    const text = await ask('/v1/messages', { messages, max_tokens: 50, stream });
    const [, input, cached] =
      /"input_tokens":(\d+),.*"cache_read_input_tokens":(\d+)/.exec(
        text.slice(text.lastIndexOf('"usage"')),
      ) ?? [];
    expect([Number(input), Number(cached)]).toEqual([promptTokens - 4, 4]);
  }
});

function withStream(body: object, stream: boolean): object {
  if (stream) return { ...body, stream };
  const { stream_options: _, ...rest } = body as { readonly stream_options?: object };
  return rest;
}

async function ask(path: string, body: object): Promise<string> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, ...body }),
  });
  return await response.text();
}
