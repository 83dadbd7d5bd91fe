// Whatever a model, a server or a client writes: prompts are rendered and replies read in a time that grows in proportion,
// however the text is cut into pieces.
import { describe, expect, test } from 'vitest';
import { createCallCollector } from '../../src/engine/remote/call-collector.ts';
import { createSseParser } from '../../src/engine/remote/sse-parser.ts';
import { vettedTemplates } from '../../src/formats/chat-template/chat-template.ts';
import { toolsAsText } from '../../src/formats/chat-template/tools-as-text.ts';
import type { ChatMessage, ToolCallFormat } from '../../src/formats/index.ts';
import { decodeContentFilter } from '../../src/reasoning/filter/phrase-filter.ts';
import { createSegmentParser } from '../../src/reasoning/segment-parser.ts';
import { createStopMatcher } from '../../src/reasoning/stop-matcher.ts';
import { createToolCallParser } from '../../src/reasoning/tool-call-parser.ts';
import { markersOf } from '../../src/reasoning/tool-call-syntax.ts';
import { createUnopenedThinkingWatch } from '../../src/reasoning/unopened-thinking.ts';
import { expectLinear, repeat } from './linear-time.ts';

const formats: readonly ToolCallFormat[] = ['hermes', 'deepseek'];

/** Texts of about so many characters that are dear to read. */
const texts: Readonly<Record<string, (size: number) => string>> = {
  'plain words': (size) => 'five apples '.repeat(size / 12),
  'words that are far apart': (size) => `${'five '.repeat(size / 10)}${'tag '.repeat(size / 8)}`,
  'white space': (size) => `a${' '.repeat(size)}b`,
  'empty lines': (size) => `a${'\n'.repeat(size)}b`,
  'lines of white space': (size) => 'a \n\n'.repeat(size / 4),
  'opening brackets': (size) => '<'.repeat(size),
  'tags of thinking': (size) => '<think>a</think>'.repeat(size / 16),
  'beginnings of tags': (size) => '</thin <think '.repeat(size / 14),
  'quotes and backslashes': (size) => '\\"{'.repeat(size / 3),
  'calls of Hermes': (size) => '<tool_call>{"name":"a"}</tool_call> '.repeat(size / 36),
  'calls of Hermes that are begun': (size) => '<tool_call>{'.repeat(size / 12),
  'calls of Hermes that are begun with a text': (size) => '<tool_call>{"'.repeat(size / 13),
  'calls of Hermes that are ended': (size) => '</tool_call>'.repeat(size / 12),
  'calls within calls of Hermes': (size) =>
    `${'<tool_call>{"a":"'.repeat(size / 29)}${'</tool_call>'.repeat(size / 29)}`,
  'calls of Hermes without a name': (size) => '<tool_call>{"a":1}</tool_call>'.repeat(size / 30),
  'one call of Hermes': (size) =>
    `<tool_call>{"name":"a","arguments":{"b":"${'c'.repeat(size)}"}}</tool_call>`,
  'calls of DeepSeek': (size) =>
    '<｜tool▁call▁begin｜>function<｜tool▁sep｜>a\n```json\n{}\n```<｜tool▁call▁end｜>'.repeat(size / 74),
  'calls of DeepSeek that are begun': (size) => '<｜tool▁call▁begin｜>a<｜tool▁sep｜>{'.repeat(size / 31),
  'calls of DeepSeek that are begun with a block': (size) =>
    '<｜tool▁call▁begin｜>a<｜tool▁sep｜>b\n```json\n{"'.repeat(size / 43),
  'calls of DeepSeek without a line': (size) => '<｜tool▁call▁begin｜>a<｜tool▁sep｜>b'.repeat(size / 31),
  'groups of calls of DeepSeek': (size) => '<｜tool▁calls▁begin｜> <｜tool▁calls▁end｜>'.repeat(size / 38),
  'calls within calls of DeepSeek': (size) =>
    '<｜tool▁call▁begin｜>a<｜tool▁sep｜>{"'.repeat(size / 50) + '<｜tool▁call▁end｜>'.repeat(size / 50),
  'one call of DeepSeek': (size) =>
    `<｜tool▁call▁begin｜>a<｜tool▁sep｜>{"b":"${'c'.repeat(size)}"}<｜tool▁call▁end｜>`,
};

/** What is given one piece of a text after the other. */
type Reader = { readonly push: (text: string) => unknown; readonly end: () => unknown };

const phrases = repeat(3, (index) => 'a'.repeat(60 + index));
const ofApples = decodeContentFilter(
  {
    ...{ schema: 1, name: 'apples', version: '1', refusals: { en: 'No.' } },
    input: [],
    output: [
      { name: 'near', language: 'en', phrases: ['five'], near: { phrases: ['tag'], within: 1 } },
      { name: 'alike', language: 'en', phrases },
    ],
  },
  (problem) => expect.unreachable(problem),
);

