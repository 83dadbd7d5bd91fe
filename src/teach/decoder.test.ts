import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { createTape, createTensorRuntime, type KernelBuild, tokenLogProbabilities } from '../tensor/index.ts';
import { type CompletionOptions, complete, createDecoder } from './decoder.ts';
import { createModel, forward, forwardAt, initialise, type Model } from './model.ts';

const vocabularySize = 29;
const stopToken = 3;

describe.each<KernelBuild>(['wide', 'relaxed', 'plain'])('the %s build', (build) => {
  test('prefill and every step give the logits of the whole sequence', async () => {
    const model = await sharpModel(build);
    const sequences = [
      [5, 9, 1, 20, 7, 7],
      [11, 2, 8],
      [4, 17, 0, 6, 25, 13, 1, 28],
    ];
    using decoder = createDecoder(model, { batch: 3, capacity: 16 });
    const compare = (logits: Float32Array, prefixes: readonly number[][]): void => {
      const rows = logits.slice();
      prefixes.forEach((prefix, row) => {
        const expected = lastLogits(model, prefix);
        const actual = rows.subarray(row * vocabularySize, (row + 1) * vocabularySize);
        for (const [token, value] of actual.entries()) {
          expect(Math.abs(value - expected[token]!)).toBeLessThan(1e-4);
        }
      });
    };
    compare(decoder.prefill(sequences), sequences);
    const longer = sequences.map((sequence) => [...sequence, 12]);
    compare(decoder.step([12, 12, 12]), longer);
    // The first is finished; the others go on in another order.
    decoder.keep([2, 1]);
    compare(decoder.step([3, 4]), [
      [...longer[2]!, 3],
      [...longer[1]!, 4],
    ]);
    expect(decoder.lengths()).toEqual([10, 5]);
    compare(decoder.prefill([[1, 2]]), [[1, 2]]);
  });

  test('greedy completion is the same alone, in batches of any size, and by whole forward passes', async () => {
    const model = await sharpModel(build);
    const prompt = fc.array(fc.integer({ min: 0, max: vocabularySize - 1 }), { minLength: 1, maxLength: 12 });
    const batches = fc.tuple(
      fc.array(prompt, { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(batches, ([prompts, batch]) => {
        const together = tokensOf(model, prompts, { maxTokens: 10, stopToken, batch });
        expect(together).toEqual(prompts.map((tokens) => completeSlowly(model, tokens, 10)));
      }),
      { numRuns: 15, seed: 7 },
    );
  });
});

test('completions end before the stop token, at maxTokens and at the end of the context', async () => {
  const model = await sharpModel('relaxed');
  const prompt = [5, 9, 1];
  const [free] = tokensOf(model, [prompt], { maxTokens: 100, stopToken: -1 });
  expect(free).toHaveLength(model.shape.contextLength - prompt.length + 1);
  expect(tokensOf(model, [prompt], { maxTokens: 4, stopToken: -1 })).toEqual([free!.slice(0, 4)]);
  const stop = free![5]!;
  const [stopped] = tokensOf(model, [prompt], { maxTokens: 100, stopToken: stop });
  expect(stopped).toEqual(free!.slice(0, free!.indexOf(stop)));
  expect(tokensOf(model, [], { maxTokens: 4, stopToken })).toEqual([]);
});

test('sampling depends on the stream and the index of a prompt, not on the batches', async () => {
  const model = await sharpModel('relaxed');
  const prompts = [[5, 9], [1, 2, 3, 4], [7], [5, 9]];
  const sample = (batch: number, seed: number): number[][] =>
    tokensOf(model, prompts, {
      maxTokens: 12,
      stopToken: -1,
      temperature: 2,
      batch,
      random: seededRandom(seed),
    });
  expect(sample(1, 1)).toEqual(sample(4, 1));
  expect(sample(4, 2)).not.toEqual(sample(4, 1));
  expect(sample(4, 1)[0]).not.toEqual(sample(4, 1)[3]);
});

test('sampled tokens follow softmax(logits / temperature)', async () => {
  const model = await sharpModel('relaxed');
  const draws = 4000;
  const prompts = Array.from({ length: draws }, () => [5, 9, 1]);
  const temperature = 3;
  const options = { maxTokens: 1, stopToken: -1, temperature, batch: 500, random: seededRandom(11) };
  const counts = new Float64Array(vocabularySize);
  for (const [token] of tokensOf(model, prompts, options)) counts[token!]!++;
  const weights = Float64Array.from(lastLogits(model, [5, 9, 1]), (logit) => Math.exp(logit / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Five standard deviations of a binomial count.
  counts.forEach((count, token) => {
    const probability = weights[token]! / total;
    const bound = 5 * Math.sqrt(draws * probability * (1 - probability)) + 1;
    expect(Math.abs(count - draws * probability)).toBeLessThan(bound);
  });
});

test.each<KernelBuild>(['wide', 'relaxed', 'plain'])(
  'log-probabilities have the bits that training gives them, the stop token included: %s',
  async (build) => {
    const model = await sharpModel(build);
    const prompts = [
      [5, 9, 1],
      [11, 2],
      [4, 17, 0, 6, 25, 13, 1],
      [11, 2],
      [11, 2],
    ];
    const options = { maxTokens: 15, stopToken, temperature: 1, random: seededRandom(2), batch: 4 };
    const completions = complete(model, prompts, options);
    expect(completions.some(({ stopped }) => stopped)).toBe(true);
    completions.forEach(({ tokens, logProbabilities, stopped }, index) => {
      const prompt = prompts[index]!;
      const written = stopped ? [...tokens, stopToken] : tokens;
      using tape = createTape(model.runtime);
      const sequence = Int32Array.from([...prompt, ...written.slice(0, -1)]);
      const predictionIndices = Int32Array.from(written, (_, index) => prompt.length - 1 + index);
      const logits = forwardAt(
        tape,
        model,
        { tokens: sequence, rows: 1, length: sequence.length },
        predictionIndices,
      );
      const trained = tokenLogProbabilities(tape, logits, Int32Array.from(written));
      expect(logProbabilities).toEqual([...trained.values]);
    });
  },
);

test('a prompt that is empty, too long or not of the vocabulary is refused, and memory is free afterwards', async () => {
  const model = await sharpModel('relaxed');
  const options = { maxTokens: 2, stopToken };
  const shapeError = expect.objectContaining({ code: 'TGL_TENSOR_SHAPE' });
  expect(() => tokensOf(model, [[1], []], options)).toThrowError(shapeError);
  expect(() => tokensOf(model, [new Array(25).fill(1)], options)).toThrowError(shapeError);
  expect(() => tokensOf(model, [[vocabularySize]], options)).toThrowError(shapeError);
  expect(tokensOf(model, [[1]], options)[0]!.length).toBeGreaterThan(0);
});

const tokensOf = (model: Model, prompts: readonly (readonly number[])[], options: CompletionOptions) =>
  complete(model, prompts, options).map(({ tokens }) => [...tokens]);

/** A small random model whose logits differ enough for completions to vary. */
async function sharpModel(build: KernelBuild): Promise<Model> {
  const runtime = await createTensorRuntime({ bytes: 32e6, build });
  const model = createModel(runtime, {
    vocabularySize,
    width: 32,
    layers: 2,
    heads: 4,
    keyValueHeads: 2,
    feedForward: 64,
    contextLength: 24,
    ropeBase: 10000,
    normEpsilon: 1e-6,
  });
  initialise(model, seededRandom(5));
  for (const { name, values } of model.parameters.tensors.values()) {
    if (name.endsWith('norm.weight')) continue;
    for (let i = 0; i < values.length; i++) values[i] = values[i]! * 15;
  }
  return model;
}

/** The logits after a sequence, by one forward pass over all of it. */
function lastLogits(model: Model, sequence: readonly number[]): Float32Array {
  using tape = createTape(model.runtime, { recording: false });
  return forward(tape, model, Int32Array.from(sequence), 1, sequence.length).values.slice(-vocabularySize);
}

function completeSlowly(model: Model, prompt: readonly number[], maxTokens: number): number[] {
  const completion: number[] = [];
  while (completion.length < maxTokens) {
    const logits = lastLogits(model, [...prompt, ...completion]);
    const token = logits.indexOf(Math.max(...logits));
    if (token === stopToken) break;
    completion.push(token);
  }
  return completion;
}
