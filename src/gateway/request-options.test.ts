// Switches and sampling that clients of all dialects know: what the engine declares reaches it, what it does not is refused
// by the name the client used, and what would change nothing is not said.
import { describe, expect, test } from 'vitest';
import { type EngineCapabilities, type GenerateRequest, samplingOptions } from '../engine/index.ts';
import { type RunningGateway, startGateway, testKey, testModel } from './testing.ts';

const messages = [{ role: 'user', content: 'hi' }];

/** The members of all dialects that are looked at. */
type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly model: string;
    readonly error: string & { readonly param: string; readonly code: string; readonly tgl_code: string };
    readonly x_tiegel: { readonly thinking: { readonly outcome: string; readonly budget: number } };
    readonly choices: readonly { readonly message: { readonly tool_calls: readonly unknown[] } }[];
    readonly content: readonly { readonly type: string }[];
    readonly logprobs: readonly unknown[];
  };
};

type Ask = { readonly path: string; readonly body: object };

const ways = {
  chat: (extra: object): Ask => ({ path: '/v1/chat/completions', body: { messages, ...extra } }),
  completions: (extra: object): Ask => ({ path: '/v1/completions', body: { prompt: 'hi', ...extra } }),
  messages: (extra: object): Ask => ({ path: '/v1/messages', body: { messages, max_tokens: 100, ...extra } }),
  responses: (extra: object): Ask => ({ path: '/v1/responses', body: { input: 'hi', ...extra } }),
  ollamaChat: (options: object): Ask => ({ path: '/api/chat', body: { messages, stream: false, options } }),
  ollamaGenerate: (options: object): Ask => ({
    path: '/api/generate',
    body: { prompt: 'hi', stream: false, options },
  }),
} as const;

async function ask({ url }: RunningGateway, { path, body }: Ask): Promise<Answer> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, ...body }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Answer['body'],
    headers: response.headers,
  };
}

/** A gateway whose engine writes down what it is asked. */
async function recording(
  capabilities: NonNullable<Parameters<typeof startGateway>[0]['capabilities']> = {},
  options: Parameters<typeof startGateway>[1] = {},
): Promise<RunningGateway & { readonly requests: GenerateRequest[] }> {
  const requests: GenerateRequest[] = [];
  const server = await startGateway(
    {
      reply: (request) => {
        requests.push(request);
        return ['</think>', 'yes'];
      },
      capabilities,
    },
    options,
  );
  return { ...server, requests };
}

const all = {
  top_k: 20,
  min_p: 0.05,
  repetition_penalty: 1.1,
  presence_penalty: 0.5,
  frequency_penalty: -0.5,
  logit_bias: { 17: -100, 4: 5 },
};
const { logit_bias: _, repetition_penalty: __, ...shared } = all;
const ofOllama = { ...shared, repeat_penalty: 1.1 };
const wanted = { topK: 20, minP: 0.05, repetitionPenalty: 1.1, presencePenalty: 0.5, frequencyPenalty: -0.5 };
const logitBias = [
  [4, 5],
  [17, -100],
];

