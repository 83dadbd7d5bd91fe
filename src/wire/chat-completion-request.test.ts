import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatCompletionRequest } from './chat-completion-request.ts';
import { parseWith } from './request-problem.ts';

const minimal = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

function problemOf(body: unknown): { field: string; sentence: string } | undefined {
  return parseWith(chatCompletionRequest, body).problem;
}

describe('accepts what OpenAI clients send', () => {
  test.each([
    ['the least', {}],
    ['null for an absent setting', { temperature: null, stop: null, max_tokens: null, stream_options: null }],
    ['every setting', { temperature: 0, top_p: 1, seed: 0, stop: ['a', 'b'], max_tokens: 1, stream: true }],
    ['fields without effect', { n: 1, user: 'someone', metadata: { team: 'a' } }],
    ['usage in the stream', { stream: true, stream_options: { include_usage: true } }],
  ])('%s', (_, extra) => {
    expect(parseWith(chatCompletionRequest, { ...minimal, ...extra })).toHaveProperty('value');
  });

  test('text parts, and an assistant turn just as it was answered', () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', content: 'b', reasoning_content: 'c', reasoning: 'c', refusal: null },
      { role: 'user', content: 'd', name: 'e' },
    ];
    expect(parseWith(chatCompletionRequest, { ...minimal, messages })).toHaveProperty(
      'value.messages.length',
      4,
    );
  });
});

describe('refuses, naming field, value and range', () => {
  test.each([
    [{ temperature: 7 }, 'temperature', 'The field temperature is 7; expected a number from 0 to 2.'],
    [{ temperature: '0' }, 'temperature', 'The field temperature is "0"; expected a number from 0 to 2.'],
    [{ top_p: -0.1 }, 'top_p', 'The field top_p is -0.1; expected a number from 0 to 1.'],
    [{ max_tokens: 0 }, 'max_tokens', 'The field max_tokens is 0; expected an integer from 1 to 1000000.'],
    [
      { max_tokens: Number.POSITIVE_INFINITY },
      'max_tokens',
      'The field max_tokens is Infinity; expected an integer from 1 to 1000000.',
    ],
    [{ seed: 1.5 }, 'seed', 'The field seed is 1.5; expected an integer from 0 to 4294967295.'],
    [{ n: 17 }, 'n', 'The field n is 17; expected an integer from 1 to 16.'],
    [{ functions: [] }, 'functions', 'The field functions is not supported (received a list of 0).'],
    [
      { frequency_penalty: 3 },
      'frequency_penalty',
      'The field frequency_penalty is 3; expected a number from -2 to 2.',
    ],
    [
      { logit_bias: { a: 1 } },
      'logit_bias',
      'The field logit_bias is an object; expected an object of at most 1024 token ids with numbers from -100 to 100.',
    ],
    [
      { stream_options: { x: 1 } },
      'stream_options.x',
      'The field stream_options.x is not supported (received 1).',
    ],
    [{ model: undefined }, 'model', 'The field model is missing; expected the name of a model.'],
  ])('%j', (extra, field, sentence) => {
    expect(problemOf({ ...minimal, ...extra })).toEqual({ field, sentence });
  });

  test.each([
    [{ role: 'function', content: 'x' }, 'messages[0].role'],
    [{ role: 'tool', content: 'x' }, 'messages[0].tool_call_id'],
    [{ role: 'user', content: 'x', tool_calls: [] }, 'messages[0].tool_calls'],
    [{ role: 'user', content: 'x', reasoning: 'y' }, 'messages[0].reasoning'],
    [{ role: 'user', content: [{ type: 'image_url' }] }, 'messages[0].content[0]'],
    [{ role: 'user', content: [{ type: 'text', text: 1 }] }, 'messages[0].content[0].text'],
    [{ role: 'user', content: '\ud800' }, 'messages[0].content'],
    [{ role: 'user' }, 'messages[0].content'],
    ['hi', 'messages[0]'],
  ])('the message %j', (message, field) => {
    expect(problemOf({ ...minimal, messages: [message] })?.field).toBe(field);
  });

  test('keys that reach for the prototype', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const body = JSON.parse(`{"model":"m","messages":[{"role":"user","content":"a"}],"${key}":{"a":1}}`);
      expect(problemOf(body)?.field).toBe(key);
    }
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  test('a body of countless items, at the cost of one', () => {
    const started = process.cpuUsage();
    expect(problemOf({ ...minimal, messages: Array(300_000).fill({}) })?.field).toBe('messages');
    const content = Array(300_000).fill({});
    expect(problemOf({ ...minimal, messages: [{ role: 'user', content }] })?.field).toBe(
      'messages[0].content',
    );
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(200);
  });
});

test('any JSON value is accepted or refused with a sentence of bounded length', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue(), fc.string(), (body, value, key) => {
      for (const candidate of [body, { ...minimal, [key]: value }, { ...minimal, messages: [value] }]) {
        const { problem } = parseWith(chatCompletionRequest, candidate);
        if (problem !== undefined) expect(problem.sentence.length).toBeLessThan(500);
      }
    }),
    { numRuns: 500 },
  );
});
