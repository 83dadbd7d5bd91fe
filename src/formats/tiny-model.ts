// A valid model file with random weights, in memory and on disk, for the tests of this folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../base/index.ts';
import type { TransformerConfiguration } from './architecture/decoder.ts';
import { qwen2Metadata, qwen2Tensors } from './architecture/qwen2.ts';
import { tiegelTemplate } from './chat-template/tiegel.ts';
import type { GgufValue } from './gguf/gguf.ts';
import type { WritableType } from './gguf/quantise.ts';
import { encodeGguf, type GgufToWrite } from './gguf/write-gguf.ts';
import { createTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';
import { buildVocabulary } from './tokenizer/vocabulary.ts';

/** Words that are parts of each other, with every mark a word may have and letters of two to four bytes. */
export const tinyTokenizer: Tokenizer = createTokenizer(
  buildVocabulary([
    ' a',
    ' apple',
    ' apples',
    '\nwith',
    ' Äpfel',
    ' 数',
    "'s",
    '(each',
    '"no',
    '-yes',
    ' 𝒳y',
  ]),
);

export const tinyConfiguration: TransformerConfiguration = {
  vocabularySize: tinyTokenizer.vocabulary.length,
  width: 64,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  feedForward: 96,
  contextLength: 256,
  ropeBase: 10_000,
  normEpsilon: Math.fround(1e-6),
};

/** The content of a model file; entries of `metadata` replace or add to the right ones. */
export function tinyModel(
  options: {
    readonly type?: WritableType;
    readonly configuration?: Partial<TransformerConfiguration>;
    readonly metadata?: Readonly<Record<string, GgufValue>>;
  } = {},
): GgufToWrite {
  const type = options.type ?? 'F32';
  const configuration = { ...tinyConfiguration, ...options.configuration };
  const description = { name: 'tiny', license: 'apache-2.0', template: tiegelTemplate, type };
  const metadata = new Map(qwen2Metadata(configuration, tinyTokenizer, description));
  for (const [key, value] of Object.entries(options.metadata ?? {})) metadata.set(key, value);
  const random = seededRandom(1);
  const tensors = qwen2Tensors(configuration).map(({ name, shape }) => {
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    const value = (): number => (name.includes('norm') ? 1 : (random.next() - 0.5) * 0.3);
    return { name, shape, type, data: Float32Array.from({ length: elements }, value) };
  });
  return { metadata, tensors };
}

/** The bytes of a file with this content. */
export function bytesOfGguf(content: GgufToWrite): Uint8Array {
  return Buffer.concat([...encodeGguf(content)]);
}

export type TemporaryDirectory = Disposable & { readonly path: string };

export function temporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), 'tiegel-formats-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
