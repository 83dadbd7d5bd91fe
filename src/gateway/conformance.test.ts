// The running server against the clients people use, as they come from the registry: what they send is accepted, and what
// they read is where they look for it.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, streamText, type ToolSet } from 'ai';
import { Ollama } from 'ollama';
import type OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../engine/index.ts';
import type { ChatTemplate } from '../formats/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import {
  eventually,
  pretendAdmitted,
  type RunningGateway,
  servedBy,
  startGateway,
  testKey,
  testModel,
} from './testing.ts';

const question = 'Use 3, 5 and 6 once each with + - * to make 21.';
const messages = [{ role: 'user' as const, content: question }];
const reply = ['3*5', '=15', '\n', '</think>', '\n', '3*5', '+6', ' = 21'];
const [thought, answer] = ['3*5=15', '3*5+6 = 21'];

/** A family that knows tools, so that calls are found in what the script writes. */
const toolTemplate: ChatTemplate = { ...tiegelTemplate, toolCallFormat: 'hermes' };
const call = '<tool_call>\n{"name": "weather", "arguments": {"city": "Wien"}}\n</tool_call>';
const callReply = ['I ask.', '</think>', call];
const weatherSchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
};

function withTools(engine: Engine): ReturnType<typeof servedBy> {
  return { ...servedBy(engine, pretendAdmitted()), template: toolTemplate };
}

const json = { constraints: ['json-schema'] as const };