const readers: Readonly<Record<string, () => Reader>> = {
  'the segment parser, in an answer': () => createSegmentParser('answer'),
  'the segment parser, in thinking': () => createSegmentParser('reasoning'),
  'the watch for unopened thinking': createUnopenedThinkingWatch,
  'the stop matcher': () => {
    const { push, flush } = createStopMatcher(['a b', '<tool_call>!', ...phrases]);
    return { push, end: flush };
  },
  ...Object.fromEntries(
    formats.flatMap((format) => [
      [`the reader of calls of ${format}`, () => createToolCallParser(format)],
      [
        `the reader of calls of ${format} with tokens`,
        () => {
          const { push, end, expectMarkers } = createToolCallParser(format);
          const markers = markersOf(format);
          expectMarkers(markers);
          return { push: (text: string) => push(text, markers.includes(text)), end };
        },
      ],
    ]),
  ),
  'the content filter': () => {
    let all = '';
    return {
      push: (text) => {
        all += text;
      },
      end: () => ofApples.output([all]),
    };
  },
  'the arguments of a call': () => {
    const { push, calls } = createCallCollector();
    return { push: (text) => push({ index: 0, id: '', name: 'a', arguments: text }), end: calls };
  },
};

/** All at once, in words and in characters: of what comes in small pieces less is enough to see how it grows. */
const cuts: readonly { readonly length: number; readonly size: number }[] = [
  { length: Number.POSITIVE_INFINITY, size: 20_000 },
  { length: 7, size: 20_000 },
  { length: 1, size: 6_000 },
];

describe.each(Object.entries(readers))('%s', (_, open) => {
  test.each(Object.entries(texts))('reads %s in proportion', (_, textOf) => {
    for (const { length, size } of cuts) {
      const made = (each: number): readonly string[] => piecesOf(textOf(each), length);
      expectLinear(size, made, (pieces) => {
        const reader = open();
        for (const piece of pieces) reader.push(piece);
        reader.end();
      });
    }
  });
});

function piecesOf(text: string, length: number): readonly string[] {
  if (length >= text.length) return [text];
  return repeat(Math.ceil(text.length / length), (index) =>
    text.slice(index * length, index * length + length),
  );
}

const streams: Readonly<Record<string, (size: number) => string>> = {
  'many events': (size) => 'event: a\ndata: b\n\n'.repeat(size / 18),
  'a long line': (size) => `data: ${'a'.repeat(size)}\n\n`,
  'an event of many lines': (size) => `${'data: a\n'.repeat(size / 8)}\n`,
  'comments and empty lines': (size) => ':\n\r\n\r'.repeat(size / 5),
};

test.each(Object.entries(streams))('the stream of a server with %s is read in proportion', (_, stream) => {
  for (const { length, size } of cuts) {
    const made = (each: number): readonly Buffer[] =>
      piecesOf(stream(each), length).map((piece) => Buffer.from(piece));
    expectLinear(size, made, (pieces) => {
      const parser = createSseParser(1e9, () => expect.unreachable());
      for (const bytes of pieces) parser.push(bytes);
    });
  }
});

const said = (content: string, more: Partial<ChatMessage> = {}): readonly ChatMessage[] => [
  { role: 'user', content },
  { role: 'assistant', content, reasoning: content, ...more },
  { role: 'assistant', content, ...more },
];

const conversations: Readonly<Record<string, (size: number) => readonly ChatMessage[]>> = {
  ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, (size) => said(text(size))])),
  'many turns': (size) => repeat(size / 40, () => said('a')).flat(),
  'many results of tools': (size) => repeat(size / 20, () => ({ role: 'tool', content: 'a' })),
  'many calls': (size) =>
    said('a', { toolCalls: repeat(size / 20, () => ({ name: 'a', arguments: '{"b":1}' })) }),
  'a deep call': (size) => {
    const deep = `${'['.repeat(size / 100)}${']'.repeat(size / 100)}`;
    return said('', { toolCalls: [{ name: 'a', arguments: deep }] });
  },
  'a call with many arguments': (size) => {
    const args = Object.fromEntries(repeat(size / 4, (index) => [`name${index}`, index]));
    return said('', { toolCalls: [{ name: 'a', arguments: JSON.stringify(args) }] });
  },
};

describe.each(vettedTemplates().map((template, number) => ({ number, template })))(
  'template $number, $template.name',
  ({ template }) => {
    test.each(Object.entries(conversations))('renders %s in proportion', (_, conversation) => {
      expectLinear(20_000, conversation, (messages) => {
        for (const thinking of ['open', 'closed'] as const) template.render(messages, { thinking });
        toolsAsText(messages, []);
      });
    });
  },
);
