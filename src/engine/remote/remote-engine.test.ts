// The contract of every engine, then what only engines over a server do: what they send, how they read, whom they ask.
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { engineContract } from '../contract.ts';
import { collect } from '../contract-case.ts';
import type { Engine, EngineEvent, GenerateRequest, UnrenderedRequest } from '../engine.ts';
import {
  dataEvent,
  delta,
  done,
  eventStreamHead,
  lastPiece,
  piece,
  plain,
  question,
  remoteEngine,
  reply,
  type Upstream,
  type UpstreamRequest,
  upstream,
} from './fixture.ts';
import type { ServerKind } from './server-profile.ts';

/** Says as many words as it may, one every other millisecond, until the client leaves. */
function talk(socket: Socket, { body }: UpstreamRequest): void {
  const [{ content: prompt = '' } = {}] = body.messages;
  if (prompt.length > 10_000) {
    const refusal = '{"error":{"code":"context_length_exceeded"}}';
    return void socket.write(plain('400 Bad Request', 'application/json', refusal));
  }
  socket.write(eventStreamHead);
  let said = 0;
  const timer = setInterval(() => {
    if (said < body.max_tokens)
      return void socket.write(piece(wordEvent(` w${said++}`, body.logprobs === true)));
    clearInterval(timer);
    socket.write(piece(delta({}, 'length') + done) + lastPiece);
  }, 2);
  socket.on('close', () => clearInterval(timer));
}

function wordEvent(content: string, likely: boolean): string {
  const others = [
    { token: content, logprob: -0.1 },
    { token: 'x', logprob: -3 },
  ];
  const logprobs = likely ? { content: [{ token: content, logprob: -0.1, top_logprobs: others }] } : null;
  return dataEvent({ choices: [{ index: 0, delta: { content }, finish_reason: null, logprobs }] });
}

engineContract('remote', async () => {
  const server = await upstream(talk);
  const setup = remoteEngine([server.endpoint], { slotsPerReplica: 2 });
  const { engine } = setup;
  const withTurn = ({ prompt, ...request }: GenerateRequest): GenerateRequest => {
    const content = prompt!.map(({ text }) => text).join('');
    const turn = {
      messages: [{ role: 'user' as const, content }],
      thinking: 'open' as const,
      thinkingBudget: null,
    };
    return { ...request, turn };
  };
  const asked: Engine = {
    ...engine,
    generate: (request, signal) => engine.generate(withTurn(request), signal),
    [Symbol.asyncDispose]: async () => {
      await setup[Symbol.asyncDispose]();
      await server.kill();
    },
  };
  return {
    engine: asked,
    prompt: [{ text: 'Go on and on.', special: false }],
    tooLongPrompt: [{ text: 'x'.repeat(20_000), special: false }],
  };
});

async function eventsOf(
  engine: Engine,
  change: Partial<UnrenderedRequest> = {},
): Promise<readonly EngineEvent[]> {
  return await collect(engine, { ...question, ...change });
}

/** What the server was asked. */
async function asked(change: Partial<UnrenderedRequest>, server: Parameters<typeof remoteEngine>[1] = {}) {
  await using there = await upstream((socket) => socket.write(reply(['42'])));
  await using setup = remoteEngine([there.endpoint], server);
  await eventsOf(setup.engine, change);
  return there.requests[0] as UpstreamRequest;
}

