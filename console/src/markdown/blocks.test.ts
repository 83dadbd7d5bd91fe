// Blocks of Markdown: the same however the text was cut on its way, and nothing of it is lost.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockReader } from './blocks.ts';
import { withoutControls } from './visible.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '# a\n',
    '\n\n',
    '- x\n',
    '```\n',
    '> q\n',
    '|a|b|\n|-|-|\n|1|2|\n',
    '**b',
    '[l](x',
    '<b>',
    '\t',
    '\r',
  ),
  fc.string(),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

test('hold the whole text, in its order', () => {
  fc.assert(
    fc.property(text, fc.nat(), (given, cut) => {
      const at = cut % (given.length + 1);
      const reader = blockReader();
      reader.push(given.slice(0, at));
      const blocks = reader.push(given.slice(at));
      expect(blocks.map(({ raw }) => raw).join('')).toBe(withoutControls(given));
    }),
  );
});

test('that are deep or long are plain, in time that grows with the text', () => {
  const hostile = ['>'.repeat(5000), `${'- '.repeat(3000)}x`, 'a'.repeat(100_000), `${'['.repeat(50_000)}`];
  for (const given of hostile)
    expect(
      new Set(
        blockReader()
          .push(given)
          .map(({ kind }) => kind),
      ),
    ).toEqual(new Set(['plain']));
});

test('that are finished are not read again', () => {
  const reader = blockReader();
  const [first] = reader.push('one\n\ntwo\n\n');
  const [again] = reader.push('three\n\n');
  expect(again).toBe(first);
});
