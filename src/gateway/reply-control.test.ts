// What a client may settle about a reply beforehand or while it runs: its beginning, that it is a call, that thinking ends.
import { describe, expect, test } from 'vitest';
import type { Engine, GenerateRequest } from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import { pretendAdmitted, servedBy, startGateway, testKey, testModel } from './testing.ts';

const messages = [{ role: 'user' as const, content: 'hi' }];
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = ['weather', 'time'].map((name) => {
  return { type: 'function' as const, function: { name, parameters: schema } };
});
const call = ['I must.', '</think>', '{"name": "weather", ', '"arguments": {"city": "Wien"}}'];

async function post(url: string, path: string, body: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
    body: JSON.stringify({ model: testModel, max_tokens: 100, ...body }),
  });
  return { status: response.status, body: await response.json() };
}

/** What its server found beside the text. */
function callingAfter(engine: Engine): Engine['generate'] {
  return async function* (request, signal) {
    for await (const events of engine.generate(request, signal))
      for (const event of events) {
        if (event.type === 'end') yield [{ type: 'tool-call', name: 'time', arguments: '{}' }];
        yield [event];
      }
  };
}

const chat = '/v1/chat/completions';

/** A gateway whose engine keeps to schemas, and what that engine was asked. */
async function constrained(reply: readonly string[]) {
  const asked: GenerateRequest[] = [];
  const server = await startGateway({
    capabilities: { constraints: ['json-schema'] },
    reply: (request) => {
      asked.push(request);
      return reply;
    },
    served: (engine) => ({
      ...servedBy(engine, pretendAdmitted()),
      template: { ...tiegelTemplate, toolCallFormat: 'hermes' },
    }),
  });
  return { server, asked };
}

