// Group relative policy optimisation (Shao et al. 2024): completions of one prompt are sampled as a group, rewarded by
// rule, and each is made more or less likely by its reward minus the mean of its group. With DAPO's dynamic sampling:
// groups without signal are replaced. Rollouts are sampled from the weights at the start of a step, so that its first
// update is on policy.
import { join } from 'node:path';
import { digestOf, TiegelError } from '../base/index.ts';
import { mean, sum } from '../stats/index.ts';
import { padBatch, splitEvenly, splitToFit } from './dataset.ts';
import { inferenceFlops, trainingFlops } from './flops.ts';
import type { GradientShard, ShardResult } from './gradient-shard.ts';
import { appendLine, rewindLines } from './json-lines.ts';
import { type PolicyMetrics, readMetrics } from './metrics.ts';
import { parameterCount } from './model-shape.ts';
import { groupAdvantages, hasSignal } from './objective/advantages.ts';
import { tokenWeights } from './objective/aggregation.ts';
import { groupRewards, type RewardWeights } from './objective/rewards.ts';
import { sampledTokens } from './reject.ts';
import { type Rollout, type RolloutGroup, rolloutJobs } from './rollout.ts';
import type { GrpoStage } from './stages/grpo-stage.ts';
import type { SamplingOptions } from './stages/stage-kind.ts';
import { warningsAt } from './symptoms.ts';
import { type StageContext, type StepOutcome, type Training, train } from './training.ts';
import { watchProblems } from './watched.ts';

type RewardedGroup = {
  readonly group: RolloutGroup;
  readonly rewards: readonly (number | null)[];
  readonly parts: readonly RewardWeights[];
};

/** A completion that training learns from. */
type Example = {
  /** Prompt and completion, with the token that ended it. */
  readonly tokens: readonly number[];
  readonly completionStart: number;
  /** log-probability of each token of the completion when it was sampled, [tokens − completionStart]. */
  readonly logProbabilities: readonly number[];
  readonly advantage: number;
};

type SampledGroups = {
  /** Every group that was sampled. */
  readonly all: readonly RewardedGroup[];
  /** The groups that training learns from. */
  readonly chosen: readonly RewardedGroup[];
  /** Draws that were needed. */
  readonly rounds: number;
  readonly seconds: number;
};

/** One group of every fifth step is written to rollouts.jsonl for people to read. */
const stepsPerLoggedGroup = 5;

/**
 * Trains the policy of a stage `grpo`.
 *
 * @throws TGL_REWARD_WITHOUT_SIGNAL at the end if no group of any step had signal; what `train` throws
 */
export async function trainGrpo(
  context: StageContext,
  stage: GrpoStage,
  options: SamplingOptions,
): Promise<Training> {
  const { pool } = context;
  const logPath = join(options.directory, 'rollouts.jsonl');
  const watch = symptomWatcher(context, stage.name, options.directory);
  const isWatched = (step: number): boolean =>
    stage.watchEverySteps !== undefined && step % stage.watchEverySteps === 0;
  pool.reference.set(options.start);
  let isRewound = false;
  const training = await train(context, {
    ...stage,
    directory: options.directory,
    start: options.start,
    share: ({ step }) => step / stage.steps,
    step: async (step, gradients, optimiserStep) => {
      if (!isRewound) rewindLines(logPath, step);
      isRewound = true;
      if (isWatched(step)) await watchProblems(context, stage, options, step);
      const sampled = await sampleGroups(context, stage, options, step);
      const examples = examplesOf(sampled.chosen, stage, options.stopToken);
      const results: ShardResult[] = [];
      for (const update of splitEvenly(examples, stage.updates)) {
        const shards = shardsOf(update.flat(), stage);
        results.push(...(await pool.gradientsOf(shards, gradients)));
        optimiserStep();
      }
      if (step % stepsPerLoggedGroup === 0) appendLine(logPath, logLine(step + 1, sampled.all));
      const policy = policyMetrics(sampled, results);
      watch(policy);
      return { ...outcomeOf(parameterCount(context.shape), stage, sampled, examples, results), policy };
    },
  });
  if (stage.watchEverySteps !== undefined) await watchProblems(context, stage, options, stage.steps);
  requireSignal(stage.name, options.directory);
  return training;
}

/** Samples groups until enough of them have signal, or all rounds are used. */
async function sampleGroups(
  { pool, clock }: StageContext,
  stage: GrpoStage,
  { seed, subset, tasks, stageIndex }: SamplingOptions,
  step: number,
): Promise<SampledGroups> {
  const began = clock.monotonic();
  const all: RewardedGroup[] = [];
  const withSignal = () => all.filter(({ rewards }) => hasSignal(rewards));
  let rounds = 0;
  do {
    const missing = stage.groups - withSignal().length;
    const isStrict = step >= (stage.strictFrom ?? Number.POSITIVE_INFINITY) * stage.steps;
    const cutOff = isStrict ? 'wrong' : stage.cutOff;
    const jobs = rolloutJobs({ ...stage, cutOff, seed, subset, tasks }, missing, [stageIndex, step, rounds]);
    all.push(...(await pool.rollOut(jobs)).map((group) => rewardGroup(group, stage)));
    rounds += 1;
  } while (rounds < stage.rounds && withSignal().length < stage.groups);
  const chosen = stage.rounds === 0 ? all : withSignal();
  return { all, chosen, rounds, seconds: (clock.monotonic() - began) / 1000 };
}

