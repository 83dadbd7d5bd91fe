// The frameworks people build on, called as their README shows: no limit, no sampling, nothing but the address and the key.
// What they send by themselves is accepted, and what they read is where they look for it.
import { createAnthropic } from '@ai-sdk/anthropic';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOllama } from '@langchain/ollama';
import { ChatOpenAI } from '@langchain/openai';
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  setTracingDisabled,
  tool,
} from '@openai/agents';
import { APICallError, generateText, jsonSchema, Output, streamText, type ToolSet } from 'ai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Engine, type GenerateRequest, samplingOptions } from '../engine/index.ts';
import { type ChatTemplate, tiegelTemplate } from '../formats/index.ts';
import { eventually, type RunningGateway, servedBy, startGateway, testKey, testModel } from './testing.ts';

setTracingDisabled(true);

const question = 'Use 3, 5 and 6 once each with + - * to make 21.';
const reply = ['3*5', '=15', '\n', '</think>', '\n', '3*5', '+6', ' = 21'];
const answer = '3*5+6 = 21';
const toolTemplate: ChatTemplate = { ...tiegelTemplate, toolCallFormat: 'hermes' };
const callReply = [
  'I ask.',
  '</think>',
  '<tool_call>\n{"name": "weather", "arguments": {"city": "Wien"}}\n</tool_call>',
];
const weatherSchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
};
const place = z.object({ city: z.string() });
const placeReply = ['hm', '</think>', '{"city": "Wien"}'];

type Asked = Pick<GenerateRequest, 'maxTokens' | 'sampling' | 'constraint'> & { readonly prompt: string };

type Recording = RunningGateway & { readonly asked: readonly Asked[] };

/** Gives the replies in their order, the last one again and again, and writes down what the engine was asked. */
async function replying(...replies: readonly (readonly string[])[]): Promise<Recording> {
  const asked: Asked[] = [];
  const server = await startGateway({
    reply: ({ maxTokens, sampling, constraint, prompt }) => {
      const text = prompt!.map((piece) => piece.text).join('');
      asked.push({ maxTokens, sampling, prompt: text, ...(constraint && { constraint }) });
      return replies[Math.min(asked.length, replies.length) - 1] as string[];
    },
    served: (engine: Engine) => ({ ...servedBy(engine), template: toolTemplate }),
    capabilities: { constraints: ['json-schema'], samplingOptions },
  });
  return { ...server, asked };
}

const endless = { reply: () => Array.from({ length: 500 }, () => 'hm '), tokensPerSecond: 50 };

const isFree = (server: RunningGateway) => (): boolean => server.engine.load().active === 0;