describe('a call that has to be made', () => {
  test.each([
    [chat, { messages, tools, tool_choice: 'required' }, 'weather'],
    [chat, { messages, tools, tool_choice: { type: 'function', function: { name: 'weather' } } }, 'weather'],
    [
      '/v1/messages',
      {
        messages,
        tools: [{ name: 'weather', input_schema: schema }],
        tool_choice: { type: 'tool', name: 'weather' },
      },
      'weather',
    ],
  ])('by %s with %j is the answer, held to its schema', async (path, body, name) => {
    const { server, asked } = await constrained(call);
    await using _ = server;
    const reply = await post(server.url, path, body);
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.body)).toContain(`"name":"${name}"`);
    expect(JSON.stringify(reply.body)).toMatch(/"(tool_calls|tool_use)"/);
    expect(JSON.stringify(reply.body)).not.toContain('"arguments": ');
    expect(asked[0]?.constraint).toMatchObject({ type: 'json-schema', after: '</think>' });
    expect(JSON.stringify(asked[0]?.constraint)).toContain('"const":"weather"');
  });

  test('of one tool may only be of that one, and of any may be of each', async () => {
    const { server, asked } = await constrained(call);
    await using _ = server;
    await post(server.url, chat, { messages, tools, tool_choice: 'required' });
    await post(server.url, chat, {
      messages,
      tools,
      tool_choice: { type: 'function', function: { name: 'time' } },
    });
    const [any, one] = asked.map(({ constraint }) => JSON.stringify(constraint));
    expect([any?.includes('"time"'), any?.includes('"weather"')]).toEqual([true, true]);
    expect([one?.includes('"time"'), one?.includes('"weather"')]).toEqual([true, false]);
  });

  test('is streamed as one', async () => {
    const { server } = await constrained(call);
    await using _ = server;
    const runner = server.client.chat.completions.stream({
      ...{ model: testModel, messages, tools, tool_choice: 'required' },
    });
    expect((await runner.finalChatCompletion()).choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Wien"}' } }] },
    });
  });

  test('and was cut off stays a text, so that nobody runs half of it', async () => {
    const { server } = await constrained(['</think>', '{"name": "wea']);
    await using _ = server;
    expect((await post(server.url, chat, { messages, tools, tool_choice: 'required' })).body).toMatchObject({
      choices: [{ message: { content: '{"name": "wea' }, finish_reason: 'stop' }],
    });
  });

  test('is left to a server that can be told, comes as the call it is, and is missed where it does not', async () => {
    const asked: GenerateRequest[] = [];
    const calling = (makes: (engine: Engine) => Partial<Engine>) =>
      startGateway({
        capabilities: { promptForm: 'messages', thinkingStop: 'none', tools: true, toolChoice: true },
        reply: (request) => {
          asked.push(request);
          return [];
        },
        served: (engine) => ({
          ...servedBy({ ...engine, ...makes(engine) }, pretendAdmitted()),
          template: null,
        }),
      });
    await using server = await calling((engine) => ({ generate: callingAfter(engine) }));
    await using idle = await calling(() => ({}));
    expect((await post(idle.url, chat, { messages, tools, tool_choice: 'required' })).body).toMatchObject({
      error: { tgl_code: 'TGL_UPSTREAM_FAILED' },
    });
    expect((await post(server.url, chat, { messages, tools, tool_choice: 'required' })).body).toMatchObject({
      choices: [
        {
          message: { tool_calls: [{ function: { name: 'time', arguments: '{}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
    });
    expect(asked[0]?.turn).toMatchObject({
      toolChoice: 'required',
      tools: [{ name: 'weather' }, { name: 'time' }],
    });
    expect(asked[0]?.constraint).toBeUndefined();
  });

  test('is refused where nothing holds the model to it, where there is no tool, and beside another form', async () => {
    const { server } = await constrained(call);
    await using _ = server;
    await using plain = await startGateway({ reply: () => call });
    const wanted = { messages, tools, tool_choice: 'required' };
    expect((await post(plain.url, chat, wanted)).body).toMatchObject({
      error: { tgl_code: 'TGL_CAPABILITY_MISSING' },
    });
    for (const wrong of [
      { ...wanted, tools: [] },
      { ...wanted, tool_choice: { type: 'function', function: { name: 'other' } } },
      { ...wanted, response_format: { type: 'json_object' } },
    ]) {
      expect((await post(server.url, chat, wrong)).body).toMatchObject({
        error: { tgl_code: 'TGL_REQUEST_INVALID', param: 'tool_choice' },
      });
    }
  });
});

describe('a reply whose beginning the client wrote', () => {
  const prefill = { role: 'assistant', content: ' ```python\n', prefix: true };

  test.each([
    [chat, { messages: [...messages, prefill] }],
    ['/v1/messages', { messages: [...messages, { role: 'assistant', content: ' ```python\n' }] }],
  ])('by %s goes on behind it, and the beginning is not sent back', async (path, body) => {
    const asked: GenerateRequest[] = [];
    await using server = await startGateway({
      reply: (request) => {
        asked.push(request);
        return ['def', ' f'];
      },
    });
    const reply = await post(server.url, path, body);
    expect(asked[0]?.prompt?.map(({ text }) => text).join('')).toMatch(/```python\n$/);
    expect(JSON.stringify(reply.body)).toContain('"def f"');
    expect(JSON.stringify(reply.body)).not.toContain('python');
  });

  test('may begin in its thinking', async () => {
    await using server = await startGateway({ reply: () => [' sum', '</think>', '3'] });
    const last = { role: 'assistant', content: '', reasoning_content: 'The', prefix: true };
    expect((await post(server.url, chat, { messages: [...messages, last] })).body).toMatchObject({
      choices: [{ message: { reasoning_content: ' sum', content: '3' } }],
    });
  });

  test('is counted, and streamed without its beginning', async () => {
    await using server = await startGateway({ reply: () => ['def', ' f'] });
    const count = async (content: string) => {
      const all = [...messages, { role: 'assistant' as const, content }];
      const reply = await fetch(`${server.url}/v1/messages/count_tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
        body: JSON.stringify({ model: testModel, messages: all }),
      });
      return ((await reply.json()) as { readonly input_tokens: number }).input_tokens;
    };
    expect((await count('a'.repeat(81))) - (await count('a'))).toBe(20);
    const stream = await server.client.chat.completions.create({
      model: testModel,
      messages: [...messages, prefill] as never,
      stream: true,
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('def f');
  });

  test('is refused anywhere but at the end', async () => {
    await using server = await startGateway({});
    expect((await post(server.url, chat, { messages: [prefill, ...messages] })).body).toMatchObject({
      error: { tgl_code: 'TGL_REQUEST_INVALID', param: 'messages.0.prefix' },
    });
  });
});

test('thinking that the engine has no way to end is a conflict, and goes on', async () => {
  await using server = await startGateway({
    reply: () => ['<think>', ...Array.from({ length: 30 }, () => 'hm'), '</think>', 'ok'],
    tokensPerSecond: 100,
    capabilities: { promptForm: 'messages', thinkingStop: 'none' },
  });
  const stream = await server.client.chat.completions.create({ model: testModel, messages, stream: true });
  const answers: unknown[] = [];
  let text = '';
  for await (const chunk of stream) {
    const url = `${server.url}/v1/requests/${chunk.id}/end-thinking`;
    if (answers.length === 0) {
      const headers = { authorization: `Bearer ${testKey}` };
      const response = await fetch(url, { method: 'POST', headers });
      answers.push([response.status, await response.json()]);
    }
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(answers).toMatchObject([[409, { error: { tgl_code: 'TGL_THINKING_NOT_INTERRUPTIBLE' } }]]);
  expect(text).toBe('ok');
});
