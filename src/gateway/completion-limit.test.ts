// The shipped model behind every dialect: what clients send as a limit by default gets the answer that no limit gets.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLlamaEngine, type Engine } from '../engine/index.ts';
import { type RunningGateway, servedBy, startGateway, testKey, testModel } from './testing.ts';

const modelPath = join(import.meta.dirname, '../../models/tiegel-nano/tiegel-nano.q8_0.gguf');
const content = 'Use 3, 5 and 6 once each with + - * to make 21.';
const messages = [{ role: 'user', content }];

type Dialect = {
  readonly path: string;
  readonly body: (limit: number | undefined) => object;
  readonly answer: (body: never) => string | undefined;
};

type Block = { readonly type: string; readonly text?: string };

const dialects: Readonly<Record<string, Dialect>> = {
  chat: {
    path: '/v1/chat/completions',
    body: (max_tokens) => ({ messages, max_tokens, temperature: 0 }),
    answer: ({ choices }: { choices: { message: { content: string } }[] }) => choices[0]?.message.content,
  },
  responses: {
    path: '/v1/responses',
    body: (max_output_tokens) => ({ input: content, max_output_tokens, temperature: 0 }),
    answer: ({ output }: { output: { type: string; content: Block[] }[] }) =>
      output.find(({ type }) => type === 'message')?.content[0]?.text,
  },
  messages: {
    path: '/v1/messages',
    body: (limit) => ({ messages, max_tokens: limit ?? 400, temperature: 0 }),
    answer: (body: { content: Block[] }) => body.content.find(({ type }) => type === 'text')?.text,
  },
  ollama: {
    path: '/api/chat',
    body: (num_predict) => ({ messages, stream: false, options: { num_predict, temperature: 0 } }),
    answer: ({ message }: { message: { content: string } }) => message.content,
  },
};

let engine: Engine;
let running: RunningGateway;
beforeAll(async () => {
  engine = await createLlamaEngine({ model: testModel, modelPath, compared: [], slots: 1 });
  running = await startGateway({ served: () => servedBy(engine) });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

describe.each(Object.entries(dialects))('%s', (_, { path, body, answer }) => {
  test('answers the same whatever limit above its need is sent', async () => {
    const asked = async (limit: number | undefined): Promise<string | undefined> => {
      const response = await fetch(`${running.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: testModel, ...body(limit) }),
      });
      expect(response.status).toBe(200);
      return answer((await response.json()) as never);
    };
    const unlimited = await asked(undefined);
    expect(unlimited).toMatch(/= 21$/);
    for (const limit of [512, 4096, 1_000_000]) expect(await asked(limit)).toBe(unlimited);
  });
});
