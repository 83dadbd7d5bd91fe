import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { createTensorRuntime } from '../tensor/index.ts';
import { createModel, initialise, type Model } from './model.ts';
import { type RolloutJob, rollOut, rolloutJobs, taskWords } from './rollout.ts';
import { taskTokenizer } from './vocabulary.ts';

const tokenizer = taskTokenizer();
const words = taskWords();
let model: Model;

beforeAll(async () => {
  model = createModel(await createTensorRuntime({ bytes: 2 ** 26 }), {
    vocabularySize: tokenizer.vocabulary.length,
    width: 32,
    layers: 1,
    heads: 2,
    keyValueHeads: 1,
    feedForward: 32,
    contextLength: 64,
    ropeBase: 10_000,
    normEpsilon: 1e-6,
  });
  initialise(model, seededRandom(1));
});

const jobOf = (unsolvable: number, own: Partial<RolloutJob> = {}): RolloutJob => ({
  ...(rolloutJobs(
    {
      prompts: { countdown: 1 },
      subset: { from: 0, below: 1 },
      tasks: { countdown: { difficulty: { unsolvable }, wording: 2, language: 'en' } },
      samples: 2,
      maxTokens: 4,
      seed: 3,
    },
    8,
    [0],
  )[0] as RolloutJob),
  ...own,
});
const rightOf = (job: RolloutJob) =>
  rollOut(model, tokenizer, words, job).flatMap(({ rollouts }) =>
    rollouts.filter(({ stopped }) => !stopped).map(({ correct }) => correct),
  );

describe('running out of room while thinking', () => {
  test('is wrong, unless it counts as giving up: then it is right where there is no solution', () => {
    expect(new Set(rightOf(jobOf(100)))).toEqual(new Set([false]));
    expect(new Set(rightOf(jobOf(100, { cutOff: 'wrong' })))).toEqual(new Set([false]));
    expect(new Set(rightOf(jobOf(100, { cutOff: 'gives-up' })))).toEqual(new Set([true]));
    expect(new Set(rightOf(jobOf(0, { cutOff: 'gives-up' })))).toEqual(new Set([false]));
  });
});

test('the settings of a task decide what is asked, and the side of the split too', () => {
  const trained = rollOut(model, tokenizer, words, jobOf(100));
  expect(trained.every(({ isSolvable, prompt }) => !isSolvable && prompt.startsWith('Countdown: '))).toBe(
    true,
  );
  const heldOut = rollOut(model, tokenizer, words, jobOf(100, { split: 'held-out' }));
  expect(heldOut.map(({ prompt }) => prompt)).not.toEqual(trained.map(({ prompt }) => prompt));
});
