import { describe, expect, test } from 'vitest';
import { sampleTask, taskNames } from '../tasks/index.ts';
import {
  checkSampleLengths,
  drawKind,
  packBatch,
  padBatch,
  promptedSubset,
  splitEvenly,
  splitToFit,
  trainingSample,
} from './dataset.ts';
import { loadRecipe, parseRecipe, type Recipe } from './recipe.ts';
import { taskTokenizer } from './vocabulary.ts';

const tokenizer = taskTokenizer();
const pico = loadRecipe('pico');
const withData = (data: Partial<Recipe['data']>) =>
  parseRecipe('test', { ...pico, data: { ...pico.data, ...data } });

describe('a limit that samples cannot keep', () => {
  test('is refused before any is waited for, with what was drawn', () => {
    expect(() => checkSampleLengths(withData({ longestSample: 10 }), tokenizer)).toThrow(
      expect.objectContaining({
        code: 'TGL_RECIPE_INVALID',
        message: expect.stringMatching(
          /pico is not valid at data\.longestSample: of 64 samples of countdown, 0 have at most 10/,
        ),
      }),
    );
    expect(checkSampleLengths(pico, tokenizer)).toBeUndefined();
  });

  test('is refused for one kind alone, which would be missing from the mixture in silence', () => {
    const mixture = { countdown: 0, multiplication: 1, 'chain-arithmetic': 0, outside: 1 };
    expect(() => checkSampleLengths(withData({ mixture, longestSample: 80 }), tokenizer)).toThrow(
      'samples of multiplication',
    );
  });

  test('ends the drawing of a sample all the same', () => {
    expect(() => trainingSample(withData({ longestSample: 10 }), tokenizer, 3)).toThrow(
      expect.objectContaining({
        code: 'TGL_RECIPE_INVALID',
        message: expect.stringContaining('of 1000 draws of sample 3'),
      }),
    );
  });
});

