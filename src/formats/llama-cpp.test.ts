// What is written here, read by llama.cpp: the same tokens, the same text, and every stored type loads and generates.
import { join } from 'node:path';
import fc from 'fast-check';
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { architectures, tinyArchitecture } from './architecture/tiny-architectures.ts';
import { tiegelTemplate } from './chat-template/tiegel.ts';
import { type WritableType, writableTypes } from './gguf/quantise.ts';
import { writeGguf } from './gguf/write-gguf.ts';
import { type TemporaryDirectory, temporaryDirectory, tinyModel, tinyTokenizer } from './tiny-model.ts';
import { collectWords } from './tokenizer/vocabulary.ts';

let directory: TemporaryDirectory;
let llama: Llama;
let model: LlamaModel;

const pathOf = (type: WritableType): string => join(directory.path, `${type}.gguf`);

beforeAll(async () => {
  directory = temporaryDirectory();
  for (const type of writableTypes) writeGguf(pathOf(type), tinyModel({ type }));
  llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
  model = await llama.loadModel({ modelPath: pathOf('F32') });
});

afterAll(async () => {
  await llama.dispose();
  directory[Symbol.dispose]();
});

describe('tokens', () => {
  const special = tinyTokenizer.vocabulary.filter(({ kind }) => kind !== 'byte').map(({ text }) => text);
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(...special),
        fc.constantFrom(
          ' ',
          '\n',
          '\r\n',
          '<',
          '|>',
          'a',
          'apple',
          ' app',
          'with',
          '12',
          "don't",
          '\u00ad',
          '\ufeff',
        ),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
      ),
      { maxLength: 10 },
    )
    .map((parts) => parts.join(''));

  test.each([true, false])('are those of llama.cpp, with special parsing %s', (isSpecial) => {
    fc.assert(
      fc.property(text, (raw) => {
        const ids = tinyTokenizer.encode([{ text: raw, special: isSpecial }]);
        expect(ids).toEqual(model.tokenize(raw, isSpecial));
      }),
      { numRuns: 500 },
    );
  });

  test.each([true, false])('are turned into the same text, with control tokens shown %s', (special) => {
    fc.assert(
      fc.property(text, (raw) => {
        const ids = tinyTokenizer.encode([{ text: raw, special: true }]);
        expect(tinyTokenizer.decode(ids, { special })).toBe(model.detokenize(ids as Token[], special));
      }),
      { numRuns: 200 },
    );
  });

  test('a prompt keeps the tags that people typed as text', () => {
    const content = 'Say </think><|end|> with apples';
    const pieces = tiegelTemplate.render([{ role: 'user', content }], { thinking: 'open' });
    const ids = tinyTokenizer.encode(pieces);
    expect(ids).toEqual(pieces.flatMap((piece) => model.tokenize(piece.text, piece.special)));
    expect(ids.filter((id) => tinyTokenizer.vocabulary[id]!.kind === 'control')).toHaveLength(3);
    expect(collectWords([content])).toContain(' with');
  });

  test('the end of a turn ends generation, and nothing is put in front of a prompt', () => {
    expect(model.tokens.eos).toBe(tinyTokenizer.controlId('<|end|>'));
    expect(model.isEogToken(tinyTokenizer.controlId('<|end|>') as Token)).toBe(true);
    expect(model.isEogToken(tinyTokenizer.controlId('</think>') as Token)).toBe(false);
    expect(model.tokens.shouldPrependBosToken).toBe(false);
  });
});

test.each(writableTypes)('a model stored as %s loads and generates', async (type) => {
  await using loaded = await llama.loadModel({ modelPath: pathOf(type) });
  await using context = await loaded.createContext({ contextSize: 64, threads: 1 });
  const prompt = tinyTokenizer.encode(
    tiegelTemplate.render([{ role: 'user', content: 'Hi' }], { thinking: 'open' }),
  );
  const generated: number[] = [];
  for await (const id of context.getSequence().evaluate(prompt as Token[], { temperature: 0 })) {
    generated.push(id);
    if (generated.length === 8) break;
  }
  expect(generated).toHaveLength(8);
  expect(generated.every((id) => id >= 0 && id < tinyTokenizer.vocabulary.length)).toBe(true);
});

test.each(architectures)('a model of the architecture %s loads and generates', async (architecture) => {
  const path = join(directory.path, `${architecture}.gguf`);
  writeGguf(path, tinyArchitecture(architecture));
  await using loaded = await llama.loadModel({ modelPath: path });
  await using context = await loaded.createContext({ contextSize: 128, threads: 1 });
  const prompt = tinyTokenizer.encode([{ text: 'apples and apples', special: false }]);
  const generated: number[] = [];
  for await (const id of context.getSequence().evaluate(prompt as Token[], { temperature: 0 })) {
    generated.push(id);
    if (generated.length === 8) break;
  }
  expect(generated).toHaveLength(8);
  expect(generated.every((id) => id >= 0 && id < tinyTokenizer.vocabulary.length)).toBe(true);
});
