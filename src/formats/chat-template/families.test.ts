import { describe, expect, test } from 'vitest';
import type { ChatMessage, PromptPiece } from '../prompt.ts';
import { startsInReasoning } from './chat-template.ts';
import { deepseekR1Template } from './deepseek-r1.ts';
import { deepseekR1MayTemplate } from './deepseek-r1-0528.ts';
import { deepseekR1ToolTemplate } from './deepseek-r1-tools.ts';
import { fromPeopleWithoutTags } from './pieces.ts';
import { pythonJson, rewriteJson } from './python-json.ts';
import { qwen25Template, qwqTemplate } from './qwen.ts';

import { qwen3Template } from './qwen3.ts';

const r1 = deepseekR1Template({ opensThinking: true, calls: 'first' });
const qwq = qwqTemplate({ keepsLastThinking: true });
const families = { r1, r1WithTools: deepseekR1ToolTemplate, qwq };
const textOf = (pieces: readonly PromptPiece[]): string => pieces.map(({ text }) => text).join('');
const question: readonly ChatMessage[] = [{ role: 'user', content: 'Hi' }];

describe('thinking', () => {
  test.each(Object.entries(families))('of %s is open or closed at the end of the prompt', (_, family) => {
    expect(startsInReasoning(family.render(question, { thinking: 'open' }))).toBe(true);
    expect(startsInReasoning(family.render(question, { thinking: 'closed' }))).toBe(false);
    expect(textOf(family.render(question, { thinking: 'open' }))).toMatch(/<think>\n$/);
    expect(textOf(family.render(question, { thinking: 'closed' }))).toMatch(/<think>\n<\/think>$/);
  });

  test('is not begun after the result of a tool in the published R1 template', () => {
    const messages: readonly ChatMessage[] = [
      ...question,
      { role: 'assistant', content: '', toolCalls: [{ name: 'clock', arguments: '{}' }] },
      { role: 'tool', content: 'noon' },
    ];
    expect(textOf(r1.render(messages, { thinking: 'open' }))).toMatch(/<｜tool▁outputs▁end｜>$/);
  });

  test.each([
    ['the first R1', deepseekR1Template({ opensThinking: false, calls: 'first' })],
    ['R1 of May 2025', deepseekR1MayTemplate],
  ] as const)('is left to the model by %s, and can be closed all the same', (_, family) => {
    expect(textOf(family.render(question, { thinking: 'open' }))).toMatch(/Hi<｜Assistant｜>$/);
    expect(textOf(family.render(question, { thinking: 'closed' }))).toMatch(
      /Hi<｜Assistant｜><think>\n<\/think>$/,
    );
  });

  test('is not known to Qwen2.5', () => {
    const open = qwen25Template.render(question, { thinking: 'open' });
    expect(open).toEqual(qwen25Template.render(question, { thinking: 'closed' }));
    expect(startsInReasoning(open)).toBe(false);
  });
});

test('R1 of May 2025 begins a group of calls in every turn', () => {
  const clock = { name: 'clock', arguments: '{}' };
  const messages: readonly ChatMessage[] = [
    { role: 'system', content: 'A' },
    { role: 'system', content: 'B' },
    ...question,
    { role: 'assistant', content: '<think>x</think>So', toolCalls: [clock, clock] },
    { role: 'tool', content: '1' },
    { role: 'tool', content: '2' },
    { role: 'assistant', content: '', toolCalls: [clock] },
    { role: 'tool', content: '3' },
  ];
  const call = '<｜tool▁call▁begin｜>function<｜tool▁sep｜>clock\n```json\n{}\n```<｜tool▁call▁end｜>';
  const output = (text: string): string => `<｜tool▁output▁begin｜>${text}<｜tool▁output▁end｜>`;
  expect(textOf(deepseekR1MayTemplate.render(messages, { thinking: 'open' }))).toBe(
    '<｜begin▁of▁sentence｜>A\n\nB<｜User｜>Hi<｜Assistant｜>So' +
      `<｜tool▁calls▁begin｜>${call}\n${call}<｜tool▁calls▁end｜><｜end▁of▁sentence｜>` +
      `<｜tool▁outputs▁begin｜>${output('1')}\n${output('2')}<｜tool▁outputs▁end｜>` +
      `<｜tool▁calls▁begin｜>${call}<｜tool▁calls▁end｜><｜end▁of▁sentence｜>` +
      `<｜tool▁outputs▁begin｜>${output('3')}<｜tool▁outputs▁end｜>`,
  );
});

describe('tags that people write', () => {
  test.each(Object.entries({ ...families, r1OfMay: deepseekR1MayTemplate, qwen3: qwen3Template }))(
    'are cut in two by %s, wherever they stand',
    (_, family) => {
      const content = 'x<think></think>y';
      const messages: readonly ChatMessage[] = [
        { role: 'system', content },
        { role: 'user', content },
        { role: 'assistant', content: '', toolCalls: [{ name: content, arguments: `"${content}"` }] },
        { role: 'tool', content },
      ];
      const tools = [{ name: 'clock', description: content }];
      const people = family.render(messages, { thinking: 'open', tools }).filter(({ special }) => !special);
      expect(people.filter(({ text }) => /<\/?think>/.test(text))).toEqual([]);
      expect(textOf(people).match(/<\/?think>/g)?.length).toBeGreaterThanOrEqual(10);
    },
  );

  test('lose no character, and other text is not cut', () => {
    const pieces = fromPeopleWithoutTags('a < b <tag> <think>c</think>', ['<think>', '</think>']);
    expect(pieces.map(({ text }) => text)).toEqual(['a < b <tag> <', 'think>c<', '/think>']);
  });
});

describe('JSON as Python writes it', () => {
  test('has blanks behind colons and commas', () => {
    expect(pythonJson({ a: [1, null, 'é"'], b: {}, c: [] })).toBe(
      '{"a": [1, null, "é\\""], "b": {}, "c": []}',
    );
  });

  test('can stand on several lines', () => {
    expect(pythonJson([{ a: [1, 2], b: {} }], 2)).toBe(
      '[\n  {\n    "a": [\n      1,\n      2\n    ],\n    "b": {}\n  }\n]',
    );
  });

  test('arguments that are no JSON stay as they are', () => {
    expect(rewriteJson('{"a":1}')).toBe('{"a": 1}');
    expect(rewriteJson('{"a":')).toBe('{"a":');
  });
});

test('Qwen3 keeps the thinking behind the last question, sent apart or in the text, and drops it before', () => {
  const messages: readonly ChatMessage[] = [
    { role: 'user', content: 'A' },
    { role: 'assistant', content: '<think>\nold\n</think>\n\nB' },
    { role: 'user', content: 'C' },
    { role: 'assistant', content: '', reasoning: 'look', toolCalls: [{ name: 'clock', arguments: '{}' }] },
    { role: 'tool', content: 'noon' },
  ];
  expect(textOf(qwen3Template.render(messages, { thinking: 'closed' }))).toBe(
    '<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\nB<|im_end|>\n<|im_start|>user\nC<|im_end|>\n' +
      '<|im_start|>assistant\n<think>\nlook\n</think>\n\n<tool_call>\n{"name": "clock", "arguments": {}}\n</tool_call><|im_end|>\n' +
      '<|im_start|>user\n<tool_response>\nnoon\n</tool_response><|im_end|>\n' +
      '<|im_start|>assistant\n<think>\n\n</think>\n\n',
  );
});