describe('sampling', () => {
  test.each([
    ['chat', ways.chat(all), { ...wanted, logitBias }],
    ["chat, by llama-server's name", ways.chat({ repeat_penalty: 1.1 }), { repetitionPenalty: 1.1 }],
    ['completions', ways.completions(all), { ...wanted, logitBias }],
    ['messages', ways.messages({ top_k: 20 }), { topK: 20 }],
    ['Ollama chat', ways.ollamaChat(ofOllama), wanted],
    ['Ollama generate', ways.ollamaGenerate(ofOllama), wanted],
  ])('of %s reaches an engine that declares it', async (_, request, sampling) => {
    await using server = await recording({ samplingOptions });
    expect(await ask(server, request)).toMatchObject({ status: 200 });
    expect(server.requests[0]?.sampling).toEqual({ temperature: 0.6, topP: 0.95, ...sampling });
  });

  test.each([
    ...Object.entries(all).map(([name, value]) => [name, ways.chat({ [name]: value })] as const),
    ...Object.entries(all).map(([name, value]) => [name, ways.completions({ [name]: value })] as const),
    ...Object.entries(ofOllama).map(([name, value]) => [name, ways.ollamaChat({ [name]: value })] as const),
    ['top_k', ways.messages({ top_k: 20 })] as const,
    ['repeat_penalty', ways.chat({ repeat_penalty: 1.1 })] as const,
    ['temperature', ways.chat({ temperature: 0.2 }), { fixedSampling: true }] as const,
    ['top_p', ways.messages({ top_p: 0.5 }), { fixedSampling: true }] as const,
    ['temperature', ways.ollamaChat({ temperature: 0 }), { fixedSampling: true }] as const,
  ])(
    'that an engine does not keep is refused by its name: %s',
    async (name, request, capabilities?: Partial<EngineCapabilities>) => {
      await using server = await recording(capabilities);
      const { status, body } = await ask(server, request);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toContain(name);
      expect(server.requests).toEqual([]);
      if (request.path === '/v1/chat/completions') {
        expect(body.error).toMatchObject({ param: name, tgl_code: 'TGL_CAPABILITY_MISSING' });
      }
    },
  );

  test('at the value that a server settles by itself says nothing new', async () => {
    await using server = await recording({ fixedSampling: true });
    expect(await ask(server, ways.chat({ temperature: 1, top_p: 1 }))).toMatchObject({ status: 200 });
  });

  test.each([
    ['chat', ways.chat],
    ['completions', ways.completions],
    ['Ollama chat', ways.ollamaChat],
    ['Ollama generate', ways.ollamaGenerate],
  ])('that changes nothing is as good as not said: %s', async (_, way) => {
    const neutral = [
      { top_k: 0 },
      { top_k: -1 },
      { min_p: 0 },
      { repeat_penalty: 1 },
      { presence_penalty: 0, frequency_penalty: 0 },
    ];
    const ofOpenai = [
      { repetition_penalty: 1 },
      { logit_bias: {} },
      { logit_bias: { 5: 0 } },
      { top_k: null, logit_bias: null },
    ];
    const bodies = way === ways.chat || way === ways.completions ? [...neutral, ...ofOpenai] : neutral;
    await using server = await recording();
    for (const body of bodies) expect(await ask(server, way(body))).toMatchObject({ status: 200 });
    for (const { sampling } of server.requests) expect(sampling).toEqual({ temperature: 0.6, topP: 0.95 });
  });

  test.each([
    { top_k: -2 },
    { min_p: 2 },
    { repetition_penalty: 0 },
    { logit_bias: { x: 1 } },
    { logit_bias: { 1: 101 } },
    { logit_bias: [] },
  ])('out of range is a 400 that names it: %j', async (extra) => {
    await using server = await recording({ samplingOptions });
    const { status, body } = await ask(server, ways.chat(extra));
    expect([status, body.error.param]).toEqual([400, Object.keys(extra)[0]]);
  });
});

