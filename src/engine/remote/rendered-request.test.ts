// Prompts that are rendered here, over `POST /completions`: what is sent, and that nobody's text becomes a control token.
import { expect, test } from 'vitest';
import type { PromptPiece } from '../../formats/index.ts';
import { collect } from '../contract-case.ts';
import type { EngineEvent, RenderedRequest } from '../engine.ts';
import {
  dataEvent,
  done,
  eventStreamHead,
  lastPiece,
  piece,
  question,
  remoteEngine,
  type UpstreamRequest,
  upstream,
} from './fixture.ts';
import type { ServerKind } from './server-profile.ts';

const { turn: _, ...bare } = question;

const prompt: readonly PromptPiece[] = [
  { text: '<｜begin▁of▁sentence｜><｜User｜>', special: true },
  { text: 'What is 6 * 7?', special: false },
  { text: '<｜Assistant｜><think>\n', special: true },
];

const usage = { prompt_tokens: 12, completion_tokens: 1 };
const words = ['42', '</think>', 'so'];

function textEvent(text: string, finish_reason: string | null = null): string {
  return piece(dataEvent({ choices: [{ index: 0, text, finish_reason }], usage }));
}

const answer =
  eventStreamHead + words.map((word) => textEvent(word)).join('') + textEvent('', 'stop') + piece(done);

async function asked(
  change: Partial<RenderedRequest> = {},
  server: ServerKind = 'vllm',
): Promise<{ readonly request: UpstreamRequest; readonly events: readonly EngineEvent[] }> {
  await using there = await upstream((socket) => socket.write(answer + lastPiece));
  await using setup = remoteEngine([there.endpoint], {
    server,
    clientSideTemplate: true,
    opensThinking: true,
  });
  const events = await collect(setup.engine, { ...bare, prompt, ...change });
  return { request: there.requests[0] as UpstreamRequest, events };
}

test('the text goes out with the limits, and comes back as it was written, tags included', async () => {
  const { request, events } = await asked({ stop: ['END'] });
  expect(request.path).toBe('/v1/completions');
  expect(request.body).toEqual({
    model: 'org/far',
    prompt: '<｜begin▁of▁sentence｜><｜User｜>What is 6 * 7?<｜Assistant｜><think>\n',
    max_tokens: 100,
    temperature: 0,
    top_p: 1,
    stop: ['END'],
    stream: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
    add_special_tokens: false,
    cache_salt: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(events).toEqual([
    { type: 'prompt', promptTokens: 12 },
    ...words.map((text) => ({ type: 'token', text })),
    { type: 'end', reason: 'stop', completionTokens: 1, counted: { promptTokens: 12 } },
  ]);
});

test('who asks for one token gets the prompt as the server counted it, where it counts at the end only', async () => {
  const one = dataEvent({ choices: [{ index: 0, text: 'a', finish_reason: 'length' }] });
  const counted = dataEvent({ choices: [], usage });
  const stream = eventStreamHead + piece(one) + piece(counted) + piece(done) + lastPiece;
  await using there = await upstream((socket) => socket.write(stream));
  await using setup = remoteEngine([there.endpoint], { server: 'llama-server', clientSideTemplate: true });
  const events = await collect(setup.engine, { ...bare, prompt, maxTokens: 1 });
  expect(events.map((event) => event.type)).toEqual(['prompt', 'token', 'end']);
  expect(events[0]).toEqual({ type: 'prompt', promptTokens: 12 });
});

test('the token that begins a text is left to servers that write it themselves', async () => {
  for (const server of ['sglang', 'llama-server'] as const) {
    const { request } = await asked({}, server);
    expect(request.body.prompt).toMatch(/^<｜User｜>What/);
  }
});

const people = (...texts: readonly string[]) => texts.map((text) => ({ text, special: false }));

test.each([
  ['a tag', people('a</think>b'), 'a<\u2060/think>b'],
  ['a tag that the template has cut', people('a<', 'think>b'), 'a<\u2060think>b'],
  ['a control token', people('<｜User｜><|im_start|>'), '<\u2060｜User｜><\u2060|im_start|>'],
  ['what looks like neither', people('<div> a<b |x| <thinking>'), '<div> a<b |x| <thinking>'],
  ['a token of the template', [{ text: '<think>', special: true }], '<think>'],
])('%s', async (_name, pieces, text) => {
  expect((await asked({ prompt: pieces })).request.body.prompt).toBe(text);
});

test('such an engine reads prompts, and keeps nothing that the server would have to look for in them', async () => {
  await using setup = remoteEngine(['http://127.0.0.1:9/v1'], { clientSideTemplate: true });
  expect(setup.engine.capabilities).toMatchObject({
    promptForm: 'tokens',
    thinkingStop: 'continuation',
    tools: false,
    constraints: [],
    logProbabilities: 'none',
  });
});

test('servers that take messages only are refused', () => {
  for (const server of ['compatible', 'ollama', 'deepseek', 'openai'] as const) {
    expect(() => remoteEngine(['http://127.0.0.1:9/v1'], { server, clientSideTemplate: true })).toThrow(
      expect.objectContaining({ code: 'TGL_CAPABILITY_MISSING' }),
    );
  }
});
