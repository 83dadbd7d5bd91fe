// The clients people use, called as their README shows, against the shipped model as `tiegel up` serves it: whatever they
// send by themselves, the answers are right.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOllama } from '@langchain/ollama';
import { ChatOpenAI } from '@langchain/openai';
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  setTracingDisabled,
} from '@openai/agents';
import { generateText, streamText } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyHome, type RunningServer, startServer } from './tiegel-process.ts';

setTracingDisabled(true);

let server: RunningServer;
let key = '';

beforeAll(async () => {
  server = await startServer(emptyHome());
  key = server.key ?? '';
}, 180_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

type Ask = (question: string) => Promise<string | null | undefined>;

const user = (content: string) => [{ role: 'user' as const, content }];
const openai = (): OpenAI => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key });
const anthropic = (): Anthropic => new Anthropic({ baseURL: server.url, apiKey: key });
const authorized = () => new Headers({ authorization: `Bearer ${key}` });
const ollama = (): Ollama => new Ollama({ host: server.url, headers: { authorization: `Bearer ${key}` } });
const aiOpenai = () =>
  createOpenAICompatible({ name: 'tiegel', baseURL: `${server.url}/v1`, apiKey: key })(server.model);
const aiAnthropic = () => createAnthropic({ baseURL: `${server.url}/v1`, apiKey: key })(server.model);
const langchain = {
  openai: (useResponsesApi: boolean) =>
    new ChatOpenAI({
      ...{ model: server.model, apiKey: key, useResponsesApi },
      configuration: { baseURL: `${server.url}/v1` },
    }),
  anthropic: () => new ChatAnthropic({ model: server.model, apiKey: key, anthropicApiUrl: server.url }),
  ollama: () => new ChatOllama({ model: server.model, baseUrl: server.url, headers: authorized() }),
};
const agent = async (
  Model: typeof OpenAIChatCompletionsModel | typeof OpenAIResponsesModel,
  question: string,
): Promise<string | undefined> => {
  const model = new Model(openai() as never, server.model);
  return (await new Runner().run(new Agent({ name: 'Assistant', model }), question)).finalOutput;
};

/** The text of a stream, gathered. */
async function joined<Chunk>(
  stream: AsyncIterable<Chunk>,
  textOf: (chunk: Chunk) => string,
): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += textOf(chunk);
  return text;
}

const clients: Readonly<Record<string, Ask>> = {
  'openai, chat': async (question) =>
    (await openai().chat.completions.create({ model: server.model, messages: user(question) })).choices[0]
      ?.message.content,
  'openai, chat streamed': async (question) =>
    joined(
      await openai().chat.completions.create({ model: server.model, messages: user(question), stream: true }),
      ({ choices }) => choices[0]?.delta.content ?? '',
    ),
  'openai, responses': async (question) =>
    (await openai().responses.create({ model: server.model, input: question })).output_text,
  'openai, responses streamed': async (question) =>
    (await openai().responses.stream({ model: server.model, input: question }).finalResponse()).output_text,
  '@anthropic-ai/sdk, with the limit of its README': async (question) => {
    const settings = { model: server.model, max_tokens: 1024, messages: user(question) };
    const { content } = await anthropic().messages.create(settings);
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  },
  '@anthropic-ai/sdk, streamed, with a limit beyond the context': async (question) =>
    anthropic()
      .messages.stream({ model: server.model, max_tokens: 64_000, messages: user(question) })
      .finalText(),
  'ollama, chat': async (question) =>
    (await ollama().chat({ model: server.model, messages: user(question) })).message.content,
  'ollama, generate streamed': async (question) =>
    joined(
      await ollama().generate({ model: `${server.model}:latest`, prompt: question, stream: true }),
      ({ response = '' }) => response,
    ),
  'ai with @ai-sdk/openai-compatible': async (prompt) =>
    (await generateText({ model: aiOpenai(), prompt })).text,
  'ai with @ai-sdk/openai-compatible, streamed': async (prompt) =>
    streamText({ model: aiOpenai(), prompt }).text,
  'ai with @ai-sdk/anthropic': async (prompt) => (await generateText({ model: aiAnthropic(), prompt })).text,
  'ai with @ai-sdk/anthropic, streamed': async (prompt) => streamText({ model: aiAnthropic(), prompt }).text,
  '@langchain/openai': async (question) => (await langchain.openai(false).invoke(question)).text,
  '@langchain/openai over responses': async (question) =>
    (await langchain.openai(true).invoke(question)).text,
  '@langchain/openai, streamed': async (question) =>
    joined(await langchain.openai(false).stream(question), ({ text }) => text),
  '@langchain/anthropic': async (question) => (await langchain.anthropic().invoke(question)).text,
  '@langchain/anthropic, streamed': async (question) =>
    joined(await langchain.anthropic().stream(question), ({ text }) => text),
  '@langchain/ollama': async (question) => (await langchain.ollama().invoke(question)).text,
  '@langchain/ollama, streamed': async (question) =>
    joined(await langchain.ollama().stream(question), ({ text }) => text),
  '@openai/agents over chat': (question) => agent(OpenAIChatCompletionsModel, question),
  '@openai/agents over responses': (question) => agent(OpenAIResponsesModel, question),
};

describe.each(Object.entries(clients))('%s', (_, ask) => {
  test.each([
    ['Use 3, 5 and 6 once each with + - * to make 21.', '3*5+6 = 21'],
    ['Was ist 47 * 36?', '1692'],
    ['What is 12 * 11?', '132'],
  ])('%s', async (question, answer) => {
    expect((await ask(question))?.trim()).toBe(answer);
  });
});

test('sampling that the embedded engine keeps draws from the likeliest token alone', async () => {
  const asked = { model: server.model, messages: user('What is 12 * 11?') };
  const drawn = await openai().chat.completions.create({
    ...asked,
    ...{ temperature: 2, top_k: 1, min_p: 0.05 },
  });
  expect(drawn.choices[0]?.message.content).toBe('132');
  const options = { temperature: 2, top_k: 1, repeat_penalty: 1, presence_penalty: 0, num_ctx: 4096 };
  const local = await ollama().chat({ ...asked, options });
  expect(local.message.content).toBe('132');
});

test('embeddings and older completions come as the clients read them', async () => {
  const { data } = await openai().embeddings.create({ model: server.model, input: ['a', 'b'] });
  expect(data.map(({ embedding }) => embedding.length)).toEqual([
    data[0]?.embedding.length,
    data[0]?.embedding.length,
  ]);
  const whole = await openai().completions.create({
    model: server.model,
    prompt: ['12 * 11', '2 + 3'],
    max_tokens: 4,
  });
  expect(whole.choices.map(({ index }) => index)).toEqual([0, 1]);
});