describe('switches of thinking', () => {
  test.each([
    [{ enable_thinking: false }],
    [{ thinking: false }],
    [{ thinking: { type: 'disabled' } }],
    [{ chat_template_kwargs: { enable_thinking: false } }],
    [{ chat_template_kwargs: { thinking: false } }],
    [{ chat_template_kwargs: { reasoning_effort: 'none' } }],
    [{ thinking_budget: 0 }],
  ])('%j turns it off', async (extra) => {
    await using server = await recording();
    const { body } = await ask(server, ways.chat(extra));
    expect(body.x_tiegel.thinking.outcome).toBe('none');
  });

  test.each([
    [{ enable_thinking: true, thinking_budget: 7 }],
    [{ thinking: { type: 'enabled', budget_tokens: 7 } }],
    [{ chat_template_kwargs: { thinking_budget: 7 } }],
  ])('%j bounds it', async (extra) => {
    await using server = await recording();
    const { body } = await ask(server, ways.chat(extra));
    expect(body.x_tiegel.thinking.budget).toBe(7);
  });

  test('other variables of a template are for servers that take them, and refused elsewhere', async () => {
    await using server = await recording();
    const { status, body } = await ask(server, ways.chat({ chat_template_kwargs: { builtin_tools: ['x'] } }));
    expect(status).toBe(400);
    expect(body.error.tgl_code).toBe('TGL_CAPABILITY_MISSING');
  });

  test('reasoning is left out for `include_reasoning: false` and for `display: omitted`', async () => {
    await using server = await startGateway({ reply: () => ['secret', '</think>', 'yes'] });
    const chat = await ask(server, ways.chat({ include_reasoning: false }));
    const thinking = { type: 'adaptive', display: 'omitted' };
    const message = await ask(server, ways.messages({ thinking }));
    expect(JSON.stringify([chat.body, message.body])).not.toContain('secret');
  });
});

