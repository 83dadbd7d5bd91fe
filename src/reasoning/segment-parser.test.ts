import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createSegmentParser,
  type Segment,
  type SegmentParser,
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
  return read(parser, [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()]);
}

/** Of a vocabulary that has the tags: a token that is one is one, wherever it stands. */
function parseTokens(start: Segment, tokens: readonly string[]): Parsed {
  const parser = createSegmentParser(start);
  parser.expectMarkers();
  const parts = tokens.flatMap((token) =>
    tags.includes(token) ? parser.pushMarker(token) : parser.push(token),
  );
  return read(parser, [...parts, ...parser.end()]);
}

const tags: readonly string[] = ['<think>', '</think>'];

function read(parser: SegmentParser, parts: readonly SegmentPart[]): Parsed {
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

  test('is reasoning in blocks before everything else, and answer from there on, tags included', () => {
    fc.assert(
      fc.property(startSegment, taggedText, (start, text) => {
        const { reasoning, answer, thinking } = parse(start, [text]);
        const expected = blocksOf(start, text);
        expect(bare(reasoning)).toBe(bare(expected.reasoning));
        expect(bare(answer)).toBe(bare(expected.answer));
        expect(thinking === 'unclosed').toBe(expected.unclosed);
      }),
      { numRuns: 500 },
    );
  });

  test('comes back exactly where it is an answer that speaks of tags', () => {
    const spoken = taggedText.map((text) => `It${text}`);
    fc.assert(
      fc.property(spoken, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        const chunks = cut(text, places);
        expect(parse('answer', chunks)).toMatchObject({ answer: text, reasoning: '' });
        expect(parse('answer', ['<think>hm</think>', ...chunks]).answer).toBe(text);
        expect(parse('reasoning', ['hm', '</think>', ...chunks]).answer).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('comes back exactly in any segment where the vocabulary has the tags as tokens', () => {
    const spoken = taggedText.map((text) => `It${text}.`);
    // Cut in two, no token of a text is a tag.
    const literal = (text: string): readonly string[] => text.split(/(?<=<)/);
    fc.assert(
      fc.property(spoken, spoken, (thought, said) => {
        const tokens = ['<think>', ...literal(thought), '</think>', ...literal(said)];
        expect(parseTokens('answer', tokens)).toMatchObject({
          ...{ reasoning: thought, answer: said, thinking: 'closed' },
        });
      }),
      { numRuns: 500 },
    );
  });

  test('gives starts and ends in pairs around at least one delta', () => {
    fc.assert(
      fc.property(startSegment, taggedText, (start, text) => {
        const tokens = text.split(/(<\/?think>)/);
        for (const { parts } of [parse(start, [text]), parseTokens(start, tokens)])
          expect(parts.map((part) => part.type).join(' ')).toMatch(
            /^((reasoning|answer)-start \2-delta \2-end ?)*$/,
          );
      }),
      { numRuns: 500 },
    );
  });
});

function bare(text: string): string {
  return text.replaceAll(/\s/g, '');
}

/** The rule for text, over the whole of it. */
function blocksOf(start: Segment, text: string) {
  let rest = text;
  let reasoning = '';
  let inBlock = start === 'reasoning';
  for (;;) {
    const leading = /^\s*(<\/?think>)/.exec(rest);
    if (leading !== null) {
      inBlock = leading[1] === '<think>';
      rest = rest.slice(leading[0].length);
    } else if (inBlock && rest.includes('</think>')) {
      const end = rest.indexOf('</think>');
      reasoning += rest.slice(0, end);
      rest = rest.slice(end);
    } else if (inBlock) return { reasoning: reasoning + rest, answer: '', unclosed: true };
    else return { reasoning, answer: rest, unclosed: false };
  }
}

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

describe('a tag that changes nothing', () => {
  test('ends no block where none is open', () => {
    const parser = createSegmentParser('answer');
    expect(parser.push('</think>yes')).toEqual([
      { type: 'answer-start' },
      { type: 'answer-delta', text: 'yes' },
    ]);
    expect([parser.hasClosed(), parser.thinking()]).toEqual([false, 'none']);
  });

  test('ends no block where it opens the one that is open', () => {
    const parser = createSegmentParser('reasoning');
    expect(parser.push('<think>')).toEqual([]);
    expect([parser.hasClosed(), parser.thinking()]).toEqual([false, 'unclosed']);
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

  test('thinking that begins again inside the answer is reasoning again, if its tag is a token', () => {
    expect(
      parseTokens('reasoning', ['a', '</think>', 'b ', '<think>', ' c ', '</think>', ' d']),
    ).toMatchObject({
      reasoning: 'a\n\nc',
      answer: 'b\n\nd',
      thinking: 'closed',
    });
  });

  test('the answer so far stays when a second chain is cut', () => {
    expect(parseTokens('reasoning', ['a', '</think>', 'b', '<think>', 'c'])).toMatchObject({
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
  expect(parser.push('<')).toEqual([]);
  expect(parser.push('thin')).toEqual([]);
  expect(parser.push('g')).toEqual([{ type: 'answer-start' }, { type: 'answer-delta', text: '<thing' }]);
  expect(parser.push(' <')).toEqual([{ type: 'answer-delta', text: ' <' }]);
});

describe('markers of something else', () => {
  const marked = (text: string) => ({ type: 'answer-delta', text, marker: true });

  test('stand for themselves in an answer, behind the white space before them', () => {
    const parser = createSegmentParser('answer');
    expect(parser.pushMarker('<call>')).toEqual([{ type: 'answer-start' }, marked('<call>')]);
    expect(parser.push('a\n')).toEqual([{ type: 'answer-delta', text: 'a' }]);
    expect(parser.pushMarker('<call>')).toEqual([{ type: 'answer-delta', text: '\n' }, marked('<call>')]);
    expect(parser.end()).toEqual([{ type: 'answer-end' }]);
  });

  test('follow text and each other without anything between', () => {
    const parser = createSegmentParser('answer');
    parser.push('a');
    expect(parser.pushMarker('<call>')).toEqual([marked('<call>')]);
    expect(parser.pushMarker('</call>')).toEqual([marked('</call>')]);
  });

  test('begin an answer without the white space before them', () => {
    const parser = createSegmentParser('answer');
    expect(parser.push(' \n')).toEqual([]);
    expect(parser.pushMarker('<call>')).toEqual([{ type: 'answer-start' }, marked('<call>')]);
    // A tag behind one is text.
    expect(parser.push('<think>')).toEqual([{ type: 'answer-delta', text: '<think>' }]);
  });

  test('are text where the model thinks', () => {
    const parser = createSegmentParser('reasoning');
    expect(parser.pushMarker('<call>')).toEqual([
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: '<call>' },
    ]);
  });
});

describe('what a server says of its segments', () => {
  test('counts more than tags', () => {
    const parser = createSegmentParser('answer');
    expect(parser.push('a <think> b', 'reasoning')).toEqual([
      { type: 'reasoning-start' },
      { type: 'reasoning-delta', text: 'a <think> b' },
    ]);
    expect(parser.segment()).toBe('reasoning');
    expect(parser.hasClosed()).toBe(false);
    expect(parser.push('</think> c', 'answer')).toEqual([
      { type: 'reasoning-end' },
      { type: 'answer-start' },
      { type: 'answer-delta', text: '</think> c' },
    ]);
    expect([parser.segment(), parser.hasClosed(), parser.thinking()]).toEqual(['answer', true, 'closed']);
    expect(parser.push('d', 'answer')).toEqual([{ type: 'answer-delta', text: 'd' }]);
  });
});

describe('what is written in place of the model', () => {
  test('has tags wherever it stands, and gives out what was held back', () => {
    const parser = createSegmentParser('reasoning');
    parser.push('so </thi');
    expect(parser.holdsBack()).toBe(true);
    expect(parser.pushTemplate('\n\nEnough.\n</think>\n\n')).toEqual([
      { type: 'reasoning-delta', text: ' </thi' },
      { type: 'reasoning-delta', text: '\n\nEnough.' },
      { type: 'reasoning-end' },
    ]);
    expect([parser.holdsBack(), parser.hasClosed(), parser.segment()]).toEqual([false, true, 'answer']);
  });

  test('may begin thinking again behind an answer, which ends at its tag wherever that is cut', () => {
    const parser = createSegmentParser('answer');
    const parts = [
      ...parser.push('a'),
      ...parser.pushTemplate('\n<think>\n'),
      ...parser.push('b </thi'),
      ...parser.push('nk>c'),
      ...parser.end(),
    ];
    expect(read(parser, parts)).toMatchObject({
      ...{ reasoning: 'b', answer: 'a\n\nc', thinking: 'closed' },
    });
  });

  test('may be the last word on thinking: from there on all is answer', () => {
    const parser = createSegmentParser('reasoning');
    parser.push('so');
    parser.pushTemplate('</think>');
    parser.answerOnly();
    expect(parser.push('<think>a</think>b')).toEqual([
      { type: 'answer-start' },
      { type: 'answer-delta', text: 'a' },
      { type: 'answer-delta', text: '</think>' },
      { type: 'answer-delta', text: 'b' },
    ]);
    expect(parser.push('c', 'reasoning')).toEqual([{ type: 'answer-delta', text: 'c' }]);
    expect(parser.thinking()).toBe('closed');
  });
});

test('the state is that of what was read so far', () => {
  const parser = createSegmentParser('answer');
  expect([parser.segment(), parser.holdsBack(), parser.hasClosed(), parser.thinking()]).toEqual([
    ...['answer', false, false, 'none'],
  ]);
  parser.push('<think>');
  expect([parser.segment(), parser.hasClosed(), parser.thinking()]).toEqual(['reasoning', false, 'unclosed']);
  parser.push(' \n</think');
  expect([parser.holdsBack(), parser.thinking()]).toEqual([true, 'unclosed']);
  parser.push('>');
  expect([parser.holdsBack(), parser.hasClosed(), parser.thinking()]).toEqual([false, true, 'empty']);
});
