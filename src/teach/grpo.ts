// Group relative policy optimisation (Shao et al. 2024): sample groups, reward them by rule, learn from the difference to
// the group's mean. DAPO's dynamic sampling: groups without signal are replaced. A step's weights sample its rollouts, so
// its first update is on policy.
import { join } from 'node:path';
import { digestOf, TiegelError } from '../base/index.ts';
import type { Subset } from '../tasks/index.ts';
import { padBatch, splitEvenly, splitToFit } from './dataset.ts';
import { inferenceFlops, trainingFlops } from './flops.ts';
import type { GradientShard, ShardResult } from './gradient-shard.ts';
import { appendLine, type PolicyMetrics, readMetrics, rewindLines } from './metrics.ts';
import { parameterCount } from './model-shape.ts';
import { groupAdvantages, hasSignal } from './objective/advantages.ts';
import { tokenWeights } from './objective/aggregation.ts';
import { groupRewards, type RewardWeights } from './objective/rewards.ts';
import { sampledTokens } from './reject.ts';
import { type Rollout, type RolloutGroup, rolloutJobs } from './rollout.ts';
import type { GrpoStage } from './stage.ts';
import { type StageContext, type Training, train } from './training.ts';

type RewardedGroup = {
  readonly group: RolloutGroup;
  readonly rewards: readonly (number | null)[];
  readonly parts: readonly RewardWeights[];
};

/** A completion that is learned from. */
type Example = {
  readonly tokens: readonly number[];
  readonly completionStart: number;
  readonly logProbabilities: readonly number[];
  readonly advantage: number;
};

type Gathered = {
  /** Everything that was sampled. */
  readonly sampled: readonly RewardedGroup[];
  /** What is learned from. */
  readonly chosen: readonly RewardedGroup[];
  readonly rounds: number;
};

/** Every so many steps one group is written to rollouts.jsonl, for people to read. */
const stepsPerLoggedGroup = 5;
/** Steps in a row without any signal after which a person is told. */
const stepsBeforeWarning = 5;

export type GrpoOptions = {
  readonly directory: string;
  readonly start: Float32Array;
  readonly seed: number;
  readonly subset: Subset;
  /** Names the draw of problems; see `rolloutJobs`. */
  readonly stageIndex: number;
  readonly stopToken: number;
};

/**
 * The stage `grpo`.
 *
 * @throws TGL_REWARD_WITHOUT_SIGNAL at its end, where no group of any step had signal; what `train` throws
 */
export async function trainGrpo(
  context: StageContext,
  stage: GrpoStage,
  options: GrpoOptions,
): Promise<Training> {
  const { pool, clock, shape } = context;
  const parameters = parameterCount(shape);
  const shownPath = join(options.directory, 'rollouts.jsonl');
  pool.reference.set(options.start);
  let isRewound = false;
  let silent = 0;
  const training = await train(context, {
    ...stage,
    directory: options.directory,
    start: options.start,
    share: ({ step }) => step / stage.steps,
    step: async (step, gradients, optimiserStep) => {
      if (!isRewound) rewindLines(shownPath, step);
      isRewound = true;
      const began = clock.monotonic();
      const gathered = await gather(context, stage, options, step);
      const samplingSeconds = (clock.monotonic() - began) / 1000;
      const { sampled, chosen } = gathered;
      const examples = examplesOf(chosen, stage, options.stopToken);
      const results: ShardResult[] = [];
      for (const part of splitEvenly(examples, stage.updates)) {
        const shards = shardsOf(part.flat(), stage);
        results.push(...(await pool.gradientsOf(shards, gradients)));
        optimiserStep();
      }
      silent = sampled.some(({ rewards }) => hasSignal(rewards)) ? 0 : silent + 1;
      // At 5, 10, 20 … steps in a row.
      if (Number.isInteger(Math.log2(silent / stepsBeforeWarning))) {
        context.onWarning?.(
          `${stage.name}: no group of the last ${silent} steps had completions of different rewards, so that nothing was learned from them.`,
        );
      }
      if (step % stepsPerLoggedGroup === 0) appendLine(shownPath, shown(step + 1, sampled));
      const tokens = sum(examples.flat().map((example) => example.tokens.length));
      const read = sum(sampled.map(({ group }) => sampledTokens(group)));
      const referenced = stage.klWeight > 0 ? tokens : 0;
      return {
        loss: results.length === 0 ? 0 : sum(results.map(({ loss }) => loss)) / stage.updates,
        tokens,
        flops: inferenceFlops(parameters, read + referenced) + trainingFlops(parameters, tokens),
        digest: digestOf(
          JSON.stringify(
            examples.map((group) => group.map((example) => [example.tokens, example.advantage])),
          ),
        ),
        policy: { ...samplingMetrics(gathered), ...learningMetrics(results), samplingSeconds },
      };
    },
  });
  const policies = readMetrics(join(options.directory, 'metrics.jsonl')).flatMap(
    ({ policy }) => policy ?? [],
  );
  if (policies.every(({ withoutSignal }) => withoutSignal === 1)) {
    const groups = sum(policies.map((policy) => policy.groups));
    throw new TiegelError('TGL_REWARD_WITHOUT_SIGNAL', { stage: stage.name, groups, steps: policies.length });
  }
  return training;
}