describe('several prompts in one completion request', () => {
  const echo = {
    reply: ({ prompt, sampling }: GenerateRequest) => ['</think>', `${prompt?.[0]?.text}/${sampling.seed}`],
  };

  test('are answered in their order, all replies to the first before those to the second', async () => {
    await using server = await startGateway(echo);
    const prompt = ['one', 'two', 'three'];
    const whole = await server.client.completions.create({ model: testModel, prompt, n: 2, seed: 5 });
    const texts = ['one/5', 'one/6', 'two/5', 'two/6', 'three/5', 'three/6'];
    expect(whole.choices.map(({ index, text }) => [index, text])).toEqual([...texts.entries()]);
    // A token of the scripted engine is four characters; each prompt counts once.
    expect(whole.usage).toMatchObject({ prompt_tokens: 1 + 1 + 2, completion_tokens: 12 });

    const streamed = Array<string>(6).fill('');
    let usage: unknown;
    const stream = await server.client.completions.create({
      ...{ model: testModel, prompt, n: 2, seed: 5, stream: true },
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      for (const { index, text } of chunk.choices) streamed[index] += text;
      usage = chunk.usage ?? usage;
    }
    expect(streamed).toEqual(texts);
    expect(usage).toEqual(whole.usage);
  });

  test.each([
    [{ prompt: [] }, 'prompt'],
    [{ prompt: Array(65).fill('a') }, 'prompt'],
    [{ prompt: [1, 2, 3] }, 'prompt[0]'],
    [{ prompt: Array(33).fill('a'), n: 2 }, 'n'],
    [{ best_of: 2 }, 'best_of'],
    [{ echo: true }, 'echo'],
    [{ suffix: 'end' }, 'suffix'],
  ])('%j is refused', async (extra, param) => {
    await using server = await startGateway(echo);
    const { status, body } = await ask(server, ways.completions(extra));
    expect([status, body.error.param]).toEqual([400, param]);
  });
});

describe('a conversation that is longer than the context', () => {
  const long = Array.from({ length: 20 }, (_, turn) => [
    { role: 'user', content: `question ${turn} ${'x'.repeat(400)}` },
    { role: 'assistant', content: `answer ${turn}` },
  ]).flat();
  const input = [
    { role: 'system', content: 'Be brief.' },
    ...long,
    { role: 'user', content: 'the last one' },
  ];

  test.each([
    [
      'responses',
      (truncation: boolean): Ask => ways.responses({ input, ...(truncation && { truncation: 'auto' }) }),
    ],
    [
      'Ollama',
      (truncate: boolean): Ask => ({ path: '/api/chat', body: { messages: input, stream: false, truncate } }),
    ],
  ])('loses its oldest turns where that is wanted: %s', async (_, way) => {
    const prompts: string[] = [];
    await using server = await startGateway({
      contextLength: 500,
      reply: ({ prompt }) => {
        prompts.push(prompt!.map(({ text }) => text).join(''));
        return ['</think>', 'yes'];
      },
    });
    expect(await ask(server, way(true))).toMatchObject({ status: 200 });
    expect(prompts).toHaveLength(1);
    expect(prompts[0]).toMatch(/Be brief\.[\s\S]*answer 19[\s\S]*the last one/);
    expect(prompts[0]).not.toContain('question 0');
    const refused = await ask(server, way(false));
    expect(refused.status).toBe(400);
  });

  test('that is one turn only is refused', async () => {
    await using server = await startGateway({ contextLength: 50, reply: () => ['</think>', 'yes'] });
    const { status, body } = await ask(
      server,
      ways.responses({ input: 'x'.repeat(1000), truncation: 'auto' }),
    );
    expect([status, body.error.code]).toEqual([400, 'context_length_exceeded']);
  });
});

test('`parallel_tool_calls: false` leaves one call', async () => {
  const { tiegelTemplate } = await import('../formats/index.ts');
  const { servedBy } = await import('./testing.ts');
  const call = '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>';
  await using server = await startGateway({
    reply: () => ['</think>', call, call],
    served: (engine) => ({ ...servedBy(engine), template: { ...tiegelTemplate, toolCallFormat: 'hermes' } }),
  });
  const tools = [{ type: 'function', function: { name: 'f' } }];
  const two = await ask(server, ways.chat({ tools }));
  const one = await ask(server, ways.chat({ tools, parallel_tool_calls: false }));
  expect([two, one].map(({ body }) => body.choices[0].message.tool_calls.length)).toEqual([2, 1]);
  const choice = {
    tools: [{ name: 'f', input_schema: {} }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  };
  const message = await ask(server, ways.messages(choice));
  expect(message.body.content.filter(({ type }: { type: string }) => type === 'tool_use')).toHaveLength(1);
});

describe("Ollama's ways", () => {
  test('`raw` continues the prompt without a template', async () => {
    await using server = await recording();
    await ask(server, { path: '/api/generate', body: { prompt: 'Once', raw: true, stream: false } });
    expect(server.requests[0]?.prompt).toEqual([{ text: 'Once', special: false }]);
    const refused = await ask(server, {
      path: '/api/generate',
      body: { prompt: 'a', raw: true, system: 'b' },
    });
    expect(refused.status).toBe(400);
  });

  test('`:latest` is the model itself', async () => {
    await using server = await recording();
    const { status, body } = await ask(server, {
      path: '/api/chat',
      body: { model: `${testModel}:latest`, messages, stream: false, keep_alive: '5m' },
    });
    expect([status, body.model]).toEqual([200, `${testModel}:latest`]);
    expect(await ask(server, { path: '/api/chat', body: { model: 'other:latest', messages } })).toMatchObject(
      {
        status: 404,
      },
    );
  });

  test('options about loading have no effect; options that no engine keeps are refused unless neutral', async () => {
    await using server = await recording();
    const harmless = {
      num_ctx: 2048,
      num_gpu: 99,
      num_thread: 4,
      use_mmap: true,
      mirostat: 0,
      typical_p: 1,
      seed: -1,
    };
    expect(await ask(server, ways.ollamaChat(harmless))).toMatchObject({ status: 200 });
    for (const options of [
      { mirostat: 1 },
      { typical_p: 0.5 },
      { repeat_last_n: 64 },
      { penalize_newline: false },
    ]) {
      const { status, body } = await ask(server, ways.ollamaChat(options));
      expect(status).toBe(400);
      expect(body.error).toContain(`options.${Object.keys(options)[0]}`);
    }
  });

  test('log-probabilities', async () => {
    await using server = await recording();
    const body = { messages, stream: false, logprobs: true, top_logprobs: 1 };
    const whole = await ask(server, { path: '/api/chat', body });
    expect(whole.body.logprobs.at(-1)).toMatchObject({
      token: 'yes',
      logprob: 0,
      top_logprobs: [{ token: 'yes' }],
    });
  });
});

describe('reasoning that clients hand back', () => {
  test.each([
    [
      'reasoning_content',
      '/v1/chat/completions',
      {
        messages: [
          ...messages,
          { role: 'assistant', content: 'a', reasoning_content: 'because' },
          ...messages,
        ],
      },
    ],
    [
      'reasoning',
      '/v1/chat/completions',
      { messages: [...messages, { role: 'assistant', content: 'a', reasoning: 'because' }, ...messages] },
    ],
    [
      'reasoning_details',
      '/v1/chat/completions',
      {
        messages: [
          ...messages,
          {
            role: 'assistant',
            content: 'a',
            reasoning_details: [{ type: 'reasoning.text', text: 'because' }],
          },
          ...messages,
        ],
      },
    ],
    [
      'thinking blocks',
      '/v1/messages',
      {
        max_tokens: 100,
        messages: [
          ...messages,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'because', signature: '' },
              { type: 'redacted_thinking', data: 'x' },
              { type: 'text', text: 'a' },
            ],
          },
          ...messages,
        ],
      },
    ],
    [
      'reasoning items',
      '/v1/responses',
      {
        input: [
          ...messages,
          {
            type: 'reasoning',
            id: 'rs',
            summary: [],
            content: [{ type: 'reasoning_text', text: 'because' }],
          },
          { role: 'assistant', content: 'a' },
          ...messages,
        ],
      },
    ],
    [
      'summaries',
      '/v1/responses',
      {
        input: [
          ...messages,
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'because' }] },
          { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c', output: 'b' },
        ],
      },
    ],
    [
      'thinking of Ollama',
      '/api/chat',
      {
        stream: false,
        messages: [...messages, { role: 'assistant', content: 'a', thinking: 'because' }, ...messages],
      },
    ],
  ])('is read: %s', async (_, path, body) => {
    const turns: GenerateRequest['turn'][] = [];
    await using server = await startGateway({
      reply: ({ turn }) => {
        turns.push(turn);
        return ['</think>', 'yes'];
      },
      capabilities: { promptForm: 'messages', tools: true, thinkingStop: 'server' },
    });
    expect(await ask(server, { path, body })).toMatchObject({ status: 200 });
    expect(turns[0]?.messages.filter(({ reasoning }) => reasoning !== undefined)).toEqual([
      expect.objectContaining({ role: 'assistant', reasoning: 'because' }),
    ]);
  });
});