describe('ai with @ai-sdk/anthropic', () => {
  const modelOf = (server: RunningGateway): ReturnType<ReturnType<typeof createAnthropic>> =>
    createAnthropic({ baseURL: `${server.url}/v1`, apiKey: testKey })(testModel);

  test('a text with its reasoning, streaming and non-streaming, and its history sent back', async () => {
    await using server = await replying(reply);
    const model = modelOf(server);
    const whole = await generateText({ model, prompt: question });
    expect([whole.text, whole.reasoningText]).toEqual([answer, '3*5=15']);
    expect(whole.usage.outputTokens).toBe(8);
    const stream = streamText({ model, prompt: question });
    expect([await stream.text, await stream.reasoningText]).toEqual([answer, '3*5=15']);
    const history = [
      { role: 'user' as const, content: question },
      ...whole.response.messages,
      { role: 'user' as const, content: 'Again.' },
    ];
    expect((await generateText({ model, messages: history })).text).toBe(answer);
    expect(server.asked[2]?.prompt).toContain('Again.');
  });

  test('a tool, streaming and non-streaming, run to its end', async () => {
    const tools: ToolSet = {
      weather: { inputSchema: jsonSchema(weatherSchema), execute: async () => 'rain' },
    };
    await using server = await replying(callReply, reply);
    const stopWhen = ({ steps }: { readonly steps: readonly unknown[] }): boolean => steps.length === 2;
    const whole = await generateText({ model: modelOf(server), prompt: question, tools, stopWhen });
    expect(whole.text).toBe(answer);
    expect(whole.steps[0]?.toolCalls[0]).toMatchObject({ toolName: 'weather', input: { city: 'Wien' } });
    expect(server.asked[1]?.prompt).toContain('rain');
    await using again = await replying(callReply, reply);
    const stream = streamText({ model: modelOf(again), prompt: question, tools, stopWhen });
    expect(await stream.text).toBe(answer);
  });

  test('an object', async () => {
    const call = '{"name": "json", "arguments": {"city": "Wien"}}';
    await using server = await replying(['hm', '</think>', call]);
    const { output } = await generateText({
      model: modelOf(server),
      prompt: question,
      output: Output.object({ schema: place }),
    });
    expect(output).toEqual({ city: 'Wien' });
  });

  test('a refusal with its status and message', async () => {
    await using server = await replying(reply);
    const model = createAnthropic({ baseURL: `${server.url}/v1`, apiKey: testKey })('other');
    const error = await generateText({ model, prompt: question }).catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 404, message: expect.stringContaining('other') });
  });

  test('an abort frees the slot', async () => {
    await using server = await startGateway(endless);
    const abort = new AbortController();
    const { fullStream } = streamText({
      model: modelOf(server),
      prompt: question,
      abortSignal: abort.signal,
    });
    for await (const { type } of fullStream) if (type === 'reasoning-delta') abort.abort();
    await eventually(isFree(server));
  });
});

type LangChainModel = ChatAnthropic | ChatOllama | ChatOpenAI;

describe.each([
  [
    '@langchain/anthropic',
    (server: RunningGateway, model = testModel): LangChainModel =>
      new ChatAnthropic({ model, apiKey: testKey, anthropicApiUrl: server.url, maxRetries: 0 }),
  ],
  [
    '@langchain/ollama',
    (server: RunningGateway, model = testModel): LangChainModel => {
      const headers = new Headers({ authorization: `Bearer ${testKey}` });
      return new ChatOllama({ model, baseUrl: server.url, headers, maxRetries: 0 });
    },
  ],
  [
    '@langchain/openai',
    (server: RunningGateway, model = testModel): LangChainModel =>
      new ChatOpenAI({
        model,
        apiKey: testKey,
        maxRetries: 0,
        configuration: { baseURL: `${server.url}/v1` },
      }),
  ],
  [
    '@langchain/openai over responses',
    (server: RunningGateway, model = testModel): LangChainModel =>
      new ChatOpenAI({
        ...{ model, apiKey: testKey, maxRetries: 0, useResponsesApi: true },
        configuration: { baseURL: `${server.url}/v1` },
      }),
  ],
])('%s', (name, modelOf) => {
  test('a reply, streaming and non-streaming', async () => {
    await using server = await replying(reply);
    expect((await modelOf(server).invoke(question)).text).toBe(answer);
    let text = '';
    for await (const chunk of await modelOf(server).stream(question)) text += chunk.text;
    expect(text).toBe(answer);
  });

  test('a tool, streaming and non-streaming, and its result', async () => {
    await using server = await replying(callReply, callReply, reply);
    const weather = {
      type: 'function' as const,
      function: { name: 'weather', description: 'The weather.', parameters: weatherSchema },
    };
    const bound = modelOf(server).bindTools([weather]);
    const first = await bound.invoke(question);
    expect(first.tool_calls?.[0]).toMatchObject({ name: 'weather', args: { city: 'Wien' } });
    let streamed: Awaited<ReturnType<typeof bound.stream>> extends AsyncIterable<infer Chunk>
      ? Chunk | undefined
      : never;
    for await (const chunk of await bound.stream(question)) {
      streamed = streamed === undefined ? chunk : streamed.concat(chunk as never);
    }
    expect(streamed?.tool_calls?.[0]).toMatchObject({ name: 'weather', args: { city: 'Wien' } });
    const { ToolMessage, HumanMessage } = await import('@langchain/core/messages');
    const id = first.tool_calls?.[0]?.id ?? '';
    const result = new ToolMessage({ content: 'rain', tool_call_id: id, name: 'weather' });
    const last = await bound.invoke([new HumanMessage(question), first, result]);
    expect(last.text).toBe(answer);
    expect(server.asked[2]?.prompt).toContain('rain');
  });

  test('structured output', async () => {
    const call = ['hm', '</think>', '{"name": "extract", "arguments": {"city": "Wien"}}'];
    await using server = await replying(name === '@langchain/anthropic' ? call : placeReply);
    const structured = modelOf(server).withStructuredOutput(place);
    expect(await structured.invoke(question)).toEqual({ city: 'Wien' });
    expect(server.asked[0]?.constraint).toMatchObject({ type: 'json-schema' });
  });

  test('a refusal with its message', async () => {
    await using server = await replying(reply);
    await expect(modelOf(server, 'other').invoke(question)).rejects.toThrow(/other/);
  });

  test('an abort frees the slot', async () => {
    await using server = await startGateway(endless);
    const abort = new AbortController();
    const reading = (async () => {
      for await (const _ of await modelOf(server).stream(question, { signal: abort.signal })) abort.abort();
    })();
    await eventually(() => server.engine.load().active > 0);
    abort.abort();
    await reading.catch(() => {});
    await eventually(isFree(server));
  });
});

