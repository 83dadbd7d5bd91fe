import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUnopenedThinkingWatch } from './unopened-thinking.ts';

function noticed(chunks: readonly string[]): boolean {
  const watch = createUnopenedThinkingWatch();
  for (const chunk of chunks) watch.push(chunk);
  return watch.end();
}

describe('thinking that nothing opened', () => {
  test.each([
    '3 + 4 is 7.\n</think>\n\nIt is 7.',
    '3 + 4 is 7.</think>It is 7.',
    '3 + 4 is 7.</think>\r\nIt is 7.',
    'Compare `a` with ``b``.\n</think>\n\n**7**',
    '三加四等于七。</think>七',
    '</think>\nSo it is 7.\n</think>\n\n7',
    'So it is 7.\n</think>',
    '3 < 4 and <b>.\n</think>\n\nyes',
  ])('is noticed: %j', (text) => {
    expect(noticed([text])).toBe(true);
    expect(noticed([...text])).toBe(true);
  });

  test.each([
    'It is 7.',
    '\n\n</think>\n\nIt is 7.',
    '</think>\n</think>\n\nIt is 7.',
    'A block ends with `</think>`\nalways.',
    'A block begins with <think>\nand ends with </think>\nin R1.',
    'Wait for "</think>\n" in the stream.',
    'The tag </think> ends it.',
    'It ends with </think>.',
    '```\n</think>\n```\nis what you look for.',
    'a < b, </thin',
  ])('is told from an answer that speaks of tags: %j', (text) => {
    expect(noticed([text])).toBe(false);
    expect(noticed([...text])).toBe(false);
  });

  test('is noticed with the first character behind the tag, and from there on', () => {
    const watch = createUnopenedThinkingWatch();
    expect(['So', ' 7.', '</thi', 'nk>', '\n', 'yes'].map((chunk) => watch.push(chunk))).toEqual([
      ...[false, false, false, false],
      ...[true, true],
    ]);
    expect(watch.end()).toBe(true);
  });

  test('is noticed at once where the tag and what follows it come together', () => {
    expect(createUnopenedThinkingWatch().push('So 7.</think>yes')).toBe(true);
    expect(createUnopenedThinkingWatch().push('<b>So 7.</b></think>yes <')).toBe(true);
  });

  test('is noticed or not whatever the chunks', () => {
    const piece = fc.constantFrom('</think>', '<think>', '<', '</', 'think>', '`', '\n', ' ', 'a', '"', '.');
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 6 }), (whole, places) => {
        const cuts = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort(
          (a, b) => a - b,
        );
        const chunks = cuts.slice(1).map((cut, index) => whole.slice(cuts[index], cut));
        expect(noticed(chunks)).toBe(noticed([whole]));
      }),
      { numRuns: 500 },
    );
  });
});