describe('fields that nobody knows', () => {
  const extra = { foo: 1, 'bär\n': 2 };

  test('are refused by default', async () => {
    await using server = await recording();
    expect(await ask(server, ways.chat(extra))).toMatchObject({
      status: 400,
      body: { error: { param: 'foo' } },
    });
  });

  test('are ignored where the server is told so, and listed in a header, streamed or not', async () => {
    await using server = await recording({}, { unknownFields: 'ignore' });
    const whole = await ask(server, ways.chat(extra));
    expect(whole.status).toBe(200);
    expect(whole.headers.get('x-tiegel-ignored-fields')).toBe('foo, b%C3%A4r%0A');
    const stream = await server.client.chat.completions
      .create({ model: testModel, messages: [{ role: 'user', content: 'a' }], stream: true, ...{ foo: 1 } })
      .withResponse();
    expect(stream.response.headers.get('x-tiegel-ignored-fields')).toBe('foo');
    await Array.fromAsync(stream.data);
    expect((await ask(server, ways.chat({}))).headers.has('x-tiegel-ignored-fields')).toBe(false);
    const tokens = await ask(server, { path: '/v1/messages/count_tokens', body: { messages, foo: 1 } });
    expect(tokens.headers.get('x-tiegel-ignored-fields')).toBe('foo');
  });

  test('a wrong value is refused all the same', async () => {
    await using server = await recording({}, { unknownFields: 'ignore' });
    expect(await ask(server, ways.chat({ ...extra, top_p: 2 }))).toMatchObject({ status: 400 });
  });
});
