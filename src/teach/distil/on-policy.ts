// On-policy distillation (GKD with all data from the student, Agarwal et al. 2024; Thinking Machines 2025): the student
// completes prompts, the teacher reads the completions, and the student's distribution at every token is pulled towards the
// teacher's. Full distributions are compared, so neither advantages nor a verifier are needed; what the verifier says is
// only reported.
import { digestOf } from '../../base/index.ts';
import { mean, sum } from '../../stats/index.ts';
import { padBatch, splitEvenly, splitToFit, type TrainingSample } from '../dataset.ts';
import { inferenceFlops, trainingFlops } from '../flops.ts';
import type { GradientShard } from '../gradient-shard.ts';
import type { PolicyMetrics } from '../metrics.ts';
import { parameterCount } from '../model-shape.ts';
import { sampledTokens } from '../reject.ts';
import { type RolloutGroup, rolloutJobs, sampleOfRollout } from '../rollout.ts';
import type { OnPolicyDistilStage } from '../stages/distil-stage.ts';
import type { SamplingOptions } from '../stages/stage-kind.ts';
import { type StageContext, type Training, train } from '../training.ts';

export type OnPolicyOptions = SamplingOptions & { readonly teacherParameters: number };

/** The stage `distil` with the method `on-policy`. @throws what `train` throws */
export function distilOnPolicy(
  context: StageContext,
  stage: OnPolicyDistilStage,
  options: OnPolicyOptions,
): Promise<Training> {
  const { pool, clock, shape } = context;
  const parameters = parameterCount(shape);
  return train(context, {
    ...stage,
    directory: options.directory,
    start: options.start,
    share: ({ step }) => step / stage.steps,
    step: async (step, gradients, optimiserStep) => {
      const began = clock.monotonic();
      const jobs = rolloutJobs({ ...stage, ...options }, stage.problems, [options.stageIndex, step]);
      const groups = await pool.rollOut(jobs);
      const samplingSeconds = (clock.monotonic() - began) / 1000;
      const samples = groups.flatMap((group) =>
        group.rollouts.map((rollout) => sampleOfRollout(group, rollout, options.stopToken)),
      );
      const results = await pool.gradientsOf(shardsOf(samples, stage), gradients);
      optimiserStep();
      const tokens = sum(samples.map((sample) => sample.tokens.length));
      const read = sum(groups.map(sampledTokens));
      const predictions = sum(results.map((result) => result.predictions));
      return {
        loss: sum(results.map(({ loss }) => loss)),
        tokens,
        flops:
          inferenceFlops(parameters, read) +
          inferenceFlops(options.teacherParameters, tokens) +
          trainingFlops(parameters, tokens),
        digest: digestOf(JSON.stringify(samples)),
        policy: {
          ...samplingMetrics(groups),
          entropy: sum(results.map(({ entropySum }) => entropySum)) / predictions,
          kl: 0,
          clipFraction: 0,
          samplingSeconds,
        },
      };
    },
  });
}

function shardsOf(
  samples: readonly TrainingSample[],
  { beta, lanes }: OnPolicyDistilStage,
): readonly GradientShard[] {
  const sorted = samples.toSorted((a, b) => a.tokens.length - b.tokens.length);
  const normaliser = sum(samples.map(({ tokens, completionStart }) => tokens.length - completionStart));
  return splitEvenly(sorted, lanes).map((shard) =>
    splitToFit(shard).map((part) => ({
      objective: 'distil' as const,
      paddedBatch: padBatch(part),
      beta,
      normaliser,
    })),
  );
}

type SamplingMetrics = Omit<PolicyMetrics, 'entropy' | 'kl' | 'clipFraction' | 'samplingSeconds'>;

/** Accuracy takes the place of a reward, though nothing is learned from it. */
function samplingMetrics(groups: readonly RolloutGroup[]): SamplingMetrics {
  const rollouts = groups.flatMap((group) => group.rollouts);
  const accuracy = mean(rollouts.map(({ correct }) => (correct === true ? 1 : 0)));
  const ended = rollouts.filter(({ stopped }) => stopped);
  return {
    rewardMean: accuracy,
    rewardDeviation: Math.sqrt(accuracy * (1 - accuracy)),
    accuracy,
    completionLength: mean(rollouts.map(({ tokens }) => tokens.length)),
    terminatedLength: mean(ended.map(({ tokens }) => tokens.length)),
    cutOff: 1 - ended.length / rollouts.length,
    withoutSignal: 0,
    groups: groups.length,
    rounds: 1,
  };
}
