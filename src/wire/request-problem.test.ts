import { describe, expect, test } from 'vitest';
import {
  chatCompletionRequest,
  messagesRequest,
  ollamaChatRequest,
  parseWith,
  responsesRequest,
} from './index.ts';

const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const user = (content: unknown) => ({ model: 'm', messages: [{ role: 'user', content }] });

describe('what is no text', () => {
  test.each([
    [
      'an image of OpenAI',
      parseWith(
        chatCompletionRequest,
        user([
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'data:' } },
        ]),
      ),
      'messages[0].content[1]',
      'Images',
    ],
    [
      'audio of OpenAI',
      parseWith(chatCompletionRequest, user([{ type: 'input_audio', input_audio: {} }])),
      'messages[0].content[0]',
      'Audio',
    ],
    [
      'an image of Anthropic',
      parseWith(messagesRequest, { ...user([{ type: 'image', source: {} }]), max_tokens: 1 }),
      'messages[0].content[0]',
      'Images',
    ],
    [
      'a document in the result of a tool',
      parseWith(messagesRequest, {
        ...user([{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'document' }] }]),
        max_tokens: 1,
      }),
      'messages[0].content[0].content[0]',
      'Documents',
    ],
    [
      'an image of the responses',
      parseWith(responsesRequest, {
        model: 'm',
        input: [{ role: 'user', content: [{ type: 'input_image' }] }],
      }),
      'input[0].content[0]',
      'Images',
    ],
    [
      'a file of the responses',
      parseWith(responsesRequest, {
        model: 'm',
        input: [{ type: 'function_call_output', call_id: 'a', output: [{ type: 'input_file' }] }],
      }),
      'input[0].output[0]',
      'Files',
    ],
    [
      'an image of Ollama',
      parseWith(ollamaChatRequest, {
        model: 'm',
        messages: [{ role: 'user', content: '', images: ['aaaa'] }],
      }),
      'messages[0].images',
      'Images',
    ],
  ])('%s is refused as what it is, where it stands', (_, { problem }, field, medium) => {
    const sentence = `${medium} are not supported by m, which reads text only (received in ${field}).`;
    expect(problem).toEqual({ field, sentence });
  });

  test('an empty list of images is none', () => {
    const messages = [{ role: 'user', content: 'hi', images: [] }];
    expect(parseWith(ollamaChatRequest, { model: 'm', messages })).toHaveProperty('value');
  });
});

test('a fault inside a branch of a union is named where it is', () => {
  const item = { type: 'function_call', call_id: 'a', name: 'b', arguments: 5 };
  expect(parseWith(responsesRequest, { model: 'm', input: [item] }).problem?.field).toBe(
    'input[0].arguments',
  );
  expect(
    parseWith(responsesRequest, { model: 'm', input: [{ type: 'item_reference', id: 'a' }] }).problem?.field,
  ).toBe('input[0]');
});

describe('fields that nobody knows', () => {
  const body = JSON.parse(
    '{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"hi","x":1}],"y":2}],"z":{"a":1},"__proto__":{"a":1}}',
  );

  test('are refused, the first by name', () => {
    expect(parseWith(chatCompletionRequest, body).problem?.field).toBe('messages[0].content[0].x');
    expect(parseWith(chatCompletionRequest, { ...chat, z: 1 }).problem?.field).toBe('z');
  });

  test('are left out and listed where that is wanted', () => {
    const parsed = parseWith(chatCompletionRequest, body, 'ignore');
    expect(parsed).toEqual({
      value: { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] },
      ignored: expect.arrayContaining(['messages[0].content[0].x', 'messages[0].y', 'z', '__proto__']),
    });
    expect(body.z).toEqual({ a: 1 });
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  test('leave other problems as they are', () => {
    const { problem } = parseWith(chatCompletionRequest, { ...body, temperature: 7 }, 'ignore');
    expect(problem?.field).toBe('temperature');
    expect(
      parseWith(chatCompletionRequest, { ...chat, functions: [], temperature: 7 }, 'ignore').problem?.field,
    ).toBe('temperature');
  });

  test('are left out in time that grows with their number', () => {
    const many = (count: number) => ({
      ...chat,
      ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, 1])),
    });
    const parsed = parseWith(chatCompletionRequest, many(50_000), 'ignore');
    expect(parsed.problem).toBeUndefined();
  });
});
