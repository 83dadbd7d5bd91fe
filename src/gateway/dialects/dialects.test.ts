// A stream says what the whole answer says: for any turn, the events of each dialect put together give the body that the same request gets
// without a stream. What is shown and what is hidden is told beside it, member by member.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConverseEnd, StreamPart, TokenDetail } from '../../reasoning/index.ts';
import type { GatheredTurn } from '../turn/gather.ts';
import { anthropicMessages } from './anthropic/dialect.ts';
import type { Dialect, DialectRequest, Reply } from './dialect.ts';
import { ollamaChat, ollamaGenerate } from './ollama/dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';
import { openaiCompletions } from './openai-completions/dialect.ts';
import { openaiResponses } from './openai-responses/dialect.ts';

// biome-ignore lint/suspicious/noExplicitAny: members are read as a client reads them, and compared.
type Json = { readonly [member: string]: any };

const messages = [{ role: 'user', content: 'hi' }];

const replyWith = (change: Partial<Reply> = {}): Reply => ({
  ...{ id: '0_1', created: 1_700_000_000_999, model: 'm', reasoningField: 'both' },
  ...{ logProbabilities: 'exact' as Reply['logProbabilities'], elapsed: () => 12.5, ...change },
});

function read(dialect: Dialect, body: object): DialectRequest {
  const parsed = dialect.read({ model: 'm', ...body }, 'refuse');
  if (parsed.problem !== undefined) throw new TypeError(parsed.problem.sentence);
  return parsed.value;
}

const thinking: ConverseEnd['thinking'] = {
  ...{ outcome: 'closed', tokens: 3, forcedTokens: 1, budget: 9, stoppedBy: 'model' },
};
const usage = { promptTokens: 20, cachedPromptTokens: 5, completionTokens: 9, reasoningTokens: 4 };
const endOf = (change: Partial<ConverseEnd> = {}): ConverseEnd => ({
  ...{ type: 'end', finish: 'stop', usage, thinking, ...change },
});

/** A turn as its parts, each text in pieces. */
type Played = {
  readonly thoughts: readonly string[];
  readonly answers: readonly string[];
  readonly calls: readonly string[];
  readonly end: ConverseEnd;
};

const callOf = (name: string, index: number) => ({ name, arguments: JSON.stringify({ place: index, name }) });

function partsOf({ thoughts, answers, calls, end }: Played): readonly StreamPart[] {
  return [
    ...(thoughts.length > 0 ? [{ type: 'reasoning-start' } as const] : []),
    ...thoughts.map((text) => ({ type: 'reasoning-delta', text }) as const),
    ...(thoughts.length > 0 ? [{ type: 'reasoning-end' } as const] : []),
    ...(answers.length > 0 ? [{ type: 'answer-start' } as const] : []),
    ...answers.map((text) => ({ type: 'answer-delta', text }) as const),
    ...(answers.length > 0 ? [{ type: 'answer-end' } as const] : []),
    ...calls.map((name, index) => ({ type: 'tool-call', index, ...callOf(name, index) }) as const),
    end,
  ];
}

function gathered({ thoughts, answers, calls, end }: Played): GatheredTurn {
  return {
    ...{ reasoning: thoughts.join(''), answer: answers.join(''), answerTokens: [] },
    ...{ toolCalls: calls.map(callOf), end },
  };
}

/** The whole stream of these turns, one choice each. */
function streamed(request: DialectRequest, turns: readonly Played[], reply: Reply): string {
  const encoder = request.stream(reply);
  let text = encoder.open();
  for (const [choice, turn] of turns.entries())
    for (const part of partsOf(turn)) text += encoder.part(choice, part);
  return text + encoder.close();
}

function bodyOf(request: DialectRequest, turns: readonly Played[], reply: Reply): Json {
  return request.nonStreaming(turns.map(gathered) as unknown as [GatheredTurn], reply) as Json;
}

/** The data of server-sent events, each of which is named as its data says where it is named. */
function eventsOf(text: string): readonly Json[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => {
      const [, name, data = ''] = /^(?:event: ([^\n]*)\n)?data: ([^\n]*)$/.exec(event) ?? [];
      const value = data === '[DONE]' ? { done: true } : (JSON.parse(data) as Json);
      if (name !== undefined) expect(value.type).toBe(name);
      return value;
    });
}