describe('what is sent', () => {
  test('holds the model, the messages, the limits and nothing else', async () => {
    const { path, headers, body } = await asked({ stop: ['END'], cacheScope: 'a' }, { key: 'sk-1' });
    expect(path).toBe('/v1/chat/completions');
    expect(headers).toContain('authorization: Bearer sk-1\r\n');
    expect(body).toEqual({
      model: 'org/far',
      messages: [{ role: 'user', content: 'What is 6 * 7?' }],
      max_tokens: 100,
      temperature: 0,
      top_p: 1,
      stop: ['END'],
      stream: true,
      stream_options: { include_usage: true },
      cache_salt: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('keeps the prefix caches of cache scopes apart, and never reuses without one', async () => {
    const salt = async (cacheScope?: string) =>
      (await asked(cacheScope === undefined ? {} : { cacheScope })).body.cache_salt;
    expect(await salt('a')).toBe(await salt('a'));
    expect(await salt('a')).not.toBe(await salt('b'));
    expect(await salt()).not.toBe(await salt());
  });

  test('asks each kind of server in its own words', async () => {
    const turn = { ...question.turn, thinking: 'closed', thinkingBudget: 64 } as GenerateRequest['turn'];
    const off = await asked({ turn: turn as never });
    expect(off.body).toMatchObject({ chat_template_kwargs: { enable_thinking: false } });
    const bounded = { ...question.turn, thinkingBudget: 64 } as never;
    expect((await asked({ turn: bounded })).body).toMatchObject({ thinking_token_budget: 64 });
    const { body } = await asked({ sampling: { temperature: 1, topP: 1, seed: 5 } }, { server: 'openai' });
    expect(body).toMatchObject({ max_completion_tokens: 100 });
    expect(Object.keys(body)).not.toContain('temperature');
    expect(Object.keys(body)).not.toContain('seed');
    const schema = { type: 'object' };
    const constrained = await asked({ constraint: { type: 'json-schema', schema, after: '</think>' } });
    expect(constrained.body).toMatchObject({ response_format: { json_schema: { schema } } });
    const grammar = { type: 'grammar', grammar: 'root ::= "a"' } as const;
    expect((await asked({ constraint: grammar }, { server: 'llama-server' })).body).toMatchObject({
      grammar: 'root ::= "a"',
    });
  });

  test.each([
    [
      'vllm',
      true,
      '<think>\nhm\n</think>\n\n',
      { continue_final_message: true, add_generation_prompt: false },
    ],
    [
      'sglang',
      false,
      '<think>\nhm\n</think>\n\n',
      { continue_final_message: true, separate_reasoning: false },
    ],
    ['sglang', true, 'hm\n</think>\n\n', { continue_final_message: true }],
  ] as const)(
    'has %s go on with a reply (template opens the block: %s)',
    async (server, opensThinking, content, members) => {
      const turn = { ...question.turn!, prefill: '<think>\nhm\n</think>\n\n' };
      const { body } = await asked({ turn }, { server, opensThinking });
      expect(body).toMatchObject(members);
      expect(body.messages.at(-1)).toEqual({ role: 'assistant', content });
    },
  );

  test('a reply that goes on does not begin within the think block', async () => {
    await using there = await upstream((socket) => socket.write(reply(['42'])));
    await using setup = remoteEngine([there.endpoint], { server: 'sglang', opensThinking: true });
    const turn = { ...question.turn!, prefill: '<think>\nhm\n</think>\n\n' };
    const segments = async (change: Partial<UnrenderedRequest>) =>
      (await eventsOf(setup.engine, change)).flatMap((event) =>
        event.type === 'token' ? event.segment : [],
      );
    expect([await segments({}), await segments({ turn })]).toEqual([['reasoning'], [undefined]]);
  });

  test('defines tools, with a schema for those that take nothing', async () => {
    const tools = [
      { name: 'add', description: 'Adds.', parameters: { type: 'object', required: ['a'] } },
      { name: 'now' },
    ];
    const { body } = await asked({ turn: { ...question.turn!, tools } });
    expect(body.tools).toEqual([
      { type: 'function', function: tools[0] },
      { type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } },
    ]);
  });

  test('says that a tool has to be called', async () => {
    const tools = [{ name: 'now' }];
    const chosen = async (toolChoice?: 'required') =>
      (await asked({ turn: { ...question.turn!, tools, ...(toolChoice && { toolChoice }) } })).body
        .tool_choice;
    expect([await chosen(), await chosen('required')]).toEqual([undefined, 'required']);
  });

  test('numbers the calls of tools and their results alike', async () => {
    const call = { name: 'add', arguments: '{"a":1}' };
    const { body } = await asked({
      turn: {
        messages: [
          { role: 'user', content: 'add' },
          { role: 'assistant', content: '', reasoning: 'hm', toolCalls: [call, call] },
          { role: 'tool', content: '2' },
          { role: 'tool', content: '3' },
        ],
        thinking: 'open',
        thinkingBudget: null,
      },
    });
    const [, calling, ...results] = body.messages as readonly Record<string, unknown>[];
    expect(calling).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: ['call_0', 'call_1'].map((id) => ({ id, type: 'function', function: call })),
    });
    expect(results).toEqual([
      { role: 'tool', content: '2', tool_call_id: 'call_0' },
      { role: 'tool', content: '3', tool_call_id: 'call_1' },
    ]);
  });

  test.each([
    ['forced text', { forced: { text: 'x', afterTokens: 1, unless: 'y' } }],
    ['grammar constraints', { constraint: { type: 'grammar', grammar: 'root ::= "a"' } }],
    ['a prompt that is rendered already', { turn: undefined }],
    ['tools', { turn: { ...question.turn, tools: [{ name: 'now' }] } }, 'compatible'],
    [
      'having to call a tool',
      { turn: { ...question.turn, tools: [{ name: 'now' }], toolChoice: 'required' } },
      'ollama',
    ],
    ['continuing a turn', { turn: { ...question.turn, prefill: '<think>' } }, 'deepseek'],
  ] as const)('never holds what the server cannot do: %s', async (feature, change, server?: ServerKind) => {
    await using there = await upstream(() => {});
    await using setup = remoteEngine([there.endpoint], { server: server ?? 'vllm' });
    await expect(eventsOf(setup.engine, change as Partial<UnrenderedRequest>)).rejects.toMatchObject({
      code: 'TGL_CAPABILITY_MISSING',
      details: { feature },
    });
    expect(there.requests).toEqual([]);
  });
});

test('a token that comes with its likelihood keeps its text', async () => {
  await using there = await upstream(talk);
  await using setup = remoteEngine([there.endpoint]);
  const events = await eventsOf(setup.engine, { maxTokens: 1, logProbabilities: 2 });
  const alternatives = [
    { text: ' w0', logProbability: -0.1 },
    { text: 'x', logProbability: -3 },
  ];
  expect(events.filter(({ type }) => type === 'token')).toEqual([
    { type: 'token', text: ' w0', logProbability: -0.1, alternatives },
  ]);
});

test('a closed engine says which model it was', async () => {
  const { engine } = remoteEngine(['http://127.0.0.1:9/v1']);
  expect(engine.runtimeBuild).toBe('tiegel-remote 2, vllm');
  await engine[Symbol.asyncDispose]();
  await expect(eventsOf(engine)).rejects.toMatchObject({
    code: 'TGL_ENGINE_CLOSED',
    details: { model: 'far' },
  });
});

describe('calls of tools', () => {
  const call = (index: number, name: string | undefined, text: string) =>
    piece(delta({ tool_calls: [{ index, id: 'x', function: { name, arguments: text } }] }));
  async function called(stream: string): Promise<readonly EngineEvent[]> {
    await using there = await upstream((socket) => socket.write(eventStreamHead + stream + lastPiece));
    await using setup = remoteEngine([there.endpoint]);
    return await eventsOf(setup.engine, { turn: { ...question.turn!, tools: [{ name: 'add' }] } });
  }
  const two =
    call(0, 'add', '') + call(0, undefined, '{"a":') + call(0, undefined, '1}') + call(1, 'now', '');

  test('are put together from their pieces and given out before the end', async () => {
    const thought = piece(delta({ reasoning_content: 'hm' }));
    expect(await called(thought + two + piece(delta({}, 'tool_calls') + done))).toEqual([
      { type: 'prompt', promptTokens: 4 },
      { type: 'token', text: 'hm', segment: 'reasoning' },
      { type: 'tool-call', name: 'add', arguments: '{"a":1}' },
      { type: 'tool-call', name: 'now', arguments: '{}' },
      { type: 'end', reason: 'stop', completionTokens: 1 },
    ]);
  });

  test('that the limit cut off are left out', async () => {
    const events = await called(two + piece(delta({}, 'length') + done));
    expect(events.map(({ type }) => type)).toEqual(['prompt', 'tool-call', 'end']);
  });

  test('without a name are a fault of the server', async () => {
    const stream = call(0, undefined, '{}') + piece(delta({}, 'tool_calls') + done);
    await expect(called(stream)).rejects.toMatchObject({ code: 'TGL_UPSTREAM_FAILED' });
  });
});

describe('several replicas', () => {
  /** Each replica answers with its own number, unless told otherwise. */
  async function cluster(
    answers: readonly ((socket: Socket) => unknown)[],
    options: Parameters<typeof remoteEngine>[1] = {},
  ) {
    const stack = new AsyncDisposableStack();
    const servers: Upstream[] = [];
    for (const answer of answers) servers.push(stack.use(await upstream(answer)));
    const { engine } = stack.use(
      remoteEngine(
        servers.map(({ endpoint }) => endpoint),
        options,
      ),
    );
    const ask = async (change: Partial<UnrenderedRequest> = {}): Promise<string> =>
      (await eventsOf(engine, change)).map((event) => (event.type === 'token' ? event.text : '')).join('');
    return { engine, servers, ask, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }
  const says = (text: string) => (socket: Socket) => socket.write(reply([text]));
  const breaks = (socket: Socket) => socket.resetAndDestroy();
  const turn = (content: string) => ({
    messages: [{ role: 'user' as const, content }],
    thinking: 'open' as const,
    thinkingBudget: null,
  });

  test('another one is asked when the first breaks before it said anything', async () => {
    const faults = [breaks, (socket: Socket) => socket.write(plain('500 Oops', 'text/plain', ''))];
    for (const fault of faults) {
      await using there = await cluster([fault, says('two')]);
      expect(await there.ask()).toBe('two');
      expect(there.servers.map(({ requests }) => requests.length)).toEqual([1, 1]);
    }
  });

  test('the one that knows a conversation gets its next turn, within a cache scope', async () => {
    let hold = true;
    const held: Socket[] = [];
    const first = (socket: Socket) => (hold ? held.push(socket) : socket.write(reply(['one'])));
    await using there = await cluster([first, says('two')]);
    const busy = there.ask({ turn: turn('something else') });
    await expect.poll(() => held.length).toBe(1);
    expect(await there.ask({ turn: turn('question'), cacheScope: 'a' })).toBe('two');
    hold = false;
    held[0]?.write(reply(['one']));
    expect(await busy).toBe('one');
    expect(await there.ask({ turn: turn('question'), cacheScope: 'a' })).toBe('two');
    expect(await there.ask({ turn: turn('question'), cacheScope: 'b' })).toBe('one');
    expect(await there.ask({ turn: turn('question') })).toBe('one');
  });

  test('none is looked at any more once the engine is closed', async () => {
    await using there = await cluster([says('one'), says('two')], { limits: { healthMs: 10 } });
    const looks = () => there.servers.map(({ requests }) => requests.length);
    await expect.poll(() => Math.min(...looks())).toBeGreaterThan(1);
    await there.engine[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = looks();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(looks()).toEqual(before);
  });

  test('no other one is asked once something was given out', async () => {
    const breaksLate = (socket: Socket) =>
      socket.write(eventStreamHead + piece(delta({ content: 'one' })), () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      );
    await using there = await cluster([breaksLate, says('two')]);
    await expect(there.ask()).rejects.toMatchObject({ code: 'TGL_UPSTREAM_FAILED' });
    expect(there.servers[1]?.requests).toEqual([]);
  });

  test('no other one is asked about a request that is itself at fault', async () => {
    const refuses = (socket: Socket) => socket.write(plain('422 No', 'application/json', '{}'));
    await using there = await cluster([refuses, says('two')]);
    await expect(there.ask()).rejects.toMatchObject({ code: 'TGL_UPSTREAM_REFUSED' });
    expect(there.servers[1]?.requests).toEqual([]);
  });

  test('a broken one is left alone after three failures, and a fault of all is told', async () => {
    await using there = await cluster([breaks, says('two')]);
    for (let index = 0; index < 6; index++) expect(await there.ask()).toBe('two');
    expect(there.servers[0]?.requests).toHaveLength(3);
    await there.servers[1]?.kill();
    await expect(there.ask()).rejects.toMatchObject({ code: 'TGL_UPSTREAM_FAILED' });
  });

  test('when every one rests, the client is told when to come back', async () => {
    await using there = await cluster([breaks, breaks], { limits: { failures: 1 } });
    await expect(there.ask()).rejects.toMatchObject({ code: 'TGL_UPSTREAM_FAILED' });
    expect(there.engine.state()).toBe('restarting');
    const { error } = await there.ask().then(
      () => ({ error: undefined }),
      (error) => ({ error }),
    );
    expect(error).toMatchObject({ code: 'TGL_UPSTREAM_BUSY' });
    expect(error.details.retryAfterMs).toBeLessThanOrEqual(2000);
  });

  test('a health check brings one back before its rest is over', async () => {
    let broken = true;
    const recovers = (socket: Socket) => {
      if (broken) return socket.resetAndDestroy();
      return socket.write(reply(['back']));
    };
    await using there = await cluster([recovers, recovers], {
      limits: { failures: 1, restMs: 60_000, healthMs: 20 },
    });
    await expect(there.ask()).rejects.toMatchObject({ code: 'TGL_UPSTREAM_FAILED' });
    expect(there.engine.state()).toBe('restarting');
    broken = false;
    await expect.poll(() => there.engine.state()).toBe('ready');
    expect(await there.ask()).toBe('back');
    expect(there.servers[0]?.requests.some(({ path }) => path === '/v1/models')).toBe(true);
  });

  test('a conversation goes on where it began', async () => {
    await using there = await cluster([says('one'), says('two')]);
    const content = 'first question';
    const first = await there.ask({ cacheScope: 'a', turn: turn(content) });
    for (let index = 0; index < 4; index++) {
      await there.ask({ cacheScope: 'a', turn: turn(`other ${index}`) });
      expect(await there.ask({ cacheScope: 'a', turn: turn(content) })).toBe(first);
    }
  });
});

test('within some of its replicas a request asks these alone, and has as many places as all have', async () => {
  await using first = await upstream((socket) => socket.end(reply(['first'])));
  await using second = await upstream((socket) => socket.end(reply(['second'])));
  await using setup = remoteEngine([first.endpoint, second.endpoint], { slotsPerReplica: 3 });
  expect(setup.engine.capabilities.slots).toBe(6);
  for (let time = 0; time < 3; time++) {
    const events = await Array.fromAsync(setup.engine.within!([1]).generate(question));
    expect(JSON.stringify(events)).toContain('second');
  }
  expect([first.requests.length, second.requests.length]).toEqual([0, 3]);
});

test('a server is sent the key that there is, and none where there is none', async () => {
  await using server = await upstream((socket) => socket.end(reply(['yes'])));
  for (const key of [undefined, 'secret']) {
    await using setup = remoteEngine([server.endpoint], key === undefined ? {} : { key });
    await Array.fromAsync(setup.engine.generate(question));
  }
  const sent = server.requests.map(({ headers }) => /^authorization: (.*)\r$/im.exec(headers)?.[1]);
  expect(sent).toEqual([undefined, 'Bearer secret']);
});