/** Samples until enough groups have signal, or the rounds are used up. */
async function gather(
  { pool }: StageContext,
  stage: GrpoStage,
  { seed, subset, stageIndex }: GrpoOptions,
  step: number,
): Promise<Gathered> {
  const sampled: RewardedGroup[] = [];
  const withSignal = () => sampled.filter(({ rewards }) => hasSignal(rewards));
  let rounds = 0;
  do {
    const missing = stage.groups - withSignal().length;
    const drawn = rolloutJobs({ ...stage, seed, subset }, missing, [stageIndex, step, rounds]);
    const groups = await pool.rollOut(drawn);
    for (const group of groups) {
      const judged = group.rollouts.map((rollout) => ({ ...rollout, length: rollout.tokens.length }));
      const rewarded = groupRewards(judged, stage.rewards, {
        maxLength: stage.maxTokens,
        overlongCache: stage.overlongCache,
      });
      const rewards = rewarded.map(({ reward }) => reward);
      sampled.push({ group, rewards, parts: rewarded.map(({ parts }) => parts) });
    }
    rounds += 1;
  } while (rounds < stage.rounds && withSignal().length < stage.groups);
  return { sampled, chosen: stage.rounds === 0 ? sampled : withSignal(), rounds };
}

/** The completions of each group with their advantages; unscorable ones are left out. */
function examplesOf(
  chosen: readonly RewardedGroup[],
  stage: GrpoStage,
  stopToken: number,
): readonly (readonly Example[])[] {
  const advantages = groupAdvantages(
    chosen.map(({ rewards }) => rewards),
    stage.advantage,
  );
  return chosen.map(({ group, rewards }, index) =>
    group.rollouts.flatMap((rollout, completion) => {
      if (rewards[completion] === null) return [];
      const advantage = (advantages[index] as readonly number[])[completion] as number;
      const written = rollout.stopped ? [...rollout.tokens, stopToken] : rollout.tokens;
      return {
        tokens: [...group.promptTokens, ...written],
        completionStart: group.promptTokens.length,
        logProbabilities: rollout.logProbabilities,
        advantage,
      };
    }),
  );
}

/** Lanes of one update; a token's weight counts the update as the whole batch. */
function shardsOf(examples: readonly Example[], stage: GrpoStage): readonly GradientShard[] {
  const { ratio, clip, klWeight, aggregation, maxTokens, lanes } = stage;
  const sorted = examples.toSorted((a, b) => a.tokens.length - b.tokens.length);
  const weights = tokenWeights(
    sorted.map(({ logProbabilities }) => logProbabilities.length),
    aggregation,
    maxTokens,
  );
  const weighed = sorted.map((example, index) => ({ ...example, weight: weights[index] as number }));
  return splitEvenly(weighed, lanes).map((shard) =>
    splitToFit(shard).map((part) => {
      let end = 0;
      const sequences = part.map(({ logProbabilities, advantage, weight }) => {
        const start = end;
        end += logProbabilities.length;
        return { start, end, advantage, weight };
      });
      return {
        objective: 'policy' as const,
        paddedBatch: padBatch(part),
        sequences,
        oldLogProbabilities: Float32Array.from(part.flatMap(({ logProbabilities }) => logProbabilities)),
        settings: { ratio, clip, klWeight },
      };
    }),
  );
}

type SamplingMetrics = Omit<PolicyMetrics, 'entropy' | 'kl' | 'clipFraction' | 'samplingSeconds'>;

function samplingMetrics({ sampled, rounds }: Gathered): SamplingMetrics {
  const rollouts = sampled.flatMap(({ group }) => group.rollouts);
  const rewards = sampled.flatMap(({ rewards: some }) => some.filter((reward) => reward !== null));
  const rewardMean = mean(rewards);
  const length = ({ tokens }: Rollout): number => tokens.length;
  const terminated = rollouts.filter(({ stopped }) => stopped);
  return {
    rewardMean,
    rewardDeviation: Math.sqrt(mean(rewards.map((reward) => (reward - rewardMean) ** 2))),
    accuracy: mean(rollouts.map(({ correct }) => (correct === true ? 1 : 0))),
    completionLength: mean(rollouts.map(length)),
    terminatedLength: mean(terminated.map(length)),
    cutOff: 1 - terminated.length / rollouts.length,
    withoutSignal: mean(sampled.map(({ rewards: some }) => (hasSignal(some) ? 0 : 1))),
    groups: sampled.length,
    rounds,
  };
}

function learningMetrics(
  results: readonly ShardResult[],
): Pick<PolicyMetrics, 'entropy' | 'kl' | 'clipFraction'> {
  const predictions = Math.max(1, sum(results.map((result) => result.predictions)));
  return {
    entropy: sum(results.map(({ entropySum }) => entropySum)) / predictions,
    kl: sum(results.map(({ klSum }) => klSum)) / predictions,
    clipFraction: sum(results.map(({ clippedTokens }) => clippedTokens)) / predictions,
  };
}

/** The first group of a step, as a line for people. */
function shown(step: number, sampled: readonly RewardedGroup[]): unknown {
  const { group, rewards, parts } = sampled[0] as RewardedGroup;
  return {
    step,
    task: group.task,
    prompt: group.prompt,
    completions: group.rollouts.map(({ text, correct, stopped, tokens }, index) => ({
      text,
      correct,
      stopped,
      tokens: tokens.length,
      reward: rewards[index],
      parts: parts[index],
    })),
  };
}

/** 0 of nothing. */
function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
