// Shapes of open reasoners, from the `config.json` beside the weights on the Hugging Face hub, so that a model can be
// weighed before anything is downloaded. The names are those of known-models.ts.
import type { PublishedShape } from './quantised-tensors.ts';

type Numbers = PublishedShape['configuration'];

/** Equal in all of them; neither memory nor speed depends on it. */
const common: Pick<Numbers, 'ropeBase' | 'normEpsilon'> = { ropeBase: 1e6, normEpsilon: 1e-6 };

const qwen7b: Omit<Numbers, 'contextLength'> = {
  ...common,
  vocabularySize: 152_064,
  width: 3584,
  layers: 28,
  heads: 28,
  keyValueHeads: 4,
  feedForward: 18_944,
};

const qwen32b: Omit<Numbers, 'contextLength'> = {
  ...common,
  vocabularySize: 152_064,
  width: 5120,
  layers: 64,
  heads: 40,
  keyValueHeads: 8,
  feedForward: 27_648,
};

const longContext = 131_072;

/** DeepSeek-R1-Distill-Qwen-1.5B: 1,777,088,000 parameters. */
export const distillQwenOneAndAHalfBillion: PublishedShape = {
  configuration: {
    ...common,
    vocabularySize: 151_936,
    width: 1536,
    layers: 28,
    heads: 12,
    keyValueHeads: 2,
    feedForward: 8960,
    contextLength: longContext,
  },
  headWidth: 128,
  architecture: 'qwen2',
  tiedEmbedding: false,
};

/** By name, in families from small to large. */
export const publishedShapes: ReadonlyMap<string, PublishedShape> = new Map([
  ['deepseek-r1:1.5b', distillQwenOneAndAHalfBillion],
  ['deepseek-r1:7b', untied({ ...qwen7b, contextLength: longContext })],
  [
    'deepseek-r1:8b',
    untied({
      ...common,
      vocabularySize: 128_256,
      width: 4096,
      layers: 32,
      heads: 32,
      keyValueHeads: 8,
      feedForward: 14_336,
      contextLength: longContext,
    }),
  ],
  [
    'deepseek-r1:14b',
    untied({
      ...common,
      vocabularySize: 152_064,
      width: 5120,
      layers: 48,
      heads: 40,
      keyValueHeads: 8,
      feedForward: 13_824,
      contextLength: longContext,
    }),
  ],
  ['deepseek-r1:32b', untied({ ...qwen32b, contextLength: longContext })],
  [
    'deepseek-r1:70b',
    untied({
      ...common,
      vocabularySize: 128_256,
      width: 8192,
      layers: 80,
      heads: 64,
      keyValueHeads: 8,
      feedForward: 28_672,
      contextLength: longContext,
    }),
  ],
  ['qwq:32b', untied({ ...qwen32b, contextLength: longContext })],
  ['openthinker:7b', untied({ ...qwen7b, contextLength: 32_768 })],
  ['openthinker:32b', untied({ ...qwen32b, contextLength: 32_768 })],
  ['qwen3:0.6b', qwen3([1024, 28, 16, 3072], true)],
  ['qwen3:1.7b', qwen3([2048, 28, 16, 6144], true)],
  ['qwen3:4b', qwen3([2560, 36, 32, 9728], true)],
  ['qwen3:8b', qwen3([4096, 36, 32, 12_288], false)],
  ['qwen3:14b', qwen3([5120, 40, 40, 17_408], false)],
  ['qwen3:32b', qwen3([5120, 64, 64, 25_600], false)],
]);

function untied(configuration: Numbers): PublishedShape {
  const headWidth = configuration.width / configuration.heads;
  return { configuration, headWidth, architecture: 'qwen2', tiedEmbedding: false };
}

function qwen3(
  [width, layers, heads, feedForward]: readonly [number, number, number, number],
  tiedEmbedding: boolean,
): PublishedShape {
  const configuration = {
    ...common,
    ...{ vocabularySize: 151_936, width, layers, heads, keyValueHeads: 8, feedForward },
    contextLength: 40_960,
  };
  return { configuration, headWidth: 128, architecture: 'qwen3', tiedEmbedding };
}
