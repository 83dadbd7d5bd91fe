import OpenAI, { APIError } from 'openai';
import { describe, expect, test } from 'vitest';
import { pretendAdmitted, servedBy, startGateway, testKey, testModel } from './testing.ts';

const messages = [{ role: 'user' as const, content: 'Use 3, 5 and 6 once each with + - * to make 21.' }];
const reply = ['3*5', '=15', '\n', '</think>', '\n', '3*5', '+6', ' = 21'];

async function failure(request: Promise<unknown>): Promise<APIError> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof APIError)) throw new Error(`expected an APIError, got ${error}`);
  return error;
}

describe('the openai client', () => {
  test('gets reasoning and answer apart, under both names, with the usage', async () => {
    await using server = await startGateway({ reply: () => reply });
    const completion = await server.client.chat.completions.create({ model: testModel, messages });
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: testModel,
      choices: [
        {
          message: {
            role: 'assistant',
            content: '3*5+6 = 21',
            reasoning_content: '3*5=15',
            reasoning: '3*5=15',
          },
          finish_reason: 'stop',
        },
      ],
      usage: { completion_tokens: 8, completion_tokens_details: { reasoning_tokens: 4 } },
      x_tiegel: { thinking: { outcome: 'closed', stopped_by: 'model' } },
    });
    expect(completion._request_id).toMatch(/^req_/);
  });

  test('streams reasoning, then the answer, the finish reason and the usage', async () => {
    await using server = await startGateway({ reply: () => reply, tokensPerSecond: 200 });
    const stream = await server.client.chat.completions.create({
      model: testModel,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    const deltas = chunks.map((chunk) => chunk.choices[0]?.delta as Record<string, string> | undefined);
    const textOf = (name: string): string => deltas.map((delta) => delta?.[name] ?? '').join('');
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(textOf('reasoning')).toBe('3*5=15');
    expect(textOf('reasoning_content')).toBe('3*5=15');
    expect(textOf('content')).toBe('3*5+6 = 21');
    expect(chunks.length).toBeGreaterThan(6);
    expect(chunks.at(-2)).toMatchObject({
      choices: [{ delta: {}, finish_reason: 'stop' }],
      x_tiegel: { thinking: { outcome: 'closed', stopped_by: 'model' } },
    });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  });

  test('leaves no slot taken when its streams have ended', async () => {
    await using server = await startGateway({ reply: () => reply, slots: 1 });
    for (let turn = 0; turn < 3; turn++) {
      const stream = await server.client.chat.completions.create({
        model: testModel,
        messages,
        stream: true,
      });
      expect((await Array.fromAsync(stream)).length).toBeGreaterThan(1);
    }
    expect(server.engine.load()).toEqual({ active: 0, waiting: 0 });
  });

  test('is given no usage chunk unless it asks', async () => {
    await using server = await startGateway({ reply: () => reply });
    const stream = await server.client.chat.completions.create({ model: testModel, messages, stream: true });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.every((chunk) => chunk.choices.length === 1 && chunk.usage === undefined)).toBe(true);
  });

  test('may send an answer back with its reasoning, which the model does not get to see', async () => {
    const prompts: string[] = [];
    await using server = await startGateway({
      reply: ({ prompt }) => {
        prompts.push(prompt!.map(({ text }) => text).join(''));
        return reply;
      },
    });
    const first = await server.client.chat.completions.create({ model: testModel, messages });
    const history = [...messages, first.choices[0]!.message, { role: 'user' as const, content: 'Again.' }];
    await server.client.chat.completions.create({ model: testModel, messages: history });
    expect(prompts[1]).toBe(
      `<|user|>${messages[0]?.content}<|assistant|>3*5+6 = 21<|end|><|user|>Again.<|assistant|><think>\n`,
    );
  });

  test('passes sampling, limit and stop strings; the model has defaults for the rest', async () => {
    const seen: unknown[] = [];
    await using server = await startGateway({
      reply: ({ sampling, maxTokens }) => {
        seen.push({ ...sampling, maxTokens });
        return [...reply, ' END', ' more'];
      },
    });
    const settings = { temperature: 0, top_p: 0.5, seed: 7, max_completion_tokens: 50, stop: 'END' };
    const completion = await server.client.chat.completions.create({
      model: testModel,
      messages,
      ...settings,
    });
    await server.client.chat.completions.create({ model: testModel, messages });
    expect(completion.choices[0]?.message.content).toBe('3*5+6 = 21 ');
    expect(seen).toEqual([
      { temperature: 0, topP: 0.5, seed: 7, maxTokens: 50 },
      { temperature: 0.6, topP: 0.95, maxTokens: 1000 },
    ]);
  });

  test('gets an answer even where the model would think until its tokens are used up', async () => {
    await using server = await startGateway({ reply: () => Array(200).fill(' so') });
    const completion = await server.client.chat.completions.create({
      model: testModel,
      messages,
      max_tokens: 40,
    });
    expect(completion).toMatchObject({
      choices: [{ message: { content: expect.stringMatching(/^so( so)+$/) }, finish_reason: 'length' }],
      usage: { completion_tokens: 40 },
      x_tiegel: { thinking: { outcome: 'closed', stopped_by: 'length' } },
    });
  });

  test('lists the models', async () => {
    await using server = await startGateway({});
    const { data } = await server.client.models.list();
    expect(data).toEqual([{ id: testModel, object: 'model', created: 1_700_000_000, owned_by: 'tiegel' }]);
  });
});