describe('openai', () => {
  test('a non-streaming response, with its reasoning as an item of its own', async () => {
    await using server = await startGateway({ reply: () => reply });
    const response = await server.client.responses.create({
      model: testModel,
      input: question,
      instructions: 'Be brief.',
      reasoning: { effort: 'low' },
    });
    expect(response.output_text).toBe(answer);
    expect(response.output[0]).toMatchObject({
      type: 'reasoning',
      content: [{ type: 'reasoning_text', text: thought }],
    });
    expect(response).toMatchObject({
      status: 'completed',
      usage: { output_tokens: 8, output_tokens_details: { reasoning_tokens: 4 } },
    });
  });

  test('a streamed response builds up the same items its last event holds', async () => {
    await using server = await startGateway({ reply: () => reply, tokensPerSecond: 500 });
    const stream = server.client.responses.stream({ model: testModel, input: messages });
    const kinds: string[] = [];
    let reasoning = '';
    for await (const event of stream) {
      kinds.push(event.type);
      if (event.type === 'response.reasoning_text.delta') reasoning += event.delta;
    }
    const final = await stream.finalResponse();
    expect(reasoning).toBe(thought);
    expect(final.output_text).toBe(answer);
    expect(kinds[0]).toBe('response.created');
    expect(kinds.at(-1)).toBe('response.completed');
    expect(kinds.filter((kind) => kind === 'response.output_item.done')).toHaveLength(2);
  });

  test('a response that calls a function, and one that is given its result', async () => {
    const prompts: string[] = [];
    await using server = await startGateway({
      reply: ({ prompt }) => {
        prompts.push(prompt!.map(({ text }) => text).join(''));
        return prompts.length === 1 ? callReply : reply;
      },
      served: withTools,
    });
    const tools = [{ type: 'function' as const, name: 'weather', parameters: weatherSchema, strict: true }];
    const first = await server.client.responses.create({ model: testModel, input: messages, tools });
    const called = first.output.find((item) => item.type === 'function_call');
    expect(called).toMatchObject({ name: 'weather', arguments: '{"city":"Wien"}' });
    const second = await server.client.responses.create({
      model: testModel,
      tools,
      input: [
        ...messages,
        ...(first.output as OpenAI.Responses.ResponseInputItem[]),
        { type: 'function_call_output', call_id: called?.call_id ?? '', output: 'rain' },
      ],
    });
    expect(second.output_text).toBe(answer);
    expect(prompts[1]).toContain('rain');
  });

  test('tools in a chat, streaming and non-streaming', async () => {
    await using server = await startGateway({ reply: () => callReply, served: withTools });
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: weatherSchema } }];
    const whole = await server.client.chat.completions.create({ model: testModel, messages, tools });
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Wien"}' } }],
      },
    });
    const runner = server.client.chat.completions.stream({ model: testModel, messages, tools });
    const streamed = await runner.finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"Wien"}' },
    });
  });

  test('structured output', async () => {
    const schemas: unknown[] = [];
    await using server = await startGateway({
      reply: ({ constraint }) => {
        schemas.push(constraint);
        return ['hm', '</think>', '{"city": "Wien"}'];
      },
      capabilities: json,
    });
    const completion = await server.client.chat.completions.parse({
      model: testModel,
      messages,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'place', schema: weatherSchema, strict: true },
      },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toEqual({ city: 'Wien' });
    expect(schemas).toEqual([{ type: 'json-schema', schema: weatherSchema, after: '</think>' }]);
  });

  test('a grammar, and the refusal of an engine that knows none', async () => {
    const grammar = 'root ::= "yes" | "no"';
    const wanted = { model: testModel, messages, response_format: { type: 'grammar', grammar } };
    const body = wanted as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const seen: unknown[] = [];
    await using server = await startGateway({
      reply: ({ constraint }) => {
        seen.push(constraint);
        return ['hm', '</think>', 'yes'];
      },
      capabilities: { constraints: ['grammar'] },
    });
    await server.client.chat.completions.create(body);
    expect(seen).toEqual([{ type: 'grammar', grammar, after: '</think>' }]);
    await using plain = await startGateway({ reply: () => reply });
    await expect(plain.client.chat.completions.create(body)).rejects.toMatchObject({
      status: 400,
      code: 'unsupported',
    });
  });

  test('several choices, each with the seed after the one before, streaming and non-streaming', async () => {
    const seeds: unknown[] = [];
    await using server = await startGateway({
      reply: ({ sampling }) => {
        seeds.push(sampling.seed);
        return ['</think>', `seed ${sampling.seed}`];
      },
    });
    const settings = { model: testModel, messages, n: 3, seed: 7 };
    const whole = await server.client.chat.completions.create(settings);
    expect(whole.choices.map(({ index, message }) => [index, message.content])).toEqual([
      [0, 'seed 7'],
      [1, 'seed 8'],
      [2, 'seed 9'],
    ]);
    expect(whole.usage?.completion_tokens).toBe(6);
    const texts = ['', '', ''];
    const stream = await server.client.chat.completions.create({ ...settings, stream: true });
    for await (const { choices } of stream) {
      for (const { index, delta } of choices) texts[index] += delta.content ?? '';
    }
    expect(texts).toEqual(['seed 7', 'seed 8', 'seed 9']);
  });

  test('log-probabilities of the answer, and what kind they are', async () => {
    await using server = await startGateway({ reply: () => reply });
    const settings = { model: testModel, messages, logprobs: true, top_logprobs: 2 };
    const whole = await server.client.chat.completions.create(settings);
    const tokens = whole.choices[0]?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join('')).toContain(answer);
    expect(tokens.at(-1)).toMatchObject({ logprob: 0, top_logprobs: [{ logprob: 0 }] });
    expect(whole).toMatchObject({ x_tiegel: { log_probabilities: 'post-sampling' } });
    const stream = await server.client.chat.completions.create({ ...settings, stream: true });
    let streamed = '';
    for await (const { choices } of stream) {
      for (const token of choices[0]?.logprobs?.content ?? []) streamed += token.token;
    }
    expect(streamed).toContain(answer);
  });

  test('reasoning can be left out, by the request and by the server', async () => {
    const exclude = { reasoning: { exclude: true } } as object;
    await using server = await startGateway({ reply: () => reply });
    const excluded = await server.client.chat.completions.create({ model: testModel, messages, ...exclude });
    expect(JSON.stringify(excluded)).not.toContain(thought);
    await using silent = await startGateway({ reply: () => reply }, { reasoningField: 'none' });
    const texts = await Promise.all([
      silent.client.chat.completions.create({ model: testModel, messages }),
      silent.client.responses.create({ model: testModel, input: question }),
    ]);
    expect(JSON.stringify(texts)).not.toContain(thought);
  });

  test('a text is continued without a template', async () => {
    const prompts: unknown[] = [];
    await using server = await startGateway({
      reply: ({ prompt }) => {
        prompts.push(prompt);
        return [' there', ' was'];
      },
    });
    const whole = await server.client.completions.create({ model: testModel, prompt: 'Once <think>' });
    expect(whole.choices[0]?.text).toBe('there was');
    expect(prompts).toEqual([[{ text: 'Once <think>', special: false }]]);
    const stream = await server.client.completions.create({ model: testModel, prompt: 'Once', stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.text;
    expect(text).toBe('there was');
  });

  test('an aborted stream frees the slot', async () => {
    const endless = Array.from({ length: 500 }, () => 'hm ');
    await using server = await startGateway({ reply: () => endless, tokensPerSecond: 50 });
    const stream = await server.client.responses.create({ model: testModel, input: question, stream: true });
    for await (const event of stream) if (event.type === 'response.reasoning_text.delta') break;
    await eventually(() => server.engine.load().active === 0);
  });
});

