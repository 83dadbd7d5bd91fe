// GRPO over workers that compute nothing: what it samples again, what it learns from and with which weights.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import { idleContext, tinyOptimiser, tinySize } from './fixture.ts';
import type { GradientShard } from './gradient-shard.ts';
import { trainGrpo } from './grpo.ts';
import { readMetrics } from './metrics.ts';
import type { RolloutGroup, RolloutJob } from './rollout.ts';
import type { GrpoStage } from './stages/grpo-stage.ts';
import type { WatchedCompletion } from './watched.ts';

const stopToken = 19;

const subset = { from: 0.5, below: 1 };
const stage: GrpoStage = {
  stage: 'grpo',
  name: 'grpo',
  steps: 1,
  lanes: 2,
  optimiser: tinyOptimiser,
  prompts: { countdown: 1, multiplication: 0, 'chain-arithmetic': 0 },
  samples: 2,
  maxTokens: 10,
  groups: 4,
  rounds: 3,
  updates: 1,
  advantage: { scale: 'none', epsilon: 0 },
  aggregation: 'token-mean',
  ratio: 'token',
  clip: { low: 0.2, high: 0.28 },
  klWeight: 0,
  rewards: { accuracy: 1 },
  overlongCache: 2,
};

/** The n-th group drawn, counted from 0: one right and one wrong, or two alike; the second one is cut off. */
type Verdict = (drawn: number) => readonly [boolean | null, boolean | null];

async function runWith(verdict: Verdict, change: Partial<GrpoStage> = {}) {
  const asked: number[] = [];
  const updates: (readonly GradientShard[])[] = [];
  let drawn = 0;
  const groupOf = (problem: RolloutJob['problems'][number]): RolloutGroup => {
    const [first, second] = verdict(drawn++);
    const rollout = (correct: boolean | null, tokens: number[], stopped: boolean) => ({
      tokens,
      logProbabilities: new Array(tokens.length + (stopped ? 1 : 0)).fill(-0.5),
      stopped,
      text: '',
      correct,
      wellFormed: true,
      languageShare: null,
    });
    const rollouts = [rollout(first, [7, 8, 9], true), rollout(second, [5, 6], false)];
    return { ...problem, prompt: 'a prompt', promptTokens: [1, 2, 3], isSolvable: true, rollouts };
  };
  const warnings: string[] = [];
  const idle = idleContext({
    rollOut: async (jobs) => {
      const problems = jobs.flatMap((job) => job.problems);
      asked.push(problems.length);
      for (const job of jobs) if (job.split !== 'held-out') expect(job.subset).toEqual(subset);
      return problems.map(groupOf);
    },
    gradientsOf: async (shards, gradients) => {
      updates.push(shards);
      gradients.fill(0.01);
      return shards.map(() => ({ loss: 1, predictions: 7, entropySum: 14, klSum: 0, clippedTokens: 0 }));
    },
  });
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-grpo-'));
  const options = { directory, start: new Float32Array(tinySize), seed: 1, subset, stageIndex: 0, stopToken };
  const watched: WatchedCompletion[] = [];
  const context = {
    ...idle,
    onWarning: (text: string) => warnings.push(text),
    onWatched: (completion: WatchedCompletion) => watched.push(completion),
  };
  const trained = await trainGrpo(context, { ...stage, ...change }, options).catch((error: unknown) => {
    if (TiegelError.isInstance(error) && error.code === 'TGL_REWARD_WITHOUT_SIGNAL') return error;
    throw error;
  });
  const [refusal, state] = TiegelError.isInstance(trained)
    ? [trained, readCheckpoint(join(directory, 'checkpoint.bin'))!]
    : [undefined, trained.state];
  const metrics = readMetrics(join(directory, 'metrics.jsonl'))[0]!;
  return { asked, updates, state, refusal, warnings, metrics, watched };
}

const advantagesOf = (shards: readonly GradientShard[]) =>
  shards.flat().flatMap((part) => (part.objective === 'policy' ? part.sequences : []));

