import { describe, expect, test } from 'vitest';
import { createAnswerFilter } from './answer-filter.ts';
import type { ParsedPart } from './segment-parser.ts';

const delta = (text: string): ParsedPart => ({ type: 'answer-delta', text });
const marker = (text: string): ParsedPart => ({ type: 'answer-delta', text, marker: true });
const start: ParsedPart = { type: 'answer-start' };
const end: ParsedPart = { type: 'answer-end' };
const call = '<tool_call>{"name":"add","arguments":{"a":1}}</tool_call>';
const add = { name: 'add', arguments: '{"a":1}' };

describe('an answer', () => {
  test('passes as it is where nothing is looked for', () => {
    const parts = [start, delta('a'), end];
    expect(createAnswerFilter([], null).push(parts)).toEqual({ parts });
  });

  test('ends at the first stop string, which is told', () => {
    const filter = createAnswerFilter(['END', 'X'], null);
    expect(filter.push([start, delta('a E')])).toEqual({ parts: [start, delta('a ')] });
    expect(filter.push([delta('ND X')])).toEqual({ parts: [end], stopped: 'END' });
  });

  test('has what was held back, where it ends without a stop string', () => {
    const filter = createAnswerFilter(['END'], null);
    expect(filter.push([delta('EN')])).toEqual({ parts: [] });
    expect(filter.push([end])).toEqual({ parts: [delta('EN'), end] });
  });

  test('numbers its calls through, with the text around them', () => {
    const filter = createAnswerFilter([], 'hermes');
    expect(filter.push([delta(`a ${call}`)])).toEqual({
      parts: [delta('a'), { type: 'tool-call', index: 0, ...add }],
    });
    expect(filter.push([delta(`${call}b`)])).toEqual({
      parts: [{ type: 'tool-call', index: 1, ...add }, delta('b')],
    });
  });

  test('gives out what a stop string may have begun with before a call', () => {
    const filter = createAnswerFilter(['END'], 'hermes');
    expect(filter.push([delta(`EN${call}`)])).toEqual({
      parts: [delta('EN'), { type: 'tool-call', index: 0, ...add }],
    });
  });

  test('has a call whose end is missing, and the text that is none', () => {
    const filter = createAnswerFilter(['END'], 'hermes');
    expect(filter.push([delta(call.replace('</tool_call>', '')), end])).toEqual({
      parts: [{ type: 'tool-call', index: 0, ...add }, end],
    });
    const other = createAnswerFilter(['END'], 'hermes');
    expect(other.push([delta('<tool_call>EN'), end]).parts.at(-1)).toEqual(end);
  });

  test('takes markers for markers only as tokens, once they are expected', () => {
    const filter = createAnswerFilter([], 'hermes');
    filter.expectMarkers(['<tool_call>', '</tool_call>']);
    expect(filter.push([delta('<tool_call>')])).toEqual({ parts: [delta('<tool_call>')] });
    expect(
      filter.push([
        marker('<tool_call>'),
        delta(JSON.stringify({ name: 'add', arguments: { a: 1 } })),
        marker('</tool_call>'),
      ]),
    ).toEqual({ parts: [{ type: 'tool-call', index: 0, ...add }] });
  });

  test('leaves reasoning alone', () => {
    const parts: readonly ParsedPart[] = [
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: `END ${call}` },
      { type: 'reasoning-end' },
    ];
    expect(createAnswerFilter(['END'], 'hermes').push(parts)).toEqual({ parts });
  });
});