describe('@anthropic-ai/sdk', () => {
  const clientOf = (server: RunningGateway): Anthropic =>
    new Anthropic({ baseURL: server.url, apiKey: testKey, maxRetries: 0 });

  test('a non-streaming message, with a thinking block', async () => {
    await using server = await startGateway({ reply: () => reply });
    const message = await clientOf(server).messages.create({ model: testModel, max_tokens: 200, messages });
    expect(message.content).toEqual([
      { type: 'thinking', thinking: thought, signature: '' },
      { type: 'text', text: answer },
    ]);
    expect(message).toMatchObject({
      role: 'assistant',
      stop_reason: 'end_turn',
      usage: { output_tokens: 8 },
      _request_id: expect.stringMatching(/^req_/),
    });
  });

  test('a streamed message adds up to the same', async () => {
    await using server = await startGateway({
      reply: () => [...reply, ' END', ' more'],
      tokensPerSecond: 500,
    });
    const stream = clientOf(server).messages.stream({
      model: testModel,
      max_tokens: 200,
      system: 'Be brief.',
      stop_sequences: [' END'],
      messages,
    });
    const message = await stream.finalMessage();
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: thought },
      { type: 'text', text: answer },
    ]);
    expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' END' });
    expect(message.usage.output_tokens).toBeGreaterThan(7);
  });

  test('a tool is used and its result read, streaming and non-streaming', async () => {
    const prompts: string[] = [];
    await using server = await startGateway({
      reply: ({ prompt }) => {
        prompts.push(prompt!.map(({ text }) => text).join(''));
        return prompts.length === 1 ? callReply : reply;
      },
      served: withTools,
    });
    const client = clientOf(server);
    const settings = {
      model: testModel,
      max_tokens: 200,
      tools: [{ name: 'weather', input_schema: weatherSchema }],
    };
    const first = await client.messages.stream({ ...settings, messages }).finalMessage();
    const use = first.content.find((block) => block.type === 'tool_use');
    expect(use).toMatchObject({ name: 'weather', input: { city: 'Wien' } });
    expect(first.stop_reason).toBe('tool_use');
    const result = { type: 'tool_result' as const, tool_use_id: use?.id ?? '', content: 'rain' };
    const second = await client.messages.create({
      ...settings,
      messages: [
        ...messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [result] },
      ],
    });
    expect(second.content.at(-1)).toEqual({ type: 'text', text: answer });
    expect(prompts[1]).toContain('rain');
  });

  test('tokens are counted as the engine counts them, without generating', async () => {
    let generated = 0;
    await using server = await startGateway({
      reply: () => {
        generated++;
        return reply;
      },
    });
    const client = clientOf(server);
    const { input_tokens } = await client.messages.countTokens({ model: testModel, messages });
    const message = await client.messages.create({ model: testModel, max_tokens: 200, messages });
    expect(input_tokens).toBe(message.usage.input_tokens);
    expect(server.engine.load().active).toBe(0);
    expect(generated).toBeLessThanOrEqual(2);
  });

  test('refusals are its own kinds of errors', async () => {
    await using server = await startGateway({ reply: () => reply });
    const wrong = new Anthropic({ baseURL: server.url, apiKey: 'wrong', maxRetries: 0 });
    const ask = { model: testModel, max_tokens: 200, messages };
    await expect(wrong.messages.create(ask)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    const client = clientOf(server);
    await expect(client.messages.create({ ...ask, model: 'other' })).rejects.toMatchObject({
      status: 404,
      error: { error: { type: 'not_found_error' } },
    });
    await expect(client.messages.countTokens({ model: 'other', messages })).rejects.toMatchObject({
      error: { type: 'error' },
    });
  });

  test('a failure in the middle of a stream is an error, not an end', async () => {
    await using server = await startGateway({
      reply: () => reply,
      failure: () => ({ type: 'crash', afterTokens: 2 }),
    });
    const stream = clientOf(server).messages.stream({ model: testModel, max_tokens: 200, messages });
    await expect(stream.finalMessage()).rejects.toThrow();
  });
});

