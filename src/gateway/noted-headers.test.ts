// What a check says of a request stands in the headers of its answer, on every route to a model and whatever the answer is.
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import type { Check } from './access/gate.ts';
import { exampleOf, inferenceRoutes } from './example-requests.ts';
import { servedBy, startGateway, testKey, testModel } from './testing.ts';

const page = 'https://chat.example';
const noting: Check = (request) => void request.noteHeader('x-ratelimit-remaining-requests', '7');
const refusing: Check = () => {
  throw new TiegelError('TGL_OVERLOADED', { slots: 1, waiting: 0, retryAfterMs: 1000 });
};

/** What a browser on another page is answered by a gateway with these checks. */
async function ask(checks: readonly Check[], path: string, more: object = {}): Promise<Response> {
  await using server = await startGateway(
    {
      reply: () => ['</think>', 'yes'],
      served: (engine) =>
        servedBy({
          ...engine,
          capabilities: { ...engine.capabilities, embeddings: true },
          embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([1, 2]), tokens: 3 })),
        }),
    },
    { checks, allowedOrigins: [page], unknownFields: 'ignore' },
  );
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { origin: page, authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, ...exampleOf(path), ...more }),
  });
  await response.text();
  return response;
}

describe.each(inferenceRoutes.map(({ path }) => path))('%s', (path) => {
  test.each([
    ['an answer', [noting], 200],
    ['a refusal behind the check', [noting, refusing], 429],
  ] as const)('%s has each of them once, beside those of every answer', async (_, checks, status) => {
    const { headers, status: answered } = await ask(checks, path, { surprise: 1 });
    expect(answered).toBe(status);
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('7');
    expect(headers.get('x-tiegel-ignored-fields')).toBe('surprise');
    expect(headers.get('access-control-allow-origin')).toBe(page);
    expect(headers.get('content-type')).toContain('json');
    expect(headers.get('request-id') ?? headers.get('x-request-id')).toMatch(/^req_[^,]+$/);
  });
});

test('a stream has them', async () => {
  const { headers } = await ask([noting], '/v1/chat/completions', { stream: true });
  expect(headers.get('x-ratelimit-remaining-requests')).toBe('7');
  expect(headers.get('content-type')).toBe('text/event-stream');
});
