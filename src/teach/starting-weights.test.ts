// Which model files a run may start from: only those whose every number means the same here.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  buildVocabulary,
  createTokenizer,
  type GgufValue,
  qwen2Metadata,
  qwen2Tensors,
  tiegelTemplate,
  writeGguf,
} from '../formats/index.ts';
import type { ModelShape } from './model.ts';
import { parameterCount } from './model-shape.ts';
import { loadRecipe } from './recipe.ts';
import { readWeights, startingWeights } from './starting-weights.ts';

const tokenizer = createTokenizer(buildVocabulary([' apples']));
const shape: ModelShape = {
  ...{ width: 32, layers: 1, heads: 2, keyValueHeads: 1, feedForward: 32, contextLength: 64 },
  ...{ vocabularySize: tokenizer.vocabulary.length, ropeBase: 10_000, normEpsilon: 1e-6 },
};
const directory = mkdtempSync(join(tmpdir(), 'tiegel-start-'));

function fileWith(key: string, value: GgufValue): string {
  const path = join(directory, `${key}.gguf`);
  const description = { name: 'start', license: 'MIT', template: tiegelTemplate, type: 'F32' } as const;
  writeGguf(path, {
    metadata: new Map([...qwen2Metadata(shape, tokenizer, description), [key, value]]),
    tensors: qwen2Tensors(shape).map((tensor) => {
      const elements = tensor.shape.reduce((product, dimension) => product * dimension, 1);
      return { ...tensor, type: 'F32', data: new Float32Array(elements).fill(0.5) };
    }),
  });
  return path;
}

const float32 = (value: number): GgufValue => ({ type: 'float32', value });

test('weights of the recipe are read', () => {
  const path = fileWith('general.description', { type: 'string', value: 'as it should be' });
  expect(readWeights(path, shape)).toEqual(new Float32Array(parameterCount(shape)).fill(0.5));
});

test.each([
  ['qwen2.rope.freq_base', 1_000_000, 'ropeBase is 1000000'],
  ['qwen2.attention.layer_norm_rms_epsilon', 1e-5, 'normEpsilon'],
  ['qwen2.rope.scaling.factor', 4, 'RoPE is scaled'],
])('weights with a %s of their own are refused', (key, value, problem) => {
  const path = fileWith(key, float32(value));
  expect(() => readWeights(path, shape)).toThrow(
    expect.objectContaining({ code: 'TGL_START_INVALID', message: expect.stringContaining(problem) }),
  );
});

test('weights that were learned for other tokens are refused, with the first that differs', async () => {
  const from = fileWith('general.description', { type: 'string', value: 'of one word' });
  const others = createTokenizer(buildVocabulary([' pears']));
  const recipe = { ...loadRecipe('pico'), from };
  await expect(startingWeights(recipe, shape, others.vocabulary)).rejects.toMatchObject({
    code: 'TGL_START_INVALID',
    message: expect.stringMatching(/token \d+ is " apples", " pears" here/),
  });
  const words = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => ` ${letter.repeat(3)}`);
  const longer = createTokenizer(buildVocabulary(words));
  await expect(startingWeights(recipe, shape, longer.vocabulary)).rejects.toThrow(
    /another one: \d+ tokens, \d+ here/,
  );
  const { values } = await startingWeights(recipe, shape, tokenizer.vocabulary);
  expect(values).toHaveLength(parameterCount(shape));
});
