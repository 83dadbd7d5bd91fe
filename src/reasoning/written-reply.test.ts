import { describe, expect, test } from 'vitest';
import { createWrittenReply } from './written-reply.ts';

describe('a reply that goes on behind itself', () => {
  test.each([
    ['<think>\nhm', ['<think>'], '\nhm'],
    ['\n<think> </think>a', ['\n<think> </think>'], 'a'],
    ['a <think>', [], 'a <think>'],
    ['', [], ''],
  ] as const)('has its leading tags as tags where they are text: %j', (text, tags, rest) => {
    const reply = createWrittenReply();
    for (const character of text) reply.add(character);
    const pieces = reply.pieces();
    expect(reply.text()).toBe(text);
    expect(pieces.filter(({ special }) => special).map((piece) => piece.text)).toEqual([...tags]);
    expect(
      pieces
        .filter(({ special }) => !special)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(rest);
  });

  test('has the markers that came as tokens, and no others', () => {
    const reply = createWrittenReply();
    reply.expectMarkers();
    reply.addMarker('<think>');
    reply.add('so </think> is text');
    reply.addMarker('</think>');
    reply.add('a');
    reply.add('b');
    expect(reply.text()).toBe('<think>so </think> is text</think>ab');
    const pieces = reply.pieces();
    expect(pieces.filter(({ special }) => special).map(({ text }) => text)).toEqual(['<think>', '</think>']);
    expect(pieces.map(({ text }) => text).join('')).toBe(reply.text());
    const behind = pieces.findLastIndex(({ special }) => special);
    expect(
      pieces
        .slice(behind + 1)
        .map(({ text }) => text)
        .join(''),
    ).toBe('ab');
  });

  test('of markers alone has no empty text beside them', () => {
    const reply = createWrittenReply();
    reply.expectMarkers();
    reply.addMarker('<think>');
    reply.addMarker('</think>');
    expect(reply.pieces()).toEqual([
      { text: '<think>', special: true },
      { text: '</think>', special: true },
    ]);
  });
});
