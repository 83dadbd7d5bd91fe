import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createChunkReader } from './chunk-reader.ts';
import { readChunk } from './completion-chunk.ts';

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'far' };

function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  return JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...more });
}

/** Asserts that the stream reads as if every chunk were read by itself. */
function expectAsAlone(stream: readonly string[]): void {
  const read = createChunkReader();
  for (const data of stream) expect(read(data)).toEqual(readChunk(data));
}

/** Texts that JSON has to escape, words that occur around them, and the likes of them. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    ' a',
    ' step1',
    '"',
    '\\',
    '\\"',
    '\n',
    'ä😀',
    '\ud800',
    'stop',
    'content',
    'far',
    'error',
  ),
  fc.constantFrom('","error":{"message":"x', '"}}],"error":1,"x":[{"y":{"z":"', 'null', '0', '</think>'),
);

describe('chunks of a stream', () => {
  test('read by position as they read in full, whatever the texts are', () => {
    const delta = fc.oneof(
      text.map((content) => ({ content })),
      text.map((content) => ({ role: 'assistant', content })),
      text.map((reasoning) => ({ reasoning_content: reasoning, reasoning })),
      text.map((reasoning) => ({ reasoning, content: null })),
      fc.tuple(text, text).map(([reasoning, content]) => ({ reasoning, content })),
    );
    const finish = fc.constantFrom(null, null, null, 'stop', 'length');
    const more = fc.constantFrom(
      {},
      {},
      { usage: { prompt_tokens: 3, completion_tokens: 1 } },
      { error: 'x' },
    );
    const one = fc.tuple(delta, finish, more).map((parts) => chunk(...parts));
    fc.assert(fc.property(fc.array(one, { minLength: 2, maxLength: 12 }), expectAsAlone), { numRuns: 300 });
  });

  test('that were changed at any place read as they read in full', () => {
    const usual = fc.constantFrom(
      chunk({ content: ' word' }),
      chunk({ reasoning_content: ' word', reasoning: ' word' }),
    );
    const change = fc.tuple(
      fc.nat(),
      fc.nat(3),
      fc.constantFrom('', '"', '\\', ':', ',', '{', 'x', '\u0001', ' word'),
    );
    fc.assert(
      fc.property(usual, fc.array(change, { minLength: 1, maxLength: 4 }), (data, changes) => {
        const changed = changes.map(([place, removed, put]) => {
          const at = place % data.length;
          return data.slice(0, at) + put + data.slice(at + removed);
        });
        expectAsAlone([data, data, ...changed, data]);
      }),
      { numRuns: 300 },
    );
  });

  test('whose text is the name of a member beside it are not taken for a pattern', () => {
    const odd = (content: string): string =>
      `{"choices":[{"delta":{"content":"${content}"}}],"${content}":{}}`;
    expectAsAlone([odd('word'), odd('error'), odd('usage')]);
  });

  test('of a server that changes something else every time read on', () => {
    const stream = Array.from({ length: 40 }, (_, index) =>
      chunk({ content: ` w${index}` }, null, { n: index }),
    );
    expectAsAlone(stream);
  });
});

describe('how often chunks are parsed', () => {
  /** Counted, since the time that it takes depends on the machine. */
  function parsesOf(stream: readonly string[]): number {
    const parse = vi.spyOn(JSON, 'parse');
    try {
      const read = createChunkReader();
      for (const data of stream) read(data);
      return parse.mock.calls.length;
    } finally {
      parse.mockRestore();
    }
  }
  const words = Array.from({ length: 100 }, (_, index) => ` word${index}`);

  test.each([
    ['that hold content', words.map((content) => chunk({ content }))],
    ['that hold reasoning', words.map((reasoning) => chunk({ reasoning }))],
    [
      'that hold reasoning twice',
      words.map((reasoning) => chunk({ reasoning_content: reasoning, reasoning })),
    ],
    [
      'of reasoning and then content',
      words.map((word, index) => chunk(index < 50 ? { reasoning: word } : { content: word })),
    ],
  ])('a few times in a stream of chunks %s', (_, stream) => {
    expect(parsesOf(stream)).toBeLessThan(8);
  });

  test('once each, after a few tries, where every chunk has surroundings of its own', () => {
    const stream = words.map((content, index) => chunk({ content }, null, { n: `n${index}` }));
    expect(parsesOf(stream)).toBeLessThan(1.2 * stream.length);
  });
});
