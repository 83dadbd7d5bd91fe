// A model file with random weights for the tests of local engines. It never ends its turn by itself: the row of the
// end token in the tied embedding is zero, so that its logit is zero, which is never the largest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../base/index.ts';
import {
  buildVocabulary,
  createTokenizer,
  qwen2Metadata,
  qwen2Tensors,
  type Tokenizer,
  type TransformerConfiguration,
  tiegelTemplate,
  writeGguf,
} from '../../formats/index.ts';

export const testTokenizer: Tokenizer = createTokenizer(buildVocabulary([' apples', ' and', ' Äpfel']));

/** For tests that start processes: a hang ends them, a slow machine does not. In milliseconds. */
export const patience = 300_000;

/** The id of a text that is one token. */
export function testTokenId(text: string): number {
  const [id = -1, ...others] = testTokenizer.encode([{ text, special: false }]);
  if (others.length > 0) throw new Error(`${text} is not one token`);
  return id;
}

const small: TransformerConfiguration = {
  vocabularySize: testTokenizer.vocabulary.length,
  width: 64,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  feedForward: 96,
  contextLength: 512,
  ropeBase: 10_000,
  normEpsilon: Math.fround(1e-6),
};

export type TestModel = Disposable & { readonly path: string };

/**
 * Writes the file into a new temporary directory, which goes when it is disposed.
 *
 * @param constantOf the value that all elements of a tensor get, instead of random ones.
 * @param writes whether the model may write a token, by its text in the file.
 */
export function writeTestModel(
  changes: Partial<TransformerConfiguration> = {},
  constantOf: (tensor: string) => number | undefined = () => undefined,
  writes: (text: string) => boolean = () => true,
): TestModel {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-engine-'));
  const path = join(directory, 'test.gguf');
  const configuration = { ...small, ...changes };
  const description = { name: 'test', license: 'apache-2.0', template: tiegelTemplate, type: 'F32' } as const;
  const random = seededRandom(1);
  const tensors = qwen2Tensors(configuration).map(({ name, shape }) => {
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    const given = constantOf(name) ?? (name.includes('norm') ? 1 : undefined);
    const value = (): number => given ?? (random.next() - 0.5) * 0.3;
    const data = Float32Array.from({ length: elements }, value);
    if (name === 'token_embd.weight') {
      for (const [id, { text }] of testTokenizer.vocabulary.entries())
        if (text === '<|end|>' || !writes(text))
          data.fill(0, id * configuration.width, (id + 1) * configuration.width);
    }
    return { name, shape, type: 'F32', data } as const;
  });
  writeGguf(path, { metadata: new Map(qwen2Metadata(configuration, testTokenizer, description)), tensors });
  return { path, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}
