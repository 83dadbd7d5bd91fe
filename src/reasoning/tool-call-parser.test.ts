import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolCall, ToolCallFormat } from '../formats/index.ts';
import { createToolCallParser } from './tool-call-parser.ts';

type Item = string | ToolCall;

/** What comes out, neighbouring text joined. */
function parse(format: ToolCallFormat, chunks: readonly string[]): readonly Item[] {
  const parser = createToolCallParser(format);
  const items = [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
  const joined: Item[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if (typeof item === 'string' && typeof last === 'string') joined[joined.length - 1] = last + item;
    else joined.push(item);
  }
  return joined;
}

const deepseekCall =
  '<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{"city": "Köln"}\n```<｜tool▁call▁end｜>';
const hermesCall = '<tool_call>\n{"name": "weather", "arguments": {"city":"Köln"}}\n</tool_call>';
const weather: ToolCall = { name: 'weather', arguments: '{"city":"Köln"}' };

describe('calls as DeepSeek writes them', () => {
  test.each<[string, string, readonly Item[]]>([
    [
      'in their frame',
      `Look.\n<｜tool▁calls▁begin｜>${deepseekCall}<｜tool▁calls▁end｜>`,
      ['Look.', weather],
    ],
    ['several', `<｜tool▁calls▁begin｜>${deepseekCall}\n${deepseekCall}`, [weather, weather]],
    ['without the last token', deepseekCall.replace('<｜tool▁call▁end｜>', ''), [weather]],
    [
      'as V3.1 writes them',
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{"city": "Köln"}<｜tool▁call▁end｜>' +
        '<｜tool▁call▁begin｜>weather<｜tool▁sep｜>{"city": "Köln"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      [weather, weather],
    ],
    ['without a block', deepseekCall.replace('```json\n', '').replace('\n```', ''), [weather]],
    [
      'with no arguments',
      '<｜tool▁call▁begin｜>function<｜tool▁sep｜>clock\n```json\n\n```<｜tool▁call▁end｜>',
      [{ name: 'clock', arguments: '{}' }],
    ],
  ])('are found %s', (_, text, expected) => {
    const items = parse('deepseek', [text]);
    expect(items.map((item) => (typeof item === 'string' ? item : { ...item }))).toEqual(
      expected.map((item) =>
        typeof item === 'string' ? item : { ...item, arguments: JSON.stringify(JSON.parse(item.arguments)) },
      ),
    );
  });
});

describe('calls as Hermes writes them', () => {
  test.each<[string, string, readonly Item[]]>([
    ['alone', hermesCall, [weather]],
    ['between text', `Look.\n${hermesCall}\nDone.`, ['Look.', weather, 'Done.']],
    ['several', `${hermesCall}\n${hermesCall}`, [weather, weather]],
    ['without the closing tag', hermesCall.replace('\n</tool_call>', ''), [weather]],
    ['without arguments', '<tool_call>{"name": "clock"}</tool_call>', [{ name: 'clock', arguments: '{}' }]],
  ])('are found %s', (_, text, expected) => {
    expect(parse('hermes', [text])).toEqual(expected);
  });

  test.each([
    `<tool_call>{"name":"deep","arguments":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}</tool_call>`,
    '<tool_call>{"name": </tool_call>',
    '<tool_call>["weather"]</tool_call>',
    '<tool_call>{"arguments": {}}</tool_call>',
    '<tool_call>{"name": "weather"',
    'a <tool_ b',
  ])('stay text where they are none: %s', (text) => {
    expect(parse('hermes', [text])).toEqual([text]);
  });
});

test('the same items come out however the text is cut, and text without a marker comes out whole', () => {
  const piece = fc.constantFrom(
    hermesCall,
    '<tool_call>',
    '</tool_call>',
    '<tool',
    ' a ',
    '\n',
    '{"name":"b"}',
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (whole, places) => {
      const cuts = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort(
        (a, b) => a - b,
      );
      const chunks = cuts.slice(1).map((cut, index) => whole.slice(cuts[index], cut));
      const expected = parse('hermes', [whole]);
      expect(parse('hermes', chunks)).toEqual(expected);
      expect(parse('hermes', [...whole])).toEqual(expected);
      if (!whole.includes('<tool_call>')) expect(expected.join('')).toBe(whole);
    }),
  );
});

test('every call behind beginnings of others is found', () => {
  for (const [format, call, beginning] of [
    ['hermes', hermesCall, '<tool_call>{"name":"'],
    ['deepseek', deepseekCall, '<｜tool▁call▁begin｜>function<｜tool▁sep｜>a\n```json\n{"'],
  ] as const) {
    const items = parse(format, [beginning.repeat(3), call, beginning, call, call, beginning]);
    expect(items.filter((item) => typeof item !== 'string')).toHaveLength(3);
    expect(items.filter((item) => typeof item === 'string').join('')).toContain(beginning.repeat(3).trim());
  }
});

test('text is given out as soon as it cannot belong to a call', () => {
  const parser = createToolCallParser('hermes');
  expect(parser.push('yes <')).toEqual(['yes']);
  expect(parser.push('tool')).toEqual([]);
  expect(parser.push('s')).toEqual([' <tools']);
});