describe('a step of GRPO', () => {
  test('draws again for groups without signal, as many as are missing, and drops those', async () => {
    const { asked, updates, metrics } = await runWith((drawn) => [true, drawn % 2 === 0]);
    // Of four drawn two have signal, of two more one, of one more none.
    expect(asked).toEqual([4, 2, 1]);
    expect(metrics.policy).toMatchObject({ rounds: 3, groups: 7, withoutSignal: 4 / 7, entropy: 2 });
    expect(advantagesOf(updates[0]!)).toHaveLength(2 * 3);
  });

  test('with no rounds draws once and drops nothing', async () => {
    const { asked, updates, metrics, refusal } = await runWith(() => [true, true], { rounds: 0 });
    expect(refusal?.message).toContain('in each of the 4 groups of its 1 steps');
    expect(asked).toEqual([4]);
    expect(advantagesOf(updates[0]!).map(({ advantage }) => advantage)).toEqual(new Array(8).fill(0));
    expect(metrics.policy).toMatchObject({ accuracy: 1, withoutSignal: 1 });
  });

  test('changes nothing where nothing has signal', async () => {
    const { updates, state, metrics } = await runWith(() => [false, false]);
    expect(updates).toEqual([]);
    expect([state.step, state.updates, metrics.gradientNorm, metrics.loss]).toEqual([1, 0, 0, 0]);
  });

  test('ends with an error where no step had signal, and warns at five, ten and twenty in a row', async () => {
    const { refusal, warnings, state } = await runWith(() => [true, true], { steps: 21 });
    expect(refusal?.details).toEqual({ stage: stage.name, groups: 21 * 4 * 3, steps: 21 });
    expect(warnings.map((text) => /last (\d+) steps/.exec(text)?.[1])).toEqual(['5', '10', '20']);
    expect([state.step, state.updates]).toEqual([21, 0]);
  });

  test('ends well where one group of one step had signal', async () => {
    const { refusal, warnings } = await runWith((drawn) => [true, drawn !== 40], { steps: 7 });
    expect(refusal).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test('learns the stop token where the model gave it, and weighs every token the same', async () => {
    const { updates } = await runWith(() => [true, false]);
    const parts = updates[0]!.flat();
    const targets = parts.flatMap(({ paddedBatch }) => [...paddedBatch.targets]);
    expect(targets.filter((token) => token === stopToken)).toHaveLength(4);
    expect(targets).toHaveLength(4 * (4 + 2));
    for (const { weight, advantage, start, end } of advantagesOf(updates[0]!)) {
      expect(weight).toBeCloseTo(1 / 24, 12);
      expect(advantage).toBe(end - start === 4 ? 0.5 : -0.5);
    }
  });

  test('leaves out what the verifier cannot judge', async () => {
    const { updates, metrics } = await runWith((drawn) => (drawn === 0 ? [null, true] : [true, false]));
    expect(advantagesOf(updates[0]!)).toHaveLength(8);
    expect(metrics.policy!.withoutSignal).toBeCloseTo(1 / 5, 12);
  });

  test('tells what became of a watched problem, before the first step and at the end', async () => {
    const change = { steps: 4, watchEverySteps: 2 };
    const { watched } = await runWith(() => [true, false], change);
    const completion = { stage: 'grpo', prompt: 'a prompt', text: '', correct: true, stopped: true };
    expect(watched).toEqual([0, 2, 4].map((step) => ({ ...completion, step, tokens: 3 })));
  });

  test('in several updates uses every group once', async () => {
    const { updates, state } = await runWith(() => [true, false], { updates: 3 });
    expect(state.updates).toBe(3);
    expect(updates.map((shards) => advantagesOf(shards).length)).toEqual([2, 4, 2]);
  });

  test('counts operations: two a parameter for what is sampled with its prompt, six for what is learned', async () => {
    const { state } = await runWith(() => [true, false]);
    expect(state.tokens).toBe(4 * (7 + 5));
    expect(state.flops).toBe(tinySize * (2 * 4 * (6 + 5) + 6 * 4 * (7 + 5)));
    const withReference = await runWith(() => [true, false], { klWeight: 0.1 });
    expect(withReference.state.flops - state.flops).toBe(tinySize * 2 * 4 * (7 + 5));
  });
});