describe.each([
  ['responses', OpenAIResponsesModel],
  ['chat completions', OpenAIChatCompletionsModel],
] as const)('@openai/agents over %s', (_, Model) => {
  const weather = tool({
    name: 'weather',
    description: 'The weather.',
    parameters: z.object({ city: z.string() }),
    execute: async () => 'rain',
  });
  const agentOf = (server: RunningGateway, model = testModel) =>
    new Agent({
      name: 'Assistant',
      instructions: 'Be brief.',
      model: new Model(server.client as never, model),
      tools: [weather],
    });
  const runner = new Runner();

  test('calls a tool and answers', async () => {
    await using server = await replying(callReply, reply);
    const result = await runner.run(agentOf(server), question);
    expect(result.finalOutput).toBe(answer);
    expect(server.asked[1]?.prompt).toContain('rain');
  });

  test('the same, streamed', async () => {
    await using server = await replying(callReply, reply);
    const result = await runner.run(agentOf(server), question, { stream: true });
    let text = '';
    for await (const chunk of result.toTextStream()) text += chunk;
    await result.completed;
    expect(text).toBe(answer);
    expect(result.finalOutput).toBe(answer);
  });

  test('an output of a type', async () => {
    await using server = await replying(placeReply);
    const agent = new Agent({
      name: 'Assistant',
      model: new Model(server.client as never, testModel),
      outputType: place,
    });
    expect((await runner.run(agent, question)).finalOutput).toEqual({ city: 'Wien' });
    expect(server.asked[0]?.constraint).toMatchObject({ type: 'json-schema' });
  });

  test('a refusal with its status', async () => {
    await using server = await replying(reply);
    await expect(runner.run(agentOf(server, 'other'), question)).rejects.toMatchObject({ status: 404 });
  });

  test('an abort frees the slot', async () => {
    await using server = await startGateway(endless);
    const abort = new AbortController();
    const agent = new Agent({ name: 'Assistant', model: new Model(server.client as never, testModel) });
    const running = runner.run(agent, question, { stream: true, signal: abort.signal });
    await eventually(() => server.engine.load().active > 0);
    abort.abort();
    await running.then((result) => result.completed).catch(() => {});
    await eventually(isFree(server));
  });
});
