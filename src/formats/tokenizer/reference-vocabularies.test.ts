// llama.cpp's tokenizer as the engine uses it (piece by piece, through the same binding) against the published vectors
// of four vocabularies, and the tags that people write against a vocabulary in which tags are ordinary words. The
// vocabularies are public data of the validation set, so these tests need TIEGEL_DATA.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deepseekR1Template } from '../chat-template/deepseek-r1.ts';
import { qwqTemplate } from '../chat-template/qwen.ts';
import type { GgufValue } from '../gguf/gguf.ts';
import { openGgufFile } from '../gguf/read-gguf.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import type { PromptPiece } from '../prompt.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../tiny-model.ts';

const folder = join(process.env.TIEGEL_DATA ?? '', 'tokenizers');
const present = process.env.TIEGEL_DATA !== undefined && existsSync(folder);
/** Vocabularies that have vectors beside them. */
const files = present
  ? readdirSync(folder).filter((file) => file.endsWith('.gguf') && existsSync(join(folder, `${file}.inp`)))
  : ['none'];
let llama: Llama;

beforeAll(async () => {
  // Without tensors the runtime's own estimate of memory complains, harmlessly.
  if (present) llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.disabled });
});
afterAll(async () => await llama?.dispose());

const deepseekR1 = deepseekR1Template({ opensThinking: true, calls: 'first' });

const loadVocabulary = (modelPath: string): Promise<LlamaModel> =>
  llama.loadModel({ modelPath, vocabOnly: true });

const idsOf = (model: LlamaModel, pieces: readonly PromptPiece[]): readonly number[] =>
  pieces.flatMap(({ text, special }) => model.tokenize(text, special));

test.skipIf(!present).each(files)('%s gives the tokens of its vectors (TIEGEL_DATA)', async (file) => {
  const path = join(folder, file);
  const texts = readFileSync(`${path}.inp`, 'utf8').split('\n__ggml_vocab_test__\n');
  const lines = readFileSync(`${path}.out`, 'utf8').split('\n');
  const model = await loadVocabulary(path);
  const vectors = texts.slice(0, -1).map((text, index) => ({ text, ids: numbersOf(lines[index]!) }));
  expect(vectors.length).toBeGreaterThan(40);
  expect(vectors.filter(({ ids }) => ids.length > 0).length).toBeGreaterThan(40);
  for (const { text, ids } of vectors) expect(idsOf(model, [{ text, special: false }])).toEqual(ids);
  await model.dispose();
});

function numbersOf(line: string): readonly number[] {
  return line.trim() === '' ? [] : line.trim().split(/\s+/).map(Number);
}

describe.skipIf(!present)('a vocabulary in which tags are ordinary words (TIEGEL_DATA)', () => {
  /** Where R1-Distill-Qwen has them; llama.cpp's conversion gives type 4, USER_DEFINED, to those without bars. */
  const added: Readonly<Record<number, readonly [string, number]>> = {
    151644: ['<｜User｜>', 3],
    151645: ['<｜Assistant｜>', 3],
    151646: ['<｜begin▁of▁sentence｜>', 3],
    151648: ['<think>', 4],
    151649: ['</think>', 4],
    151657: ['<tool_call>', 4],
    151658: ['</tool_call>', 4],
  };
  const tags = [151648, 151649, 151657, 151658];
  let directory: TemporaryDirectory;
  let model: LlamaModel;

  beforeAll(async () => {
    directory = temporaryDirectory();
    const path = join(directory.path, 'tags.gguf');
    writeVocabulary(join(folder, 'ggml-vocab-qwen2.gguf'), path, added);
    model = await loadVocabulary(path);
  });
  afterAll(() => directory[Symbol.dispose]());

  const question = (content: string, family = deepseekR1): readonly PromptPiece[] =>
    family.render([{ role: 'user', content }], { thinking: 'open' });

  test('takes a tag for its token even in text that may hold no control tokens', () => {
    expect(idsOf(model, [{ text: 'a</think>b', special: false }])).toContain(151649);
    expect(idsOf(model, [{ text: 'a<｜Assistant｜>b', special: false }])).not.toContain(151645);
  });

  test.each([deepseekR1, qwqTemplate({ keepsLastThinking: true })])(
    '$name keeps the tags that people write out of it',
    (family) => {
      const word = fc.constantFrom('<think>', '</think>', '<tool_call>', '</tool_call>', '<', 'think>', ' a');
      const written = family.name === 'qwq' ? tags : tags.slice(0, 2);
      fc.assert(
        fc.property(fc.array(word, { maxLength: 8 }), (words) => {
          const content = words.join('');
          const ids = idsOf(model, question(content, family));
          const plain = idsOf(model, question('a', family));
          for (const tag of written)
            expect(ids.filter((id) => id === tag)).toEqual(plain.filter((id) => id === tag));
          expect(model.detokenize(ids as never, true)).toContain(content);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('costs other text nothing: it has the tokens it would have as one text', () => {
    const content = 'if a < b then <b>bold</b> & "think"';
    const whole = `<｜begin▁of▁sentence｜><｜User｜>${content}<｜Assistant｜><think>\n`;
    expect(idsOf(model, question(content))).toEqual(idsOf(model, [{ text: whole, special: true }]));
  });
});

/** A copy of a vocabulary with some of its tokens replaced. */
function writeVocabulary(
  from: string,
  to: string,
  added: Readonly<Record<number, readonly [string, number]>>,
): void {
  using gguf = openGgufFile(from);
  const texts = [...(gguf.metadata.get('tokenizer.ggml.tokens')!.value as readonly string[])];
  const types = Int32Array.from(gguf.metadata.get('tokenizer.ggml.token_type')!.value as Int32Array);
  for (const [id, [text, type]] of Object.entries(added)) {
    texts[Number(id)] = text;
    types[Number(id)] = type;
  }
  const metadata = new Map<string, GgufValue>([
    ...gguf.metadata,
    ['tokenizer.ggml.tokens', { type: 'array', elementType: 'string', value: texts }],
    ['tokenizer.ggml.token_type', { type: 'array', elementType: 'int32', value: types }],
  ]);
  writeGguf(to, { metadata, tensors: [] });
}