describe('the training stream', () => {
  test('a sample is a function of seed and index', () => {
    const other = parseRecipe('other', { ...pico, seed: 2 });
    expect(trainingSample(pico, tokenizer, 5)).toEqual(trainingSample(pico, tokenizer, 5));
    expect(trainingSample(pico, tokenizer, 5)).not.toEqual(trainingSample(pico, tokenizer, 6));
    expect(trainingSample(pico, tokenizer, 5)).not.toEqual(trainingSample(other, tokenizer, 5));
  });

  test('a sample reads like a conversation whose thinking stands between the tags', () => {
    const recipe = withData({ withoutThinking: 0, withHistory: 0, withSystemMessage: 0 });
    for (let index = 0; index < 200; index++) {
      const { tokens, completionStart } = trainingSample(recipe, tokenizer, index);
      expect(tokenizer.decode(tokens.slice(0, completionStart))).toMatch(
        /^<\|user\|>[\s\S]*<\|assistant\|><think>\n$/,
      );
      expect(tokenizer.decode(tokens.slice(completionStart))).toMatch(
        /^[\s\S]+\n<\/think>\n[\s\S]+<\|end\|>$/,
      );
    }
  });

  test('without thinking the block is closed in the prompt, for tasks only', () => {
    const recipe = withData({ withoutThinking: 1, withHistory: 0, withSystemMessage: 0 });
    const completions = Array.from({ length: 200 }, (_, index) => {
      const { tokens, completionStart } = trainingSample(recipe, tokenizer, index);
      return tokenizer.decode(tokens.slice(completionStart));
    });
    const thinking = completions.filter((completion) => completion.includes('</think>'));
    expect(thinking.length).toBeGreaterThan(5);
    expect(thinking.length).toBeLessThan(45);
  });

  test('some problems have a demonstration, and stages ask the others', () => {
    const recipe = withData({ demonstrated: 0.2, withHistory: 0 });
    const mixture = {
      ...recipe.data.mixture,
      multiplication: 1,
      countdown: 0,
      'chain-arithmetic': 0,
      outside: 0,
    };
    const source = { ...recipe, data: { ...recipe.data, mixture } };
    const factors = (text: string): string | undefined => text.match(/\d+/g)?.slice(0, 2).sort().join(' ');
    const shown = Array.from({ length: 300 }, (_, index) =>
      factors(tokenizer.decode(trainingSample(source, tokenizer, index).tokens)),
    );
    const asked = Array.from({ length: 300 }, (_, index) =>
      factors(
        sampleTask('multiplication', 1, index, { split: 'train', subset: promptedSubset(source.data) })
          .prompt,
      ),
    );
    expect(shown.filter((problem) => asked.includes(problem))).toEqual([]);
    expect(promptedSubset(pico.data)).toEqual({ from: 0, below: 1 });
  });

  test('a share of the samples shows the solution and not the search for it', () => {
    const mixture = { countdown: 1, multiplication: 0, 'chain-arithmetic': 0, outside: 0 };
    const searches = (withoutSearch: number): number => {
      const recipe = withData({ mixture, withoutSearch, withoutThinking: 0, withHistory: 0 });
      const texts = Array.from({ length: 300 }, (_, index) =>
        tokenizer.decode(trainingSample(recipe, tokenizer, index).tokens),
      );
      return texts.filter((text) => text.includes('|>') && text.includes(' | ')).length;
    };
    expect(searches(0)).toBe(300);
    expect(searches(1)).toBe(0);
    expect(Math.abs(searches(0.4) - 180)).toBeLessThan(40);
  });

  test('no sample is longer than the recipe allows, and each kind comes as often as its weight says', () => {
    const recipe = withData({ longestSample: 120, mixture: { ...pico.data.mixture, outside: 0 } });
    const lengths = Array.from(
      { length: 300 },
      (_, index) => trainingSample(recipe, tokenizer, index).tokens.length,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(120);
    for (const only of taskNames) {
      const mixture = { countdown: 0, multiplication: 0, 'chain-arithmetic': 0, outside: 0, [only]: 1 };
      const text = tokenizer.decode(trainingSample(withData({ mixture }), tokenizer, 1).tokens);
      expect(/[+*-]/.test(text)).toBe(true);
    }
  });
});

describe('batches', () => {
  test('shards hold every sample once, shorter ones first, and all completion tokens', () => {
    const samples = Array.from({ length: 8 }, (_, index) => trainingSample(pico, tokenizer, index));
    const batch = packBatch(samples, 3);
    expect(batch.shards.map(([shard]) => shard!.rows)).toEqual([3, 2, 3]);
    const lengths = batch.shards.map(([shard]) => shard!.length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(
      batch.shards.flat().reduce((sum, { predictionIndices }) => sum + predictionIndices.length, 0),
    ).toBe(batch.completionTokens);
  });

  test('fewer items than shards make fewer shards, none of them empty', () => {
    expect(splitEvenly([1, 2], 4)).toEqual([[1], [2]]);
    expect(splitEvenly([], 4)).toEqual([]);
    expect(splitEvenly([1, 2, 3, 4, 5], 2)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  test('a shard too large for memory becomes several padded batches, nothing lost and nothing empty', () => {
    const items = Array.from({ length: 30 }, (_, index) => ({ tokens: new Array(300 + index).fill(0) }));
    const parts = splitToFit(items);
    expect(parts.map((part) => part.length)).toEqual([13, 12, 5]);
    expect(parts.flat()).toEqual(items);
    expect(splitToFit([{ tokens: new Array(9000).fill(0) }])).toHaveLength(1);
  });

  test('an index predicts the next token; prompt and padding have none', () => {
    const paddedBatch = padBatch([
      { tokens: [1, 2, 3, 4], completionStart: 2 },
      { tokens: [5, 6], completionStart: 1 },
    ]);
    expect(paddedBatch).toEqual({
      rows: 2,
      length: 3,
      tokens: Int32Array.of(1, 2, 3, 5, 0, 0),
      predictionIndices: Int32Array.of(1, 2, 3),
      targets: Int32Array.of(3, 4, 6),
    });
  });
});

test('kinds come as often as their weights say, and those without weight never', () => {
  const draws = Array.from({ length: 1000 }, (_, index) =>
    drawKind({ countdown: 3, multiplication: 0, 'chain-arithmetic': 1 }, index / 1000),
  );
  expect(draws.filter((kind) => kind === 'countdown')).toHaveLength(750);
  expect(draws).not.toContain('multiplication');
});
