// Thinking that is ended on a server that has no budget of its own: the way from `converse` over HTTP and back.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../base/index.ts';
import {
  createRemoteEngine,
  createScriptedEngine,
  type Effort,
  type EngineCapabilities,
  type EngineEvent,
  type GenerateRequest,
} from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import { createOutbound } from '../outbound/index.ts';
import { collect, converse } from './converse.ts';
import type { ConverseRequest } from './parts.ts';
import { thinkingRequestOf } from './thinking-request.ts';

type Body = {
  readonly prompt?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
};

const usage = { prompt_tokens: 60, completion_tokens: 1 };

/** A model that thinks until its client leaves, and answers once what it has written holds the end of the block. */
async function thinker() {
  const asked: Body[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as Body;
    asked.push(body);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const written = body.prompt ?? body.messages!.at(-1)!.content;
    if (/<\/think>\n+$/.test(written)) {
      say(response, body, 'yes', 'stop');
      return void response.end('data: [DONE]\n\n');
    }
    const timer = setInterval(() => say(response, body, ' so'), 1);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function say(response: ServerResponse, { prompt }: Body, text: string, finish: string | null = null): void {
  const thinking = finish === null ? { reasoning_content: text } : { content: text };
  const said = prompt === undefined ? { delta: thinking } : { text };
  const counted = finish === null ? {} : { usage };
  response.write(
    `data: ${JSON.stringify({ choices: [{ ...said, finish_reason: finish }], ...counted })}\n\n`,
  );
}

const question: ConverseRequest = {
  template: null,
  messages: [{ role: 'user', content: 'what is the sum of the numbers?' }],
  thinking: { mode: 'open', budget: 5 },
  maxTokens: 1000,
  sampling: { temperature: 0, topP: 1 },
  stop: [],
};

test.each([
  ['a prompt that is rendered here', true],
  ['a message that the server continues', false],
])('thinking ends at the budget, behind %s', async (_, clientSideTemplate) => {
  using server = await thinker();
  const { endpoint, asked } = server;
  await using outbound = createOutbound({ allowedOrigins: [endpoint] });
  await using engine = createRemoteEngine({
    ...{ model: 'far', remoteModel: 'org/far', endpoints: [endpoint], server: 'sglang', clientSideTemplate },
    ...{ contextLength: 4096, outbound, clock: systemClock },
  });
  const template = clientSideTemplate
    ? { ...tiegelTemplate, thinkingEnd: { text: '\n</think>\n', sentence: true } }
    : null;
  const {
    answer,
    reasoning,
    thinking,
    usage: counted,
  } = await collect(converse(engine, { ...question, template }));
  expect(answer).toBe('yes');
  expect(reasoning).toMatch(/^so so so so so\n\nI have thought/);
  expect(thinking).toMatchObject({ outcome: 'closed', tokens: 5, budget: 5, stoppedBy: 'budget' });
  expect(counted.promptTokens + counted.completionTokens).toBe(61);
  expect(asked).toHaveLength(2);
  expect(engine.load()).toEqual({ active: 0, waiting: 0 });
});

describe('a turn that nobody follows', () => {
  const nonStreamingAsked = async (
    change: Partial<ConverseRequest>,
    thinkingStop: EngineCapabilities['thinkingStop'] = 'server',
  ): Promise<boolean | undefined> => {
    let nonStreaming: boolean | undefined;
    await using engine = createScriptedEngine({
      model: 'far',
      reply: (request) => {
        nonStreaming = request.nonStreaming;
        return ['</think>', 'yes'];
      },
      capabilities: { promptForm: 'messages', thinkingStop, prefill: true },
    });
    await collect(converse(engine, { ...question, nonStreaming: true, ...change }));
    return nonStreaming;
  };

  test('may come in one piece where its server keeps the budget', async () => {
    expect(await nonStreamingAsked({})).toBe(true);
    expect(await nonStreamingAsked({ nonStreaming: false })).toBeUndefined();
  });

  test.each([
    ['a budget that is kept here', {}, 'continuation'],
    ['thinking that may be ended', { endThinking: new AbortController().signal }, 'server'],
    ['a stop string', { stop: ['END'] }, 'server'],
    ['log-probabilities', { logProbabilities: 1 }, 'server'],
  ] as const)('is followed all the same for %s', async (_, change, thinkingStop) => {
    expect(await nonStreamingAsked(change, thinkingStop)).toBeUndefined();
  });

  test('counts the tokens that a server gives in one piece', async () => {
    const counted = { promptTokens: 9 };
    const events: readonly EngineEvent[] = [
      { type: 'prompt', promptTokens: 9 },
      { type: 'token', text: 'so', segment: 'reasoning', tokens: 31 },
      { type: 'token', text: 'yes', segment: 'answer', tokens: 9 },
      { type: 'end', reason: 'stop', completionTokens: 40, counted },
    ];
    await using engine = createScriptedEngine({
      model: 'far',
      reply: () => [],
      capabilities: { promptForm: 'messages', thinkingStop: 'server' },
    });
    const { usage: used, thinking } = await collect(
      converse({ ...engine, generate: () => Readable.from([events]) }, { ...question, nonStreaming: true }),
    );
    expect(used).toEqual({
      promptTokens: 9,
      cachedPromptTokens: 0,
      completionTokens: 40,
      reasoningTokens: 31,
    });
    expect(thinking).toMatchObject({ outcome: 'closed', tokens: 31 });
  });
});

describe('a turn that a server renders', () => {
  const turnAsked = async (
    change: Partial<ConverseRequest>,
    capabilities: Partial<EngineCapabilities>,
  ): Promise<GenerateRequest['turn']> => {
    let turn: GenerateRequest['turn'];
    await using engine = createScriptedEngine({
      model: 'far',
      reply: (request) => {
        turn = request.turn;
        return ['yes'];
      },
      capabilities: { promptForm: 'messages', thinkingStop: 'none', ...capabilities },
    });
    await collect(converse(engine, { ...question, ...change }));
    return turn;
  };
  const effortOf = (effort: Effort, modelBudget: number | null = null): Partial<ConverseRequest> => ({
    thinking: thinkingRequestOf({ effort }, modelBudget),
  });

  test('takes a level in its own word where it knows that one, with its tokens where it also keeps a budget', async () => {
    const efforts = ['low', 'high'] as const;
    expect(await turnAsked(effortOf('low'), { efforts })).toMatchObject({
      effort: 'low',
      thinkingBudget: null,
    });
    expect(
      await turnAsked({ ...effortOf('low'), maxTokens: 4000 }, { efforts, thinkingStop: 'server' }),
    ).toMatchObject({ effort: 'low', thinkingBudget: 2048 });
    const closed = await turnAsked(effortOf('none'), { efforts });
    expect(closed).toMatchObject({ thinking: 'closed' });
    expect(closed).not.toHaveProperty('effort');
  });

  test('refuses a level that it can keep in neither way, by name, and one that the model may not reach', async () => {
    const missing = (feature: string) => ({ code: 'TGL_CAPABILITY_MISSING', details: { feature } });
    await expect(turnAsked(effortOf('medium'), { efforts: ['low'] })).rejects.toMatchObject(
      missing('the reasoning effort medium'),
    );
    await expect(turnAsked(effortOf('high', 100), { efforts: ['high'] })).rejects.toMatchObject(
      missing('a thinking budget'),
    );
  });

  test("gets a client's variables for its template where it takes them", async () => {
    const templateArguments = { custom: true };
    const open = { thinking: thinkingRequestOf({}, null), templateArguments };
    expect(await turnAsked(open, { templateArguments: true })).toMatchObject({ templateArguments });
    await expect(turnAsked(open, {})).rejects.toMatchObject({ code: 'TGL_CAPABILITY_MISSING' });
  });

  test('holds the reasoning of earlier turns, of which the server gets what its model wants', async () => {
    using server = await thinker();
    const { endpoint, asked } = server;
    await using outbound = createOutbound({ allowedOrigins: [endpoint] });
    await using engine = createRemoteEngine({
      ...{ model: 'far', remoteModel: 'deepseek-v4-pro', endpoints: [endpoint], server: 'deepseek' },
      ...{ contextLength: 4096, outbound, clock: systemClock },
    });
    const called = { role: 'assistant', content: '', reasoning: 'hm', toolCalls: [add] } as const;
    const messages = [...question.messages, called, { role: 'tool', content: '3' } as const];
    const turn = converse(engine, {
      ...question,
      thinking: thinkingRequestOf({ effort: 'max' }, null),
      messages,
      tools: [{ name: 'add' }],
    });
    for await (const _ of turn.parts) break;
    expect(asked[0]).toMatchObject({ reasoning_effort: 'max', thinking: { type: 'enabled' } });
    expect(asked[0]?.messages?.[1]).toMatchObject({ role: 'assistant', reasoning_content: 'hm' });
  });
});

const add = { name: 'add', arguments: '{}' } as const;
