import { describe, expect, test } from 'vitest';
import { createTokenizer } from './tokenizer.ts';
import { buildVocabulary, collectWords, controlTexts, type Token } from './vocabulary.ts';

describe('buildVocabulary', () => {
  test('bytes come first, then control tokens, words and padding up to a multiple of 32', () => {
    const vocabulary = buildVocabulary([' apples', ' and', ' apples']);
    const kinds = vocabulary.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('byte')).toBe(255);
    expect(vocabulary.slice(256, 263).map(({ text }) => text)).toEqual([...controlTexts]);
    expect(vocabulary.slice(263, 265).map(({ text }) => text)).toEqual([' apples', ' and']);
    expect(kinds.slice(265)).toEqual(new Array(288 - 265).fill('unused'));
  });

  test.each([
    'apples',
    '',
    ' ',
    '  apples',
    ' 12',
    '<think>',
    ' a b',
    '\tword',
    '\ud800x',
    ` ${'x'.repeat(65)}`,
  ])('the word %j could overlap another token and is refused', (word) => {
    expect(() => buildVocabulary([word])).toThrow(expect.objectContaining({ code: 'TGL_TOKENIZER_INVALID' }));
  });
});

describe('collectWords', () => {
  test('takes letters with the mark before them, sorted and once each', () => {
    expect(collectWords(['Use 3 apples\nwith "two" apples', "Anna's (rote) Äpfel"])).toEqual([
      '\nwith',
      ' apples',
      ' Äpfel',
      '"two',
      "'s",
      '(rote',
    ]);
  });

  test('whatever it finds can be built into a vocabulary', () => {
    const words = collectWords(['a -b (c) „d“ e–f <|user|> </think> x​y \u0301z', ` ${'long'.repeat(40)}`]);
    expect(() => buildVocabulary(words)).not.toThrow();
  });
});

describe('createTokenizer', () => {
  const vocabulary = buildVocabulary([' apples']);
  const replaced = (id: number, token: Token): Token[] => vocabulary.with(id, token);

  test.each<[string, readonly Token[]]>([
    ['a byte is missing', replaced(7, { text: '<|unused-99|>', kind: 'unused' })],
    ['a control token is missing', replaced(260, { text: '<|unused-99|>', kind: 'unused' })],
    ['a token occurs twice', replaced(264, { text: ' apples', kind: 'word' })],
    ['a control token is a word', replaced(261, { text: '<think>', kind: 'word' })],
    ['a control token could overlap another', replaced(264, { text: '<a><b>', kind: 'control' })],
  ])('refuses a vocabulary in which %s', (_, tokens) => {
    expect(() => createTokenizer(tokens)).toThrow(expect.objectContaining({ code: 'TGL_TOKENIZER_INVALID' }));
  });
});
