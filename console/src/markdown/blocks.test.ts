// Blocks of Markdown: the same however the text was cut on its way, and nothing of it is lost.
import fc from 'fast-check';
import { lexer } from 'marked';
import { expect, test } from 'vitest';
import { type Block, blockReader } from './blocks.ts';
import { withoutControls } from './visible.ts';

/** What turns the lines before it into something else, and what it turns. */
const parts = [
  ...['# a\n', '#', '\n', '\n\n', '- x\n', '- ', '  - y\n', '1. z\n', '* * *', '---\n', '===\n', '--', ' '],
  ...[
    '```\n',
    '``',
    '~~~js\n',
    '> q\n',
    '>',
    '|a|b|\n',
    '|-|-|\n',
    '|-|',
    '|1|2|\n',
    '**b',
    'c** ',
    'word\n',
  ],
  ...[
    '[l](x',
    '[l][d] ',
    '[d]: https://d.example\n',
    '[d]: ',
    '[d] ',
    '"t\n',
    '<b>',
    '<div>\n',
    '<!--',
    '-->\n',
  ],
  ...['<script>\n', '</script>', '    code\n', '\t', '\r', '$$\n'],
];
const text = fc
  .array(
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...parts) }, { weight: 1, arbitrary: fc.string() }),
    {
      maxLength: 20,
    },
  )
  .map((pieces) => pieces.join(''));

function readAt(given: string, cuts: readonly number[]): readonly Block[] {
  const places = [0, ...cuts.map((cut) => cut % (given.length + 1)), given.length].sort((a, b) => a - b);
  const reader = blockReader();
  for (const [place, end] of places.slice(1).entries()) reader.push(given.slice(places[place], end));
  return reader.end();
}

test('are the same however the text is cut', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 40 }), (given, cuts) => {
      expect(readAt(given, cuts)).toEqual(readAt(given, []));
    }),
    { numRuns: 1000 },
  );
});

test('hold the whole text in its order, also while it comes', () => {
  fc.assert(
    fc.property(text, fc.nat(), (given, cut) => {
      const reader = blockReader();
      const at = cut % (given.length + 1);
      for (const [piece, whole] of [
        [given.slice(0, at), given.slice(0, at)],
        [given.slice(at), given],
      ] as const)
        expect(
          reader
            .push(piece)
            .map(({ raw }) => raw)
            .join(''),
        ).toBe(withoutControls(whole));
    }),
  );
});

/** Each has lines that change how the ones before them are read. */
const documents = {
  'a heading that is underlined': 'one\n\ntwo\n===\n\nthree\n---\n',
  'a line that only began as a heading': 'text\n#tag and *more*\n',
  'lazy continuation': '> quoted\nand on\n\n- entry\nand on\n',
  'a list that becomes loose': '- a\n- b\n\n- c\n  - d\n\n  e\n\nafter\n',
  'a table with text before it': 'text\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nafter\n',
  'a fence with blank lines': 'text\n```js\na\n\n# b\n\n- c\n```\nafter\n',
  'a fence in a list': '1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b\n',
  'code that is indented': 'a\n\n    b\n\n    c\n\nd\n',
  'a comment over blank lines': '<!-- a\n\n# b\n\n-->\n\nc\n',
  'a link that is defined later': 'See [x][y] and [y].\n\n- [y]\n\n[y]: https://y.example "Y"\n',
  'a link that is defined earlier': '[y]: https://y.example\n\nSee [x][y].\n\n> [y]\n',
};

test.each(Object.entries(documents))('read %s as the whole text is read', (_, given) => {
  const tokens = readAt(given, [...given].keys().toArray()).map((block) =>
    block.kind === 'markdown' ? block.token : block,
  );
  // Blank lines between blocks are nobody's, and are shown as nothing.
  const shown = (found: readonly object[]) =>
    JSON.parse(JSON.stringify(found), (key, value) => (key === 'raw' ? undefined : value)).filter(
      ({ type }: { readonly type: string }) => type !== 'space',
    );
  expect(shown(tokens)).toEqual(shown(lexer(given)));
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

test('of a long list stay a list', () => {
  const given = Array.from({ length: 2000 }, (_, place) => `${place + 1}. entry\n`).join('');
  const blocks = readAt(given, []);
  expect(blocks.length).toBeGreaterThan(1);
  for (const block of blocks) expect(block).toMatchObject({ kind: 'markdown', token: { type: 'list' } });
});

test('that are finished are not read again, except for a link that is defined later', () => {
  const reader = blockReader();
  const [one, , link] = reader.push('one\n\n[two][d]\n\nthree\n\n');
  const [again, , same] = reader.push('four\n\n');
  expect(again).toBe(one);
  expect(same).toBe(link);
  const [still, , defined] = reader.push('[d]: https://d.example\n\nfive\n');
  expect(still).toBe(one);
  expect(defined).not.toBe(link);
});

test('of a text that defines ever more links are bounded', () => {
  const reader = blockReader();
  for (let place = 0; place < 300; place++) reader.push(`[a${place}]\n\n[a${place}]: https://a.example\n\n`);
  const linked = reader
    .end()
    .filter((block) => block.kind === 'markdown' && JSON.stringify(block.token).includes('"type":"link"'));
  expect(linked.length).toBe(100);
});
