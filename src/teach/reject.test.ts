// Rejection sampling over workers that compute nothing: what is kept, when it ends, and that it is not sampled twice.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { idleContext, tinyOptimiser, tinySize } from './fixture.ts';
import type { GradientShard } from './gradient-shard.ts';
import { type RejectPlan, sampleAndImitate } from './reject.ts';

type World = {
  /** Tokens of completions that the limit cut off. */
  readonly cutOff?: readonly number[];
  /** Whether all completions of a problem with an even index are right. */
  readonly isEasyWhenEven?: boolean;
};

const facts = { guesses: 2, wrong: 0, repeated: 0, misses: 2, endsInMiss: true };

function setUp({ cutOff = [], isEasyWhenEven = false }: World = {}) {
  const taught: (readonly GradientShard[])[] = [];
  const rounds: number[] = [];
  const start = new Float32Array(tinySize).fill(0.5);
  const values = new Float32Array(tinySize);
  const context = idleContext({
    values,
    rollOut: async (jobs) => {
      expect(values[0]).toBe(0.5);
      const problems = jobs.flatMap((job) => job.problems);
      rounds.push(problems.length);
      // Three of four completions are right.
      return problems.map((problem) => ({
        ...problem,
        prompt: '',
        promptTokens: [1, 2],
        isSolvable: true,
        rollouts: [4, 5, 6, 7].map((token) => ({
          tokens: [token, token],
          logProbabilities: [-1, -1, -1],
          stopped: !cutOff.includes(token),
          text: '',
          correct: token !== 5 || (isEasyWhenEven && problem.index % 2 === 0),
          facts,
          wellFormed: true,
          languageShare: null,
        })),
      }));
    },
    gradientsOf: async (shards, gradients) => {
      taught.push(shards);
      gradients.fill(0);
      return shards.map(() => ({ loss: 1, predictions: 1, entropySum: 0, klSum: 0, clippedTokens: 0 }));
    },
  });
  const plan: RejectPlan = {
    name: 'reject',
    prompts: { countdown: 1, multiplication: 0, 'chain-arithmetic': 0 },
    samples: 4,
    maxTokens: 10,
    keep: 2,
    epochs: 3,
    batch: 10,
    lanes: 2,
    optimiser: tinyOptimiser,
    directory: mkdtempSync(join(tmpdir(), 'tiegel-reject-')),
    start,
    seed: 1,
    subset: { from: 0, below: 1 },
    stageIndex: 0,
    stopToken: 19,
    until: { problems: 100 },
  };
  return { context, plan, taught, rounds };
}

const sequencesOf = (shards: readonly GradientShard[]) =>
  shards
    .flat()
    .flatMap(({ paddedBatch: { tokens, length, rows } }) =>
      Array.from({ length: rows }, (_, row) => [...tokens.subarray(row * length, (row + 1) * length)]),
    );

/** The tokens that each row is taught. */
const targetsOf = (shards: readonly GradientShard[]) =>
  shards
    .flat()
    .flatMap(({ paddedBatch: { length, rows, predictionIndices, targets } }) =>
      Array.from({ length: rows }, (_, row) =>
        [...targets].filter((_target, at) => Math.floor(predictionIndices[at]! / length) === row).join(),
      ),
    );

describe('rejection sampling', () => {
  test('keeps the first right completions of each problem and sees them once an epoch', async () => {
    const { context, plan, taught, rounds } = setUp();
    const { training, kept } = await sampleAndImitate(context, plan);
    expect(rounds).toEqual([64, 36]);
    // Four completions of two tokens after a prompt of two, at two operations a parameter each.
    expect(kept).toEqual({
      problems: 100,
      completions: 400,
      accepted: 300,
      flops: 2 * tinySize * 100 * 16,
      givesUpPerMiss: 0.5,
    });
    expect(training.state.step).toBe(3 * (200 / 10));
    const seen = taught.slice(0, 20).flatMap(sequencesOf);
    expect(seen).toHaveLength(200);
    expect(seen.filter((tokens) => tokens.join() === '1,2,4,4')).toHaveLength(100);
    expect(seen.filter((tokens) => tokens.join() === '1,2,6,6')).toHaveLength(100);
    expect(taught.slice(20, 40).flatMap(sequencesOf)).toHaveLength(200);
  });

  test('teaches no end where the token limit cut a completion off', async () => {
    const { context, plan, taught } = setUp({ cutOff: [4] });
    await sampleAndImitate(context, plan);
    const seen = new Set(taught.slice(0, 20).flatMap(targetsOf));
    expect([...seen].sort()).toEqual(['4,4', '6,6,19']);
  });

  test('drops problems that all completions got right where it is informed', async () => {
    const easy = setUp({ isEasyWhenEven: true });
    const all = await sampleAndImitate(easy.context, easy.plan);
    const { context, plan } = setUp({ isEasyWhenEven: true });
    const informed = await sampleAndImitate(context, { ...plan, informed: true });
    const { samples } = JSON.parse(readFileSync(join(plan.directory, 'kept.json'), 'utf8'));
    // Each problem that is not easy has one wrong completion.
    const hard = 400 - all.kept.accepted;
    expect(hard).toBeGreaterThan(0);
    expect(hard).toBeLessThan(100);
    expect(informed.kept.accepted).toBe(all.kept.accepted);
    expect(samples).toHaveLength(2 * hard);
  });

  test('ends when sampling and the training to come use up the compute', async () => {
    const { context, plan } = setUp();
    // A problem costs 16 tokens of sampling and 3 epochs of 2 completions of 5 tokens.
    const problem = tinySize * (2 * 16 + 6 * 3 * 10);
    const { training, kept } = await sampleAndImitate(context, { ...plan, until: { flops: 100 * problem } });
    expect(kept.problems).toBe(128);
    const spent = kept.flops + training.state.flops;
    expect(spent / (128 * problem)).toBeGreaterThan(0.95);
    expect(spent / (128 * problem)).toBeLessThanOrEqual(1);
  });

  test('does not sample again what was written down', async () => {
    const { context, plan, rounds } = setUp();
    const first = await sampleAndImitate(context, plan);
    const { samples } = JSON.parse(readFileSync(join(plan.directory, 'kept.json'), 'utf8'));
    expect(samples).toHaveLength(200);
    const again = await sampleAndImitate(context, plan);
    expect(rounds).toHaveLength(2);
    expect(again.kept).toEqual(first.kept);
  });

  test('refuses what was written down once it is damaged, and leaves it as it is', async () => {
    const { context, plan, rounds } = setUp();
    await sampleAndImitate(context, plan);
    const path = join(plan.directory, 'kept.json');
    const whole = readFileSync(path, 'utf8');
    const damages = [
      whole.slice(0, -5),
      whole.replace(/"completionStart":\d+/, '"completionStart":99'),
      whole.replace('"tokens":[', '"tokens":["1",'),
    ];
    for (const damaged of damages) {
      writeFileSync(path, damaged);
      await expect(sampleAndImitate(context, plan)).rejects.toMatchObject({
        code: 'TGL_RUN_INVALID',
        details: { path },
      });
      expect(readFileSync(path, 'utf8')).toBe(damaged);
    }
    expect(rounds).toHaveLength(2);
  });
});
