import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolCall, ToolCallFormat } from '../formats/index.ts';
import { createToolCallParser } from './tool-call-parser.ts';
import { markersOf } from './tool-call-syntax.ts';

type Item = string | ToolCall;

/** What comes out, neighbouring text joined. */
function parse(format: ToolCallFormat, chunks: readonly string[]): readonly Item[] {
  const parser = createToolCallParser(format);
  return joined([...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()]);
}

/** Of a vocabulary that has the markers: those of a call are tokens, and no other text is one. */
function parseTokens(format: ToolCallFormat, tokens: readonly (string | { readonly text: string })[]) {
  const parser = createToolCallParser(format);
  parser.expectMarkers(markersOf(format));
  const items = tokens.flatMap((token) =>
    typeof token === 'string'
      ? parser.push(token, markersOf(format).includes(token))
      : parser.push(token.text),
  );
  return joined([...items, ...parser.end()]);
}

function joined(items: readonly Item[]): readonly Item[] {
  const whole: Item[] = [];
  for (const item of items) {
    const last = whole.at(-1);
    if (typeof item === 'string' && typeof last === 'string') whole[whole.length - 1] = last + item;
    else whole.push(item);
  }
  return whole;
}

const deepseekCall =
  '<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{"city": "Köln"}\n```<｜tool▁call▁end｜>';
const hermesCall = '<tool_call>\n{"name": "weather", "arguments": {"city":"Köln"}}\n</tool_call>';
const [callsBegin, callsEnd] = ['<｜tool▁calls▁begin｜>', '<｜tool▁calls▁end｜>'];
const [callBegin, callEnd, separator] = ['<｜tool▁call▁begin｜>', '<｜tool▁call▁end｜>', '<｜tool▁sep｜>'];
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
    ['in a block without a language', deepseekCall.replace('```json', '```'), [weather]],
    ['with a line end behind the block', deepseekCall.replace(callEnd, `\n${callEnd}`), [weather]],
    ['without their type', deepseekCall.replace('function', ''), [weather]],
    [
      'with white space within their frame',
      `${callsBegin}\n${deepseekCall}\n${callsEnd}\n\nDone.`,
      [weather, 'Done.'],
    ],
    [
      'before text that speaks of the end of their frame',
      `${deepseekCall}So ends ${callsEnd}`,
      [weather, `So ends ${callsEnd}`],
    ],
  ])('are found %s', (_, text, expected) => {
    const items = parse('deepseek', [text]);
    expect(items.map((item) => (typeof item === 'string' ? item : { ...item }))).toEqual(
      expected.map((item) =>
        typeof item === 'string' ? item : { ...item, arguments: JSON.stringify(JSON.parse(item.arguments)) },
      ),
    );
  });

  test.each([
    ['nothing that parts name and arguments', `weather0000{"city": "Köln"}`],
    ['something else between them', `weather<1234567890>{"city": "Köln"}`],
    ['no name', `${separator}{"city": "Köln"}`],
    ['a name that no tool can have', `function${separator}${'w'.repeat(300)}\n{"city": "Köln"}`],
    ['something behind the arguments', `function${separator}weather\n{"city": "Köln"} and`],
  ])('stay text with %s', (_, body) => {
    const text = `${callBegin}${body}${callEnd}`;
    expect(parse('deepseek', [text])).toEqual([text]);
  });

  test.each([`${callsBegin}no call`, `${callsBegin} `, `${callsBegin}<｜tool`, `${callsEnd} alone`])(
    'are none where their frame stands alone: %s',
    (text) => {
      expect(parse('deepseek', [...text])).toEqual([text]);
    },
  );
});

describe('calls as Hermes writes them', () => {
  test.each<[string, string, readonly Item[]]>([
    ['alone', hermesCall, [weather]],
    ['between text', `Look.\n${hermesCall}\nDone.`, ['Look.', weather, 'Done.']],
    ['several', `${hermesCall}\n${hermesCall}`, [weather, weather]],
    ['without the closing tag', hermesCall.replace('\n</tool_call>', ''), [weather]],
    ['without arguments', '<tool_call>{"name": "clock"}</tool_call>', [{ name: 'clock', arguments: '{}' }]],
    [
      'with arguments that are JSON in a string',
      '<tool_call>{"name": "weather", "arguments": "{\\"city\\":\\"Köln\\"}"}</tool_call>',
      [weather],
    ],
    ['with white space around the name', hermesCall.replace('"weather"', '" weather\\n"'), [weather]],
  ])('are found %s', (_, text, expected) => {
    expect(parse('hermes', [text])).toEqual(expected);
  });

  test.each([
    [
      'too deep',
      `<tool_call>{"name":"deep","arguments":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}</tool_call>`,
    ],
    ['cut off', '<tool_call>{"name": </tool_call>'],
    ['a list', '<tool_call>["weather"]</tool_call>'],
    ['without a name', '<tool_call>{"arguments": {}}</tool_call>'],
    ['with an empty name', '<tool_call>{"name": " \\n", "arguments": {}}</tool_call>'],
    ['unfinished at the end', '<tool_call>{"name": "weather"'],
    ['begun with half a marker', 'a <tool_ b'],
  ])('stay text where they are %s', (_, text) => {
    expect(parse('hermes', [text])).toEqual([text]);
  });
});

