// What each dialect's conversations are to a model: the same messages, whatever words they came in.
import { expect, test } from 'vitest';
import { anthropicMessages } from './anthropic/dialect.ts';
import type { Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';
import { openaiResponses } from './openai-responses/dialect.ts';

function messagesOf(dialect: Dialect, body: object): unknown {
  const parsed = dialect.read({ model: 'm', ...body }, 'refuse');
  if (parsed.problem !== undefined) throw new TypeError(parsed.problem.sentence);
  return parsed.value.turn.input;
}

const calls = [
  { name: 'f', arguments: '{"a":1}' },
  { name: 'g', arguments: '{}' },
];
const conversation = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'hi' },
  { role: 'assistant', content: 'Let me see.', reasoning: 'hm', toolCalls: calls },
  { role: 'tool', content: 'of f' },
  { role: 'tool', content: 'of g' },
  { role: 'user', content: 'and?' },
];

test('calls and their results are the same in every dialect, in the order of the calls', () => {
  const functions = calls.map((call, index) => ({ id: `c${index}`, type: 'function', function: call }));
  const chat = [
    { role: 'developer', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'h' },
        { type: 'text', text: 'i' },
      ],
    },
    { role: 'assistant', content: 'Let me see.', reasoning_content: 'hm', tool_calls: functions },
    { role: 'tool', tool_call_id: 'c1', content: 'of g' },
    { role: 'tool', tool_call_id: 'c0', content: 'of f' },
    { role: 'user', content: 'and?' },
  ];
  expect(messagesOf(openaiChat, { messages: chat })).toEqual({ messages: conversation });
  const uses = calls.map((call, index) => {
    return { type: 'tool_use', id: `c${index}`, name: call.name, input: JSON.parse(call.arguments) };
  });
  const results = ['g', 'f'].map((name, index) => {
    return { type: 'tool_result', tool_use_id: `c${1 - index}`, content: `of ${name}` };
  });
  const thought = { type: 'thinking', thinking: 'hm', signature: '' };
  const anthropic = [
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content: [thought, { type: 'text', text: 'Let me see.' }, ...uses] },
    { role: 'user', content: [...results, { type: 'text', text: 'and?' }] },
  ];
  const system = 'Be kind.';
  expect(messagesOf(anthropicMessages, { system, messages: anthropic, max_tokens: 9 })).toEqual({
    messages: conversation,
  });
  const input = [
    { type: 'message', role: 'user', content: 'hi' },
    { type: 'reasoning', id: 'r', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
    ...calls.map((call, index) => ({ type: 'function_call', call_id: `c${index}`, ...call })),
    { type: 'function_call_output', call_id: 'c1', output: 'of g' },
    { type: 'function_call_output', call_id: 'c0', output: 'of f' },
    { type: 'message', role: 'user', content: 'and?' },
  ];
  expect(messagesOf(openaiResponses, { instructions: 'Be kind.', input })).toEqual({
    messages: conversation,
  });
});

test('results without a text are no further message of the user, and a turn without calls has none', () => {
  const [first, ...rest] = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c' }] },
  ];
  const call = { role: 'assistant', content: '', toolCalls: [{ name: 'f', arguments: '{}' }] };
  expect(messagesOf(anthropicMessages, { messages: [first, ...rest], max_tokens: 9 })).toEqual({
    messages: [first, call, { role: 'tool', content: '' }],
  });
  const plain = [first, { role: 'assistant', content: 'yes' }, { role: 'user', content: '' }];
  for (const [dialect, body] of [
    [anthropicMessages, { messages: plain, max_tokens: 9 }],
    [openaiChat, { messages: plain }],
    [openaiResponses, { input: plain.map((message) => ({ type: 'message', ...message })) }],
  ] as const)
    expect(messagesOf(dialect, body)).toEqual({ messages: plain });
});

test('a result of no call is refused, in every dialect', () => {
  const first = { role: 'user', content: 'hi' };
  for (const [dialect, body] of [
    [openaiChat, { messages: [first, { role: 'tool', tool_call_id: 'c', content: '' }] }],
    [
      anthropicMessages,
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c' }] }], max_tokens: 9 },
    ],
    [openaiResponses, { input: [{ type: 'function_call_output', call_id: 'c', output: '' }] }],
  ] as const)
    expect(() => messagesOf(dialect, body)).toThrow('follows no call of that id');
});
