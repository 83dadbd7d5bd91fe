import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createSegmentParser,
  type Segment,
  type SegmentPart,
  type ThinkingOutcome,
} from './segment-parser.ts';

type Parsed = {
  readonly parts: readonly SegmentPart[];
  readonly reasoning: string;
  readonly answer: string;
  readonly thinking: ThinkingOutcome;
};

function parse(start: Segment, chunks: readonly string[]): Parsed {
  const parser = createSegmentParser(start);
  const parts = [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
  const text = (type: SegmentPart['type']): string =>
    parts.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');
  return {
    parts: mergeDeltas(parts),
    reasoning: text('reasoning-delta'),
    answer: text('answer-delta'),
    thinking: parser.thinking(),
  };
}

function mergeDeltas(parts: readonly SegmentPart[]): readonly SegmentPart[] {
  const merged: SegmentPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if ('text' in part && last !== undefined && 'text' in last && last.type === part.type) {
      merged[merged.length - 1] = { type: part.type, text: last.text + part.text };
    } else merged.push(part);
  }
  return merged;
}

/** Text rich in whole, broken and nested tags and in white space. */
const taggedText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<think>',
        '</think>',
        '<',
        '</',
        '<thi',
        '</think',
        '>',
        '<<think>',
        '\n',
        ' \n ',
        ' ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(''));

const startSegment = fc.constantFrom<Segment>('reasoning', 'answer');

function cut(text: string, at: readonly number[]): readonly string[] {
  const places = [0, ...at.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return places.slice(1).map((place, index) => text.slice(places[index], place));
}

describe('any text', () => {
  test('gives the same parts however it is cut into chunks', () => {
    fc.assert(
      fc.property(startSegment, taggedText, fc.array(fc.nat(), { maxLength: 12 }), (start, text, places) => {
        const whole = parse(start, [text]);
        expect(parse(start, cut(text, places))).toEqual(whole);
        expect(parse(start, [...text])).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('is answer only from the last tag on, if that tag closes the thinking', () => {
    fc.assert(
      fc.property(startSegment, taggedText, (start, text) => {
        const { reasoning, answer, thinking } = parse(start, [text]);
        const opened = Math.max(text.lastIndexOf('<think>'), start === 'reasoning' ? -0.5 : -1);
        const closed = text.lastIndexOf('</think>');
        expect(thinking === 'unclosed').toBe(opened > closed);
        if (start === 'reasoning' && closed < 0) expect(answer).toBe('');
        if (!text.includes('<think>') && start === 'answer') expect(reasoning).toBe('');
        for (const given of [reasoning, answer]) expect(given).not.toMatch(/<\/?think>/);
      }),
      { numRuns: 500 },
    );
  });

  test('loses nothing but tags and white space', () => {
    const bare = (text: string): string => text.replaceAll(/\s/g, '');
    fc.assert(
      fc.property(startSegment, taggedText, (start, text) => {
        const { parts } = parse(start, [text]);
        const given = parts.map((part) => ('text' in part ? part.text : '')).join('');
        expect(bare(given)).toBe(bare(text.split(/<\/?think>/).join('')));
      }),
      { numRuns: 500 },
    );
  });

  test('gives starts and ends in pairs around at least one delta', () => {
    fc.assert(
      fc.property(startSegment, taggedText, (start, text) => {
        const shape = parse(start, [text]).parts.map((part) => part.type);
        expect(shape.join(' ')).toMatch(/^((reasoning|answer)-start \2-delta \2-end ?)*$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('start state', () => {
  test('an open block: the text is reasoning until the tag closes it', () => {
    expect(parse('reasoning', ['3 * 5 = 15\n</think>\n15'])).toMatchObject({
      reasoning: '3 * 5 = 15',
      answer: '15',
      thinking: 'closed',
    });
  });

  test('no open block: the text is answer until the model opens one', () => {
    expect(parse('answer', ['\n<think>\nhm\n</think>\n\nyes'])).toMatchObject({
      reasoning: 'hm',
      answer: 'yes',
      thinking: 'closed',
    });
    expect(parse('answer', ['just so'])).toMatchObject({
      reasoning: '',
      answer: 'just so',
      thinking: 'none',
    });
  });

  test('an open block that the model opens once more holds one piece of reasoning', () => {
    const { parts } = parse('reasoning', ['<think>\nhm</think>yes']);
    expect(parts).toEqual([
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-end' },
      { type: 'answer-start' },
      { type: 'answer-delta', text: 'yes' },
      { type: 'answer-end' },
    ]);
  });
});

describe('awkward blocks', () => {
  test('an empty block gives no reasoning parts', () => {
    const { parts, thinking } = parse('reasoning', [' \n</think>\nyes']);
    expect(parts[0]).toEqual({ type: 'answer-start' });
    expect(thinking).toBe('empty');
  });

  test('a chain that is never closed is no answer', () => {
    expect(parse('reasoning', ['first, ', 'the', 'n'])).toMatchObject({
      reasoning: 'first, then',
      answer: '',
      thinking: 'unclosed',
    });
  });

  test('a chain cut within its closing tag is no answer', () => {
    expect(parse('reasoning', ['so it is 4 </thi'])).toMatchObject({ answer: '', thinking: 'unclosed' });
  });

  test('thinking that begins again inside the answer is reasoning again', () => {
    expect(parse('reasoning', ['a</think>b <think> c </think> d'])).toMatchObject({
      reasoning: 'a\n\nc',
      answer: 'b\n\nd',
      thinking: 'closed',
    });
  });

  test('the answer so far stays when a second chain is cut', () => {
    expect(parse('reasoning', ['a</think>b<think>c'])).toMatchObject({
      reasoning: 'a\n\nc',
      answer: 'b',
      thinking: 'unclosed',
    });
  });
});

test('white space inside a segment and at the very end is kept', () => {
  expect(parse('reasoning', ['a \n', ' b</think>', '\n', 'c\n\n  d\n'])).toMatchObject({
    reasoning: 'a \n b',
    answer: 'c\n\n  d\n',
  });
});

test('text is given out as soon as it cannot be part of a tag', () => {
  const parser = createSegmentParser('answer');
  expect(parser.push('a<')).toEqual([{ type: 'answer-start' }, { type: 'answer-delta', text: 'a' }]);
  expect(parser.push('thin')).toEqual([]);
  expect(parser.push('g')).toEqual([{ type: 'answer-delta', text: '<thing' }]);
});
