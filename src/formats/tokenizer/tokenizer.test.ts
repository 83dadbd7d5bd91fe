import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tinyTokenizer } from '../tiny-model.ts';
import { createStreamDecoder } from './stream-decoder.ts';
import type { Tokenizer } from './tokenizer.ts';

const tokenizer: Tokenizer = tinyTokenizer;
const textOf = (id: number): string => tokenizer.vocabulary[id]!.text;
const encode = (text: string, special = false): number[] => tokenizer.encode([{ text, special }]);

/** Any text, in which words, control tokens and parts of them are frequent. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...tokenizer.vocabulary.filter(({ kind }) => kind !== 'byte').map((token) => token.text),
      ),
      fc.constantFrom(' ', '\n', '<', '|', '>', 'a', 'apple', ' app', 'each', 'Ä', '<think', 'end|>', '\0'),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** llama.cpp's way: for each special token, longest first, cut every occurrence out of what is still text. */
function encodeLikeLlama(raw: string, special: boolean): number[] {
  const specials = tokenizer.vocabulary
    .map(({ text: token, kind }, id) => ({ id, bytes: Buffer.from(token).toString('latin1'), kind }))
    .filter(({ kind }) => kind === 'word' || (special && kind === 'control'))
    .sort((one, other) => other.bytes.length - one.bytes.length);
  let fragments: readonly (string | number)[] = [Buffer.from(raw).toString('latin1')];
  for (const { id, bytes } of specials) {
    fragments = fragments.flatMap((fragment) =>
      typeof fragment === 'number'
        ? [fragment]
        : fragment.split(bytes).flatMap((part, index) => (index === 0 ? [part] : [id, part])),
    );
  }
  return fragments.flatMap((fragment) =>
    typeof fragment === 'number' ? [fragment] : [...Buffer.from(fragment, 'latin1')],
  );
}

describe('encode', () => {
  test('the longest word wins, what no word takes is bytes, and a byte is its own id', () => {
    expect(encode(' apples apple applet!').map(textOf)).toEqual([' apples', ' apple', ' apple', 't', '!']);
    expect(encode('Az\n')).toEqual([65, 122, 10]);
  });

  test('gives the tokens of cutting out the longest special tokens first', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (raw, special) => {
        expect(encode(raw, special)).toEqual(encodeLikeLlama(raw, special));
      }),
      { numRuns: 1000 },
    );
  });

  test('a control token counts in special pieces only', () => {
    const control = tokenizer.controlId('</think>');
    expect(encode('</think>', true)).toEqual([control]);
    expect(encode('</think>')).toEqual([...Buffer.from('</think>')]);
    const pieces = [
      { text: '</think>', special: false },
      { text: '</think>', special: true },
    ];
    expect(tokenizer.encode(pieces)).toEqual([...Buffer.from('</think>'), control]);
  });

  test('takes time in proportion to the text', () => {
    expect(encode(' apple'.repeat(100_000))).toHaveLength(100_000);
    expect(encode(' '.repeat(1_000_000))).toHaveLength(1_000_000);
  });
});

describe('decode', () => {
  test('any text comes back', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (raw, special) => {
        expect(tokenizer.decode(encode(raw, special))).toBe(raw);
      }),
      { numRuns: 1000 },
    );
  });

  test('any bytes come back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(Uint8Array.from([...bytes].flatMap((id) => [...tokenizer.bytesOf(id)]))).toEqual(bytes);
      }),
    );
  });

  test('control tokens can be left out', () => {
    const ids = encode('<think>\nyes</think>', true);
    expect(tokenizer.decode(ids)).toBe('<think>\nyes</think>');
    expect(tokenizer.decode(ids, { special: false })).toBe('\nyes');
  });

  test('an id outside the vocabulary is refused', () => {
    expect(() => tokenizer.decode([tokenizer.vocabulary.length])).toThrow(
      expect.objectContaining({ code: 'TGL_TOKENIZER_INVALID' }),
    );
  });
});

describe('stream decoder', () => {
  test('never shows a part of a character', () => {
    const stream = createStreamDecoder(tokenizer);
    expect(encode('a€').map((id) => stream.push(id))).toEqual(['a', '', '', '€']);
    expect(stream.end()).toBe('');
  });

  test('shows what stays incomplete at the end and begins anew', () => {
    const stream = createStreamDecoder(tokenizer);
    expect([stream.push(0xe2), stream.push(0x82), stream.end(), stream.push(65)]).toEqual([
      '',
      '',
      '\uFFFD',
      'A',
    ]);
  });

  test('the pieces together are the text of all tokens, whatever the tokens are', () => {
    const ids = fc.array(fc.nat({ max: tokenizer.vocabulary.length - 1 }));
    fc.assert(
      fc.property(ids, (sequence) => {
        const stream = createStreamDecoder(tokenizer);
        const streamed = sequence.map((id) => stream.push(id)).join('') + stream.end();
        expect(streamed).toBe(tokenizer.decode(sequence));
      }),
      { numRuns: 500 },
    );
  });
});