const pieces: Readonly<Record<ToolCallFormat, readonly string[]>> = {
  hermes: [hermesCall, '<tool_call>', '</tool_call>', '<tool', ' a ', '\n', '{"name":"b"}'],
  deepseek: [
    ...[deepseekCall, callsBegin, callsEnd, callBegin, callEnd, separator],
    ...['<｜tool', ' a ', '\n', '<', `b${separator}{}`],
  ],
};

test.each(['hermes', 'deepseek'] as const)(
  'the same items of %s come out however the text is cut, and text without a marker comes out whole',
  (format) => {
    const text = fc
      .array(fc.constantFrom(...pieces[format]), { maxLength: 8 })
      .map((chosen) => chosen.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (whole, places) => {
        const cuts = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort(
          (a, b) => a - b,
        );
        const chunks = cuts.slice(1).map((cut, index) => whole.slice(cuts[index], cut));
        const expected = parse(format, [whole]);
        expect(parse(format, chunks)).toEqual(expected);
        expect(parse(format, [...whole])).toEqual(expected);
        if (!markersOf(format).some((marker) => whole.includes(marker)))
          expect(expected.join('')).toBe(whole);
      }),
      { numRuns: 300 },
    );
  },
);

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

test.each([
  ['hermes', ['<tool_call>', 'n']],
  ['deepseek', [callBegin, '<b']],
  ['deepseek', [callBegin, 'function', '<b']],
  ['hermes', ['<', ' ']],
] as const)('so is what only begins like one in %s: %j', (format, chunks) => {
  const parser = createToolCallParser(format);
  const last = chunks.map((chunk) => parser.push(chunk)).at(-1);
  expect(last?.join('')).toBe(chunks.join('').trimEnd());
});

test('a long call is given out with the piece that completes it', () => {
  const parser = createToolCallParser('hermes');
  const city = 'K'.repeat(1000);
  const text = `<tool_call>{"name":"weather","arguments":{"city":"${city}"}}`;
  expect([...text].flatMap((character) => parser.push(character))).toEqual([]);
  expect(parser.push('</tool_')).toEqual([]);
  expect(parser.push('call>')).toEqual([{ name: 'weather', arguments: `{"city":"${city}"}` }]);
});

describe('where markers are tokens', () => {
  const [hermesBegin, hermesEnd] = markersOf('hermes') as [string, string];
  const body = '{"name":"weather","arguments":{"city":"Köln"}}';

  test('every marker that a call is written with is asked for, and no other text', () => {
    const written = `${callsBegin}${deepseekCall}${callsEnd}`.match(/<｜[^<>]*｜>/g);
    expect(new Set(markersOf('deepseek'))).toEqual(new Set(written));
    expect(markersOf('hermes')).toEqual(hermesCall.match(/<[^<>]*>/g));
  });

  test('white space around calls and their frame is dropped', () => {
    const call = [callBegin, 'function', separator, 'weather\n{"city":"Köln"}', callEnd];
    const tokens = ['Look.', '\n', '\n', callsBegin, '\n', ...call, '\n', ...call, callsEnd, '\n', 'Done.'];
    expect(parseTokens('deepseek', tokens)).toEqual(['Look.', weather, weather, 'Done.']);
    expect(parseTokens('deepseek', [callsBegin, ' ', 'none'])).toEqual(['none']);
  });

  test('a marker in characters is a part of the arguments', () => {
    const said = ['{"name":"say","arguments":{"text":"', { text: hermesEnd }, { text: hermesBegin }, '"}}'];
    expect(parseTokens('hermes', [hermesBegin, ...said, hermesEnd])).toEqual([
      { name: 'say', arguments: JSON.stringify({ text: hermesEnd + hermesBegin }) },
    ]);
  });

  test('what does not parse comes out as it was written, with the white space before it', () => {
    expect(parseTokens('hermes', ['So', ' ', hermesBegin, 'none', hermesEnd, ' ', 'is'])).toEqual([
      `So ${hermesBegin}none${hermesEnd} is`,
    ]);
    expect(parseTokens('hermes', ['a', hermesEnd, 'b'])).toEqual([`a${hermesEnd}b`]);
  });

  test('text is given out with the piece that follows its white space', () => {
    const parser = createToolCallParser('hermes');
    parser.expectMarkers(markersOf('hermes'));
    expect(['a ', ' ', 'b', ' c'].map((text) => parser.push(text))).toEqual([['a'], [], ['  b'], [' c']]);
  });

  test('both that bound a call have to be tokens', () => {
    for (const marker of [hermesBegin, hermesEnd]) {
      const parser = createToolCallParser('hermes');
      parser.expectMarkers([marker]);
      expect(parser.push(`${hermesBegin}${body}${hermesEnd}`)).toEqual([weather]);
    }
  });
});