const pieces = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 4 });
const played: fc.Arbitrary<Played> = fc.record({
  thoughts: pieces,
  answers: pieces,
  calls: fc.array(fc.constantFrom('f', 'g'), { maxLength: 2 }),
  end: fc
    .record({
      finish: fc.constantFrom('stop', 'length', 'content-filter'),
      stopSequence: fc.option(fc.constant('END'), { nil: undefined }),
    })
    .map(({ finish, stopSequence }) =>
      endOf({ finish, ...(stopSequence !== undefined && { stopSequence }) } as Partial<ConverseEnd>),
    ),
});
const fields = fc.constantFrom<Reply['reasoningField'][]>('both', 'reasoning_content', 'reasoning', 'none');

/** Over any turns and any way to show reasoning. */
function holds(check: (turns: readonly [Played, ...Played[]], reply: Reply) => void, choices = 1): void {
  const turns = fc.array(played, { minLength: choices, maxLength: choices });
  fc.assert(
    fc.property(turns, fields, (some, reasoningField) =>
      check(some as unknown as [Played], replyWith({ reasoningField })),
    ),
    { numRuns: 60 },
  );
}

describe('a stream put together is the whole answer', () => {
  test('of OpenAI’s chat, of each of its choices', () => {
    const body = { messages, n: 2, stream_options: { include_usage: true }, stream: true };
    const request = read(openaiChat, body);
    holds((turns, reply) => {
      const whole = bodyOf(request, turns, reply);
      const events = eventsOf(streamed(request, turns, reply));
      const { id, created, model } = whole;
      expect([id, created, model]).toEqual(['chatcmpl_0_1', 1_700_000_000, 'm']);
      for (const event of events.slice(0, -1))
        expect(event).toMatchObject({ id, created, model, object: 'chat.completion.chunk' });
      expect(events.slice(0, 2).map(({ choices }) => choices)).toEqual(
        [0, 1].map((index) => [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
      );
      expect(events.at(-1)).toEqual({ done: true });
      expect(events.at(-2)).toMatchObject({ choices: [], usage: whole.usage });
      for (const [index, choice] of (whole.choices as Json[]).entries()) {
        const own = events.flatMap(({ choices = [] }) =>
          (choices as Json[]).filter((one) => one.index === index),
        );
        const said = (name: string): string => own.map(({ delta }) => delta[name] ?? '').join('');
        expect(said('content')).toBe(choice.message.content ?? '');
        for (const name of ['reasoning', 'reasoning_content'])
          expect(said(name)).toBe(choice.message[name] ?? '');
        const calls = own.flatMap(({ delta }) => delta.tool_calls ?? []);
        expect(calls.map(({ index: place, ...call }) => [place, call])).toEqual(
          (choice.message.tool_calls ?? []).map((call: Json, place: number) => [place, call]),
        );
        expect(own.map(({ finish_reason }) => finish_reason).filter((reason) => reason !== null)).toEqual([
          choice.finish_reason,
        ]);
      }
      const extension = events.find(
        ({ choices }) => choices?.[0]?.finish_reason !== null && choices?.[0]?.index === 0,
      );
      expect(extension?.x_tiegel).toEqual(whole.x_tiegel);
    }, 2);
  });

  test('of OpenAI’s older completions', () => {
    const request = read(openaiCompletions, {
      prompt: ['a', 'b'],
      stream: true,
      stream_options: { include_usage: true },
    });
    holds((turns, reply) => {
      const whole = bodyOf(request, turns, reply);
      const events = eventsOf(streamed(request, turns, reply));
      expect(events.at(-1)).toEqual({ done: true });
      expect(events.at(-2)).toMatchObject({ choices: [], usage: whole.usage });
      expect(whole).toMatchObject({ id: 'cmpl_0_1', object: 'text_completion', created: 1_700_000_000 });
      expect(whole.usage).toMatchObject({ prompt_tokens: 40, completion_tokens: 18 });
      for (const choice of whole.choices as Json[]) {
        const own = events.flatMap(({ choices = [] }) =>
          (choices as Json[]).filter(({ index }) => index === choice.index),
        );
        const said = (name: string): string => own.map((one) => one[name] ?? '').join('');
        expect([said('text'), said('reasoning')]).toEqual([choice.text, choice.reasoning ?? '']);
        expect(own.at(-1)?.finish_reason).toBe(choice.finish_reason);
        expect(
          own
            .slice(0, -1)
            .every(({ finish_reason, logprobs }) => finish_reason === null && logprobs === null),
        ).toBe(true);
      }
    }, 2);
  });

  test('of Anthropic’s messages, block by block', () => {
    const request = read(anthropicMessages, { messages, max_tokens: 50, stream: true });
    holds((turns, reply) => {
      const whole = bodyOf(request, turns, reply);
      const [start, ...events] = eventsOf(streamed(request, turns, reply));
      const { content: _, stop_reason, stop_sequence, usage: told, x_tiegel, ...head } = whole;
      expect(start).toEqual({
        type: 'message_start',
        message: {
          ...{ ...head, content: [], stop_reason: null, stop_sequence: null },
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      });
      expect(events.at(-1)).toEqual({ type: 'message_stop' });
      expect(events.at(-2)).toEqual({
        ...{ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: told, x_tiegel },
      });
      const blocks: Json[] = [];
      let open: { block: Json; json: string } | undefined;
      for (const event of events.slice(0, -2)) {
        expect(event.index).toBe(blocks.length);
        if (event.type === 'content_block_start') {
          expect(open).toBeUndefined();
          open = { block: event.content_block, json: '' };
        } else if (event.type === 'content_block_stop') {
          const { block, json } = open!;
          blocks.push(json === '' ? block : { ...block, input: JSON.parse(json) });
          open = undefined;
        } else {
          const { type, ...delta } = event.delta as Json;
          const [member, text] = Object.entries(delta)[0] as [string, string];
          const block = open!.block;
          if (type === 'input_json_delta') open!.json += text;
          else open!.block = { ...block, [member]: block[member] + text };
        }
      }
      expect([open, blocks]).toEqual([undefined, whole.content]);
    });
  });

  test('of OpenAI’s responses, item by item', () => {
    const request = read(openaiResponses, { input: 'hi', stream: true });
    holds((turns, reply) => {
      const whole = bodyOf(request, turns, reply);
      const events = eventsOf(streamed(request, turns, reply));
      expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
      const begun = { ...whole, output: [], usage: null, status: 'in_progress', incomplete_details: null };
      const { x_tiegel: _, ...bare } = begun as Json;
      expect(events.slice(0, 2).map(({ type, response }) => [type, response])).toEqual([
        ['response.created', bare],
        ['response.in_progress', bare],
      ]);
      expect(events.at(-1)).toMatchObject({ type: `response.${whole.status}`, response: whole });
      const done = events.filter(({ type }) => type === 'response.output_item.done');
      expect(done.map(({ output_index, item }) => [output_index, item])).toEqual([...whole.output.entries()]);
      for (const [place, item] of (whole.output as Json[]).entries()) {
        const own = events.filter(({ output_index }) => output_index === place);
        const deltas = own.filter(({ type }) => type.endsWith('.delta'));
        const said = deltas.map(({ delta }) => delta).join('');
        expect(own[0]).toMatchObject({
          type: 'response.output_item.added',
          item: { id: item.id, status: 'in_progress' },
        });
        expect(
          own.filter(({ item_id }) => item_id !== undefined).every(({ item_id }) => item_id === item.id),
        ).toBe(true);
        if (item.type === 'function_call') {
          expect(said).toBe(item.arguments);
          expect(own.at(-2)).toMatchObject({ arguments: said, name: item.name });
          continue;
        }
        const [part] = item.content as Json[];
        const kind = item.type === 'reasoning' ? 'reasoning_text' : 'output_text';
        const logprobs = kind === 'output_text' ? { logprobs: [] } : {};
        expect(said).toBe(part!.text);
        expect(own[0]!.item.content).toEqual([]);
        expect(own.slice(1, 2)).toMatchObject([
          { type: 'response.content_part.added', part: { ...part, text: '' } },
        ]);
        const where = { item_id: item.id, output_index: place, content_index: 0 };
        for (const delta of deltas)
          expect(delta).toMatchObject({ type: `response.${kind}.delta`, ...where, ...logprobs });
        expect(own.slice(-3, -1).map(({ sequence_number: _, ...event }) => event)).toEqual([
          { type: `response.${kind}.done`, ...where, text: said, ...logprobs },
          { type: 'response.content_part.done', ...where, part },
        ]);
      }
    });
  });

  test.each([
    ['chat', ollamaChat, { messages }],
    ['generate', ollamaGenerate, { prompt: 'hi' }],
  ] as const)('of Ollama’s %s, line by line', (name, dialect, body) => {
    const request = read(dialect, body);
    holds((turns, reply) => {
      const whole = bodyOf(request, turns, reply);
      const lines = streamed(request, turns, reply)
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Json);
      const shapeOf = (line: Json): Json =>
        name === 'chat' ? line.message : { ...line, content: line.response };
      const said = (member: string): string => lines.map((line) => shapeOf(line)[member] ?? '').join('');
      expect([said('content'), said('thinking')]).toEqual([
        shapeOf(whole).content,
        shapeOf(whole).thinking ?? '',
      ]);
      const calls = lines.flatMap((line) => shapeOf(line).tool_calls ?? []);
      expect(calls).toEqual(shapeOf(whole).tool_calls ?? []);
      const last = lines.at(-1)!;
      const end = (line: Json): Json => {
        const { message: _, response: __, thinking: ___, ...rest } = line;
        return rest;
      };
      expect(end(last)).toEqual(end(whole));
      expect(lines.slice(0, -1).every(({ done, model }) => done === false && model === 'm')).toBe(true);
    });
  });
});

const plain: Played = { thoughts: ['hm'], answers: ['so'], calls: [], end: endOf() };
const calling: Played = { ...plain, answers: [], calls: ['f'] };

describe('members of an answer', () => {
  test('of OpenAI’s chat', () => {
    const request = read(openaiChat, { messages });
    expect(bodyOf(request, [plain], replyWith())).toEqual({
      ...{ id: 'chatcmpl_0_1', object: 'chat.completion', created: 1_700_000_000, model: 'm' },
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'so',
            reasoning_content: 'hm',
            reasoning: 'hm',
            refusal: null,
          },
          ...{ finish_reason: 'stop', logprobs: null },
        },
      ],
      usage: {
        ...{ prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 },
        prompt_tokens_details: { cached_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
      x_tiegel: {
        thinking: { outcome: 'closed', tokens: 3, forced_tokens: 1, budget: 9, stopped_by: 'model' },
      },
    });
    expect(bodyOf(request, [calling], replyWith()).choices[0]).toMatchObject({
      message: {
        content: null,
        tool_calls: [
          {
            id: 'call_0_1_0_0',
            type: 'function',
            function: { name: 'f', arguments: '{"place":0,"name":"f"}' },
          },
        ],
      },
      finish_reason: 'tool_calls',
    });
  });

  test.each([
    ['stop', 0, 'stop', 'end_turn', 'completed', 'stop'],
    ['stop', 1, 'tool_calls', 'tool_use', 'completed', 'stop'],
    ['length', 0, 'length', 'max_tokens', 'incomplete', 'length'],
    ['length', 1, 'length', 'max_tokens', 'incomplete', 'length'],
    ['content-filter', 0, 'content_filter', 'refusal', 'incomplete', 'stop'],
    ['content-filter', 1, 'content_filter', 'refusal', 'incomplete', 'stop'],
  ] as const)('for the end %s with %i calls', (finish, calls, chat, anthropic, responses, ollama) => {
    const turn: Played = { ...plain, calls: Array<string>(calls).fill('f'), end: endOf({ finish }) };
    const told = (dialect: Dialect, body: object): Json => bodyOf(read(dialect, body), [turn], replyWith());
    expect(told(openaiChat, { messages }).choices[0].finish_reason).toBe(chat);
    expect(told(openaiCompletions, { prompt: 'a' }).choices[0].finish_reason).toBe(
      chat === 'tool_calls' ? 'stop' : chat,
    );
    expect(told(anthropicMessages, { messages, max_tokens: 9 })).toMatchObject({
      stop_reason: anthropic,
      stop_sequence: null,
    });
    expect(told(ollamaChat, { messages })).toMatchObject({ done: true, done_reason: ollama });
    expect(told(openaiResponses, { input: 'a' })).toMatchObject({
      status: responses,
      incomplete_details:
        responses === 'completed'
          ? null
          : { reason: finish === 'length' ? 'max_output_tokens' : 'content_filter' },
    });
  });

  test('for a stop string, which Anthropic’s clients are told', () => {
    const body = { messages, max_tokens: 9 };
    const told = (change: Partial<ConverseEnd>, calls: readonly string[] = []): Json =>
      bodyOf(read(anthropicMessages, body), [{ ...plain, calls, end: endOf(change) }], replyWith());
    expect(told({ stopSequence: 'END' }, ['f'])).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
    expect(told({ stopSequence: 'END', finish: 'length' })).toMatchObject({
      stop_reason: 'max_tokens',
      stop_sequence: null,
    });
  });

  test('for what was used, as Anthropic, OpenAI’s responses and Ollama count it', () => {
    const told = (dialect: Dialect, body: object): Json => bodyOf(read(dialect, body), [plain], replyWith());
    expect(told(anthropicMessages, { messages, max_tokens: 9 }).usage).toEqual({
      ...{ input_tokens: 15, cache_creation_input_tokens: 0, cache_read_input_tokens: 5, output_tokens: 9 },
    });
    expect(told(openaiResponses, { input: 'a' }).usage).toEqual({
      ...{ input_tokens: 20, input_tokens_details: { cached_tokens: 5 }, total_tokens: 29 },
      ...{ output_tokens: 9, output_tokens_details: { reasoning_tokens: 4 } },
    });
    expect(told(ollamaChat, { messages })).toMatchObject({
      ...{ created_at: '2023-11-14T22:13:20.999Z', total_duration: 12_500_000, load_duration: 0 },
      ...{ prompt_eval_count: 20, eval_count: 9, eval_duration: 12_500_000 },
      x_tiegel: { thinking: { outcome: 'closed', forced_tokens: 1 } },
    });
  });

  test('for what it cost, beside the usage, where anybody knows', () => {
    const bill = { amount: '0.1', currency: 'EUR', remaining: null, price: 'p' };
    const wanted = { stream_options: { include_usage: true }, stream: true };
    for (const [dialect, body] of [
      [openaiChat, { messages }],
      [openaiCompletions, { prompt: 'a' }],
    ] as const) {
      const request = read(dialect, { ...body, ...wanted });
      const billed = replyWith({ bill: () => bill });
      expect(bodyOf(request, [plain], billed).x_tiegel).toMatchObject(bill);
      expect(eventsOf(streamed(request, [plain], billed)).at(-2)?.x_tiegel).toEqual(bill);
      expect(eventsOf(streamed(request, [plain], replyWith())).at(-2)).not.toHaveProperty('x_tiegel');
      const unasked = eventsOf(streamed(read(dialect, { ...body, stream: true }), [plain], billed));
      expect(unasked.filter((event) => 'usage' in event)).toEqual([]);
    }
  });

  test('for the tokens of the answer, where they were asked for', () => {
    const tokens: readonly TokenDetail[] = [
      { text: 'sö', logProbability: -0.5, alternatives: [{ text: 'a', logProbability: -1 }] },
    ] as never;
    const entry = {
      ...{ token: 'sö', logprob: -0.5, bytes: [115, 195, 182] },
      top_logprobs: [{ token: 'a', logprob: -1, bytes: [97] }],
    };
    const delta = { type: 'answer-delta', text: 'sö', tokens } as StreamPart;
    const told = (dialect: Dialect, body: object, reply = replyWith()) => {
      const request = read(dialect, body);
      const whole = request.nonStreaming([{ ...gathered(plain), answerTokens: tokens }], reply) as Json;
      return { request, whole, event: request.stream(reply).part(0, delta) };
    };
    const chat = told(openaiChat, { messages, logprobs: true, top_logprobs: 1 });
    expect(chat.request.turn.logProbabilities).toBe(1);
    expect(chat.whole.choices[0].logprobs).toEqual({ content: [entry], refusal: null });
    expect(eventsOf(chat.event)[0]?.choices[0].logprobs).toEqual({ content: [entry], refusal: null });
    expect(chat.whole.x_tiegel.log_probabilities).toBe('exact');
    const none = told(openaiChat, { messages, logprobs: true }, replyWith({ logProbabilities: 'none' }));
    expect(none.request.turn.logProbabilities).toBe(0);
    expect(none.whole.x_tiegel).not.toHaveProperty('log_probabilities');
    const unasked = told(openaiChat, { messages });
    expect([unasked.request.turn.logProbabilities, unasked.whole.choices[0].logprobs]).toEqual([
      undefined,
      null,
    ]);
    const ollama = told(ollamaChat, { messages, logprobs: true, top_logprobs: 2 });
    expect([ollama.request.turn.logProbabilities, ollama.whole.logprobs]).toEqual([2, [entry]]);
    expect(JSON.parse(ollama.event)).toMatchObject({ logprobs: [entry], done: false });
    expect(read(ollamaChat, { messages }).turn.logProbabilities).toBeUndefined();
  });

  test('hide reasoning where the request says so, whatever the server shows', () => {
    for (const hiding of [{ reasoning: { exclude: true } }, { include_reasoning: false }]) {
      const request = read(openaiChat, { messages, ...hiding });
      expect(JSON.stringify(bodyOf(request, [plain], replyWith()))).not.toContain('hm');
      expect(streamed(request, [plain], replyWith())).not.toContain('hm');
    }
    const omitted = read(anthropicMessages, {
      messages,
      max_tokens: 2048,
      thinking: { type: 'enabled', budget_tokens: 1024, display: 'omitted' },
    });
    expect(JSON.stringify(bodyOf(omitted, [plain], replyWith()))).not.toContain('hm');
    expect(streamed(omitted, [plain], replyWith())).not.toContain('hm');
  });
});

describe('a refusal', () => {
  const envelope = (type: string, code: string) => ({
    error: { message: 'no', type, param: 'p', code, tgl_code: 'TGL_X', fix: 'f', request_id: 'req_1' },
  });

  test.each([
    ['invalid_request_error', 'model_not_found', 'not_found_error'],
    ['invalid_request_error', 'route_not_found', 'not_found_error'],
    ['invalid_request_error', 'request_too_large', 'request_too_large'],
    ['invalid_request_error', 'invalid_request', 'invalid_request_error'],
    ['rate_limit_error', 'rate_limit_exceeded', 'rate_limit_error'],
    ['server_error', 'internal_error', 'api_error'],
  ])('of the type %s and the code %s is called %s by Anthropic', (type, code, told) => {
    expect(anthropicMessages.refusal(envelope(type, code) as never)).toEqual({
      type: 'error',
      error: { type: told, message: 'no', param: 'p', tgl_code: 'TGL_X', fix: 'f' },
      request_id: 'req_1',
    });
  });

  test('in the middle of a stream is its last event, in the words of the dialect', () => {
    const failed = envelope('server_error', 'engine_crashed') as never;
    const told = (dialect: Dialect, body: object): string =>
      read(dialect, body).stream(replyWith()).fail(failed);
    expect(eventsOf(told(openaiChat, { messages }))).toEqual([failed]);
    expect(eventsOf(told(openaiCompletions, { prompt: 'a' }))).toEqual([failed]);
    expect(eventsOf(told(anthropicMessages, { messages, max_tokens: 9 }))).toMatchObject([
      { type: 'error', error: { type: 'api_error' } },
    ]);
    expect(eventsOf(told(openaiResponses, { input: 'a' }))).toMatchObject([
      { type: 'error', code: 'engine_crashed', message: 'no', param: 'p', sequence_number: 0 },
    ]);
    expect(told(ollamaChat, { messages })).toBe('{"error":"no"}\n');
  });
});