function rewardGroup(group: RolloutGroup, { rewards, maxTokens, overlongCache }: GrpoStage): RewardedGroup {
  const judged = group.rollouts.map((rollout) => ({ ...rollout, length: rollout.tokens.length }));
  const rewarded = groupRewards(judged, rewards, { maxLength: maxTokens, overlongCache });
  return {
    group,
    rewards: rewarded.map(({ reward }) => reward),
    parts: rewarded.map(({ parts }) => parts),
  };
}

/** The completions of each group with their advantages; completions whose reward is null are left out. */
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

/** The gradient shards of one update. The weight of a token takes the examples of the update as the whole batch. */
function shardsOf(examples: readonly Example[], stage: GrpoStage): readonly GradientShard[] {
  const { ratio, clip, klWeight, aggregation, maxTokens, lanes } = stage;
  const sorted = examples.toSorted((a, b) => a.tokens.length - b.tokens.length);
  const weights = tokenWeights(
    sorted.map(({ logProbabilities }) => logProbabilities.length),
    aggregation,
    maxTokens,
  );
  const weighted = sorted.map((example, index) => ({ ...example, weight: weights[index] as number }));
  return splitEvenly(weighted, lanes).map((shard) =>
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

/** Warns of what the steps so far show, those before a resumption among them. */
function symptomWatcher(
  { onWarning }: StageContext,
  stage: string,
  directory: string,
): (policy: PolicyMetrics) => void {
  let steps: PolicyMetrics[] | undefined;
  return (policy) => {
    steps ??= readMetrics(join(directory, 'metrics.jsonl')).flatMap((metrics) => metrics.policy ?? []);
    steps.push(policy);
    for (const warning of warningsAt(steps)) onWarning?.(`${stage}: ${warning}`);
  };
}

/** @throws TGL_REWARD_WITHOUT_SIGNAL if no group of any step of the stage had signal */
function requireSignal(stage: string, directory: string): void {
  const metrics = readMetrics(join(directory, 'metrics.jsonl'));
  const policies = metrics.flatMap(({ policy }) => policy ?? []);
  if (policies.some(({ withoutSignal }) => withoutSignal !== 1)) return;
  const groups = sum(policies.map((policy) => policy.groups));
  throw new TiegelError('TGL_REWARD_WITHOUT_SIGNAL', { stage, groups, steps: policies.length });
}

function outcomeOf(
  parameters: number,
  stage: GrpoStage,
  sampled: SampledGroups,
  examples: readonly (readonly Example[])[],
  results: readonly ShardResult[],
): StepOutcome {
  const tokens = sum(examples.flat().map((example) => example.tokens.length));
  const read = sum(sampled.all.map(({ group }) => sampledTokens(group)));
  const referenced = stage.klWeight > 0 ? tokens : 0;
  const learned = examples.map((group) => group.map((example) => [example.tokens, example.advantage]));
  return {
    loss: results.length === 0 ? 0 : sum(results.map(({ loss }) => loss)) / stage.updates,
    tokens,
    flops: inferenceFlops(parameters, read + referenced) + trainingFlops(parameters, tokens),
    digest: digestOf(JSON.stringify(learned)),
  };
}

function policyMetrics(sampled: SampledGroups, results: readonly ShardResult[]): PolicyMetrics {
  return { ...samplingMetrics(sampled), ...learningMetrics(results), samplingSeconds: sampled.seconds };
}

type SamplingMetrics = Omit<PolicyMetrics, 'entropy' | 'kl' | 'clipFraction' | 'samplingSeconds'>;

function samplingMetrics({ all, rounds }: SampledGroups): SamplingMetrics {
  const rollouts = all.flatMap(({ group }) => group.rollouts);
  const rewards = all.flatMap(({ rewards: some }) => some.filter((reward) => reward !== null));
  const rewardMean = mean(rewards);
  const length = ({ tokens }: Rollout): number => tokens.length;
  const terminated = rollouts.filter(({ stopped }) => stopped);
  const halves = halfMetrics(all.map(({ group }) => group));
  return {
    ...(halves === undefined ? {} : { halves }),
    rewardMean,
    rewardDeviation: Math.sqrt(mean(rewards.map((reward) => (reward - rewardMean) ** 2))),
    accuracy: mean(rollouts.map(({ correct }) => (correct === true ? 1 : 0))),
    completionLength: mean(rollouts.map(length)),
    terminatedLength: mean(terminated.map(length)),
    cutOff: 1 - terminated.length / rollouts.length,
    withoutSignal: mean(all.map(({ rewards: some }) => (hasSignal(some) ? 0 : 1))),
    groups: all.length,
    rounds,
  };
}

/** Undefined where all problems can be solved. */
function halfMetrics(groups: readonly RolloutGroup[]): PolicyMetrics['halves'] {
  if (groups.every(({ isSolvable }) => isSolvable)) return undefined;
  const halves = Map.groupBy(groups, ({ isSolvable }) => (isSolvable ? 'solvable' : 'unsolvable'));
  return Object.fromEntries(
    [...halves].map(([half, some]) => {
      const rollouts = some.flatMap((group) => group.rollouts);
      const accuracy = mean(rollouts.map(({ correct }) => (correct === true ? 1 : 0)));
      return [half, { accuracy, completionLength: mean(rollouts.map(({ tokens }) => tokens.length)) }];
    }),
  );
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

/** The first group of a step, in the form in which people read it. */
function logLine(step: number, sampled: readonly RewardedGroup[]): unknown {
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