describe('refusals', () => {
  test.each([
    [{ temperature: 7 }, 'temperature', 'The field temperature is 7; expected a number from 0 to 2.'],
    [{ functions: [] }, 'functions', 'The field functions is not supported (received a list of 0).'],
    [{ max_tokens: 5, max_completion_tokens: 6 }, 'max_tokens', expect.stringContaining('differ')],
  ])('%j is a 400 that names field, value and range', async (extra, param, message) => {
    await using server = await startGateway({ reply: () => reply });
    const error = await failure(
      server.client.chat.completions.create({ model: testModel, messages, ...extra }),
    );
    expect(error).toMatchObject({
      status: 400,
      param,
      type: 'invalid_request_error',
      code: 'invalid_request',
    });
    expect(error.error).toMatchObject({ message, tgl_code: 'TGL_REQUEST_INVALID', fix: expect.any(String) });
  });

  test('a model that is not there', async () => {
    await using server = await startGateway({});
    const error = await failure(server.client.chat.completions.create({ model: 'other', messages }));
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
    expect(error.message).toContain(testModel);
  });

  test('a model that is not admitted, with the reason', async () => {
    await using server = await startGateway({
      served: () => ({ notAdmitted: 'the sampling defaults changed' }),
    });
    const error = await failure(server.client.chat.completions.create({ model: testModel, messages }));
    expect(error).toMatchObject({ status: 403, code: 'model_not_admitted', type: 'permission_error' });
    expect(error.message).toContain('the sampling defaults changed');
  });

  test('a model whose admission expires while it is served', async () => {
    const expired = pretendAdmitted('2020-01-01T00:00:00.000Z');
    await using server = await startGateway({ served: (engine) => servedBy(engine, expired) });
    const error = await failure(server.client.chat.completions.create({ model: testModel, messages }));
    expect(error).toMatchObject({ status: 403, code: 'model_not_admitted' });
  });

  test('serving what the catalog did not admit does not compile', () => {
    const engine = {} as Parameters<typeof servedBy>[0];
    // @ts-expect-error a plain object is no AdmittedVariant
    expect(servedBy(engine, { weightsPath: 'model.gguf' })).toBeDefined();
  });

  test.each([
    ['no key', ''],
    ['a wrong key', 'tgl_wrong'],
    ['the key and more', `${testKey}x`],
    ['a long one', 'k'.repeat(10_000)],
    ['SQL', "' OR 1=1 --"],
  ])('%s is a 401', async (_, apiKey) => {
    await using server = await startGateway({});
    const response = await fetch(`${server.url}/v1/models`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_api_key', type: 'authentication_error' },
    });
  });

  test('every route needs the key but those that say that the server lives', async () => {
    await using server = await startGateway({});
    const statuses = ['/', '/v1/models', '/v1/unknown', '/healthz/', '/healthz'].map(async (path) => {
      return (await fetch(server.url + path)).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 401, 401, 401, 200]);
    const withKey = await fetch(`${server.url}/nowhere`, { headers: { authorization: `Bearer ${testKey}` } });
    expect([withKey.status, await withKey.json()]).toMatchObject([
      404,
      { error: { tgl_code: 'TGL_ROUTE_UNKNOWN' } },
    ]);
  });

  test('an unexpected error shows its id and nothing else; the cause stands in the log', async () => {
    await using server = await startGateway({
      reply: () => {
        throw new Error('secret path /home/someone');
      },
    });
    const error = await failure(server.client.chat.completions.create({ model: testModel, messages }));
    expect(error).toMatchObject({
      status: 500,
      code: 'internal_error',
      error: { request_id: error.requestID },
    });
    expect(JSON.stringify(error.error)).not.toContain('secret');
    expect(server.log()).toContain('secret path');
    expect(server.log()).toContain(error.requestID);
  });

  test('an engine that is restarting says when to come back', async () => {
    await using server = await startGateway({ failure: () => ({ type: 'refuse', retryAfterMs: 1500 }) });
    const error = await failure(server.client.chat.completions.create({ model: testModel, messages }));
    expect(error).toMatchObject({ status: 503, code: 'engine_unavailable' });
    expect(error.headers?.get('retry-after')).toBe('2');
  });
});

test('a failure after the first byte is an error event, never a normal end', async () => {
  await using server = await startGateway({
    reply: () => reply,
    failure: () => ({ type: 'crash', afterTokens: 2 }),
  });
  const stream = await server.client.chat.completions.create({ model: testModel, messages, stream: true });
  const received: unknown[] = [];
  const error = await failure(
    (async () => {
      for await (const chunk of stream) received.push(chunk);
    })(),
  );
  expect(received.length).toBeGreaterThan(0);
  expect(error).toMatchObject({ code: 'engine_crashed' });
  expect(server.engine.load()).toEqual({ active: 0, waiting: 0 });
});

test('neither prompt, answer nor key reach the log', async () => {
  await using server = await startGateway({ reply: () => ['canary-thought', '</think>', 'canary-answer'] });
  const prompt = [{ role: 'user' as const, content: 'canary-prompt' }];
  await server.client.chat.completions.create({ model: testModel, messages: prompt });
  await Array.fromAsync(
    await server.client.chat.completions.create({ model: testModel, messages: prompt, stream: true }),
  );
  await failure(
    new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'canary-key', maxRetries: 0 }).models.list(),
  );
  expect(server.log()).toContain('"completionTokens":3');
  expect(server.log()).not.toMatch(/canary|tgl_test/);
});