describe('ollama', () => {
  const clientOf = (server: RunningGateway): Ollama =>
    new Ollama({ host: server.url, headers: { authorization: `Bearer ${testKey}` } });

  test('chat, streaming and non-streaming', async () => {
    await using server = await startGateway({ reply: () => reply });
    const client = clientOf(server);
    const whole = await client.chat({ model: testModel, messages, think: true });
    expect(whole).toMatchObject({
      message: { role: 'assistant', content: answer, thinking: thought },
      done: true,
      done_reason: 'stop',
      eval_count: 8,
    });
    let [content, thinking] = ['', ''];
    for await (const part of await client.chat({ model: testModel, messages, stream: true })) {
      content += part.message.content;
      thinking += part.message.thinking ?? '';
    }
    expect([thinking, content]).toEqual([thought, answer]);
  });

  test('generate, streaming and non-streaming, with options', async () => {
    const seen: unknown[] = [];
    await using server = await startGateway({
      reply: ({ sampling, maxTokens }) => {
        seen.push({ ...sampling, maxTokens });
        return reply;
      },
    });
    const client = clientOf(server);
    const options = { temperature: 0, top_p: 0.5, seed: 7, num_predict: 50 };
    const whole = await client.generate({ model: testModel, prompt: question, options });
    expect(whole).toMatchObject({ response: answer, thinking: thought });
    let text = '';
    for await (const part of await client.generate({ model: testModel, prompt: question, stream: true })) {
      text += part.response;
    }
    expect(text).toBe(answer);
    expect(seen[0]).toEqual({ temperature: 0, topP: 0.5, seed: 7, maxTokens: 50 });
  });

  test('tools', async () => {
    await using server = await startGateway({ reply: () => callReply, served: withTools });
    const tools = [
      { type: 'function', function: { name: 'weather', description: '', parameters: weatherSchema } },
    ];
    const { message } = await clientOf(server).chat({ model: testModel, messages, tools });
    expect(message.tool_calls?.[0]?.function).toEqual({ name: 'weather', arguments: { city: 'Wien' } });
  });

  test('lists and shows models', async () => {
    await using server = await startGateway({});
    const client = clientOf(server);
    expect((await client.list()).models.map(({ name }) => name)).toEqual([testModel]);
    expect((await client.show({ model: testModel })).capabilities).toContain('thinking');
  });

  test('a failure in the middle of a stream is an error, not an end', async () => {
    await using server = await startGateway({
      reply: () => reply,
      failure: () => ({ type: 'crash', afterTokens: 2 }),
    });
    const stream = await clientOf(server).chat({ model: testModel, messages, stream: true });
    await expect(Array.fromAsync(stream)).rejects.toThrow();
  });
});

describe('ai with @ai-sdk/openai-compatible', () => {
  const modelOf = (server: RunningGateway): ReturnType<ReturnType<typeof createOpenAICompatible>> =>
    createOpenAICompatible({ name: 'tiegel', baseURL: `${server.url}/v1`, apiKey: testKey })(testModel);

  test('a text with its reasoning, and its history sent back', async () => {
    const prompts: string[] = [];
    await using server = await startGateway({
      reply: ({ prompt }) => {
        prompts.push(prompt!.map(({ text }) => text).join(''));
        return reply;
      },
    });
    const model = modelOf(server);
    const first = await generateText({ model, prompt: question, maxRetries: 0 });
    expect(first.text).toBe(answer);
    expect(first.reasoningText).toBe(thought);
    expect(first.usage.outputTokenDetails.reasoningTokens).toBe(4);
    const history = [...messages, ...first.response.messages, { role: 'user' as const, content: 'Again.' }];
    await generateText({ model, messages: history, maxRetries: 0 });
    expect(prompts[1]).not.toContain(thought);
  });

  test('a stream', async () => {
    await using server = await startGateway({ reply: () => reply, tokensPerSecond: 500 });
    const stream = streamText({ model: modelOf(server), prompt: question, maxRetries: 0 });
    expect(await stream.text).toBe(answer);
    expect(await stream.reasoningText).toBe(thought);
  });

  test('a tool', async () => {
    await using server = await startGateway({ reply: () => callReply, served: withTools });
    const tools: ToolSet = { weather: { inputSchema: jsonSchema(weatherSchema) } };
    const { toolCalls } = await generateText({
      model: modelOf(server),
      prompt: question,
      tools,
      maxRetries: 0,
    });
    expect(toolCalls[0]).toMatchObject({ toolName: 'weather', input: { city: 'Wien' } });
  });
});

describe('@langchain/openai', () => {
  const modelOf = (server: RunningGateway): ChatOpenAI =>
    new ChatOpenAI({
      model: testModel,
      apiKey: testKey,
      maxRetries: 0,
      configuration: { baseURL: `${server.url}/v1` },
    });

  test('a reply, streaming and non-streaming', async () => {
    await using server = await startGateway({ reply: () => reply });
    const model = modelOf(server);
    expect((await model.invoke(question)).content).toBe(answer);
    let text = '';
    for await (const chunk of await model.stream(question)) text += chunk.content;
    expect(text).toBe(answer);
  });

  test('a tool', async () => {
    await using server = await startGateway({ reply: () => callReply, served: withTools });
    const bound = modelOf(server).bindTools([
      { type: 'function', function: { name: 'weather', parameters: weatherSchema } },
    ]);
    expect((await bound.invoke(question)).tool_calls?.[0]).toMatchObject({
      name: 'weather',
      args: { city: 'Wien' },
    });
  });
});
