// One event of a server by itself: what stands in a place that means something is read or refused with its shape.
import { describe, expect, test } from 'vitest';
import { isFault, readChunk } from './completion-chunk.ts';

const read = (document: unknown) => readChunk(JSON.stringify(document));
const said = (members: object) => read({ choices: [{ index: 0, ...members }] });
const saidIn = (delta: unknown) => said({ delta });

describe('where the text stands', () => {
  test.each([
    ['a string', { content: 'a' }, 'a', ''],
    ['parts', { content: [{ type: 'text', text: 'a' }, 'b', { type: 'output_text', text: 'c' }] }, 'abc', ''],
    ['a refusal', { refusal: 'no' }, 'no', ''],
    ['a refusal beside an answer', { content: 'a', refusal: 'no' }, 'a', ''],
    ['a refusal as a part', { content: [{ type: 'refusal', refusal: 'no' }] }, 'no', ''],
    ['nothing', { content: null }, '', ''],
    ['reasoning_content', { reasoning_content: 'r' }, '', 'r'],
    ['reasoning', { reasoning: 'r', content: 'a' }, 'a', 'r'],
    ['thinking', { thinking: 'r' }, '', 'r'],
    ['two names', { reasoning_content: 'r', reasoning: 'r' }, '', 'r'],
    ['details', { reasoning_details: [{ text: 'r' }, { summary: 's' }, { data: 'x' }] }, '', 'rs'],
    [
      'a part of thinking',
      {
        content: [
          { type: 'thinking', thinking: 'r' },
          { type: 'text', text: 'a' },
        ],
      },
      'a',
      'r',
    ],
    ['thinking in parts', { content: [{ type: 'thinking', thinking: [{ text: 'r' }, 's'] }] }, '', 'rs'],
    ['a part of reasoning', { content: [{ type: 'reasoning', reasoning: 'r' }] }, '', 'r'],
    ['a part of reasoning as text', { content: [{ type: 'reasoning', text: 'r' }] }, '', 'r'],
    [
      'a reference',
      {
        content: [
          { type: 'reference', ids: [1] },
          { type: 'text', text: 'a' },
        ],
      },
      'a',
      '',
    ],
    ['a field before a part', { reasoning: 'r', content: [{ type: 'thinking', thinking: 's' }] }, '', 'r'],
  ])('%s', (_, delta, content, reasoning) => {
    expect(saidIn(delta)).toMatchObject({ content, reasoning });
  });

  test('in a message, in `text` of completions, and nowhere where nothing was said', () => {
    expect(said({ message: { content: 'a' } })).toMatchObject({ content: 'a' });
    expect(said({ delta: null, message: { content: 'a' } })).toMatchObject({ content: 'a' });
    expect(said({ text: 'a' })).toMatchObject({ content: 'a' });
    expect(said({ delta: { content: 'a' }, text: 'b' })).toMatchObject({ content: 'a' });
    expect(said({})).toMatchObject({ content: '', reasoning: '', calls: [] });
  });

  test('in the choice that was asked for', () => {
    const choices = [
      { index: 1, delta: { content: 'b' } },
      { index: 0, delta: { content: 'a' } },
    ];
    expect(read({ choices })).toMatchObject({ content: 'a' });
    expect(read({ choices: choices.slice(0, 1) })).toMatchObject({ content: 'b' });
  });

  test.each([
    ['no choices', { choices: [] }],
    ['a choice that is none', { choices: [null] }],
    ['usage alone', { usage: { prompt_tokens: 1, completion_tokens: 1 } }],
    ['usage and null for choices', { choices: null, usage: {} }],
    ['a ping', { type: 'ping' }],
    ['nothing at all', {}],
  ])('%s says nothing', (_, document) => {
    const chunk = read(document);
    expect(isFault(chunk)).toBe(false);
    expect(chunk).toMatchObject({ content: '', reasoning: '', calls: [], finish: undefined });
  });

  test.each([
    ['a list', [], 'the event: []'],
    ['a number', 7, 'the event: number'],
    ['another document', { foo: 1 }, 'the event: {foo: number}'],
    ['choices that are no list', { choices: {}, usage: {} }, 'the event: {choices: {}, usage: {}}'],
    ['a choice that is a text', { choices: ['a'] }, 'the event: {choices: [string]}'],
    ['usage that is no object', { usage: 3 }, 'the event: {usage: number}'],
    ['a delta that is a text', { choices: [{ delta: 'a' }] }, 'delta: string'],
    ['a text that is a number', { choices: [{ text: 3 }] }, 'text: number'],
    ['content that is a number', { choices: [{ delta: { content: 3 } }] }, 'content: number'],
    ['a part that is a number', { choices: [{ delta: { content: [3] } }] }, 'content: [number]'],
    [
      'a part of another type',
      { choices: [{ delta: { content: [{ type: 'x' }] } }] },
      'content: [{type: string}]',
    ],
    [
      'details that are no list',
      { choices: [{ delta: { reasoning_details: 'r' } }] },
      'reasoning_details: string',
    ],
    [
      'a detail that is a text',
      { choices: [{ delta: { reasoning_details: ['r'] } }] },
      'reasoning_details: [string]',
    ],
    ['reasoning that is a list', { choices: [{ delta: { reasoning: ['r'] } }] }, 'reasoning: [string]'],
    ['a refusal that is a flag', { choices: [{ delta: { refusal: true } }] }, 'refusal: boolean'],
    ['an end that is a number', { choices: [{ finish_reason: 1 }] }, 'finish_reason: number'],
    ['an end in a new word', { choices: [{ finish_reason: 'tired' }] }, 'finish_reason tired: string'],
    [
      'an end by the name of a prototype',
      { choices: [{ finish_reason: 'constructor' }] },
      'finish_reason constructor: string',
    ],
  ])('%s is refused with its shape', (_, document, shape) => {
    expect(read(document)).toEqual({ type: 'unreadable', shape });
  });

  test('what is no JSON is garbage, and an error is an error', () => {
    expect(readChunk('{')).toMatchObject({ type: 'garbage' });
    expect(read({ error: { message: 'no' } })).toMatchObject({ type: 'error' });
  });

  test('a long word of an end is cut', () => {
    expect(said({ finish_reason: 'x'.repeat(99) })).toEqual({
      ...{ type: 'unreadable', shape: `finish_reason ${'x'.repeat(32)} …: string` },
    });
  });
});

describe('why it ended', () => {
  test.each([
    [null, undefined],
    ['', undefined],
    ['stop', 'stop'],
    ['STOP', 'stop'],
    ['eos_token', 'stop'],
    ['tool_calls', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['content_filter', 'content-filter'],
    ['abort', 'given-up'],
    ['insufficient_system_resource', 'failed'],
  ])('%j is %s', (finish_reason, finish) => {
    expect(said({ finish_reason })).toMatchObject({ finish });
  });
});

describe('calls', () => {
  const call = { name: 'add', arguments: '{"a":1}' };
  const piece = { index: undefined, id: '', ...call };

  test.each([
    [
      'in a function',
      { tool_calls: [{ index: 2, id: 'x', function: call }] },
      { ...piece, index: 2, id: 'x' },
    ],
    ['bare', { tool_calls: [call] }, piece],
    ['without a list', { tool_calls: { function: call } }, piece],
    ['with arguments as an object', { tool_calls: [{ function: { ...call, arguments: { a: 1 } } }] }, piece],
    ['without arguments', { tool_calls: [{ function: { name: 'add' } }] }, { ...piece, arguments: '' }],
    [
      'with null for arguments',
      { tool_calls: [{ function: { name: 'add', arguments: null } }] },
      { ...piece, arguments: '' },
    ],
    [
      'without a name',
      { tool_calls: [{ function: { arguments: '1}' } }] },
      { ...piece, name: '', arguments: '1}' },
    ],
    ['with an id that is a number', { tool_calls: [{ id: 3, function: call }] }, piece],
    ['with a negative number', { tool_calls: [{ index: -1, function: call }] }, piece],
    ['as OpenAI wrote the only one', { function_call: call }, { ...piece, index: 0 }],
    ['as that one, beside an empty list', { tool_calls: [], function_call: call }, { ...piece, index: 0 }],
    [
      'as that one, beside null',
      { tool_calls: null, function_call: { ...call, arguments: { a: 1 } } },
      { ...piece, index: 0 },
    ],
  ])('%s', (_, delta, expected) => {
    expect(saidIn(delta)).toMatchObject({ calls: [expected] });
  });

  test.each([
    ['text', { tool_calls: 'add' }, 'tool_calls: string'],
    ['a list of texts', { tool_calls: ['add'] }, 'tool_calls: string'],
    ['neither name nor arguments', { tool_calls: [{ id: 'x' }] }, 'tool_calls: {id: string}'],
    ['a function that is a text', { tool_calls: [{ function: 'add' }] }, 'tool_calls: {function: string}'],
    ['a name that is a number', { tool_calls: [{ name: 3 }] }, 'tool_calls: number'],
    [
      'arguments that are a list',
      { tool_calls: [{ name: 'a', arguments: [1] }] },
      'tool_calls: {name: string, arguments: [number]}',
    ],
    ['the old form as a text', { function_call: 'add' }, 'function_call: string'],
    ['the old form with a number for a name', { function_call: { name: 3 } }, 'function_call: number'],
  ])('%s is refused with its shape', (_, delta, shape) => {
    expect(saidIn(delta)).toEqual({ type: 'unreadable', shape });
  });

  test('arguments that are nested too deep to be written are refused', () => {
    const depth = 100_000;
    const nested = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const chunk = readChunk(`{"choices":[{"delta":{"tool_calls":[{"name":"f","arguments":${nested}}]}}]}`);
    // Either the parser or the writer gives up first.
    expect(isFault(chunk) ? chunk.type : chunk.calls.length).toBeOneOf(['unreadable', 'garbage', 1]);
  });
});

test('likelihoods are those of whole entries; the rest is left out', () => {
  const content = [
    {
      token: 'a',
      logprob: -0.5,
      top_logprobs: [{ token: 'b', logprob: -1 }, { token: 3, logprob: -1 }, null],
    },
    { token: 'c', logprob: -0.25, top_logprobs: null },
    { token: 'd', logprob: '0' },
    { logprob: -1 },
    null,
  ];
  expect(said({ logprobs: { content } })).toMatchObject({
    likelihoods: [
      { text: 'a', logProbability: -0.5, alternatives: [{ text: 'b', logProbability: -1 }] },
      { text: 'c', logProbability: -0.25, alternatives: [] },
    ],
  });
  for (const logprobs of [null, {}, { content: 'a' }, 3])
    expect(said({ logprobs })).toMatchObject({ likelihoods: [] });
});
