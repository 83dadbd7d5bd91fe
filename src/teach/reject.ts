// Rejection sampling: completions of the weights at the start, those the verifier accepts, then SFT on them (STaR,
// Zelikman et al. 2022; stage 3 of R1). What was kept is recorded before training, so that a resumed stage need not
// sample again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { seededRandom, TiegelError, writeFileAtomically } from '../base/index.ts';
import { type TrainingSample, trainingSampleSchema } from './dataset.ts';
import { inferenceFlops, trainingFlops } from './flops.ts';
import { type Attempt, traceShares } from './halves.ts';
import { decodeJson } from './json-lines.ts';
import { parameterCount } from './model-shape.ts';
import { type RolloutGroup, rolloutJobs, sampleOfRollout } from './rollout.ts';
import { imitate } from './sft.ts';
import type { Optimiser } from './stages/fields.ts';
import type { RejectStage } from './stages/reject-stage.ts';
import type { SamplingOptions } from './stages/stage-kind.ts';
import type { StageContext, Training } from './training.ts';

export type RejectPlan = Pick<
  RejectStage,
  'name' | 'prompts' | 'samples' | 'maxTokens' | 'cutOff' | 'keep' | 'epochs' | 'batch' | 'lanes'
> &
  SamplingOptions & {
    /** Drops problems whose completions were all right. @default false */
    readonly informed?: boolean | undefined;
    readonly optimiser: Optimiser;
    /** The teacher's number of parameters, to count its compute, if it samples instead of the start weights. */
    readonly teacherParameters?: number | undefined;
    /** Sampling ends after this many problems, or when sampling and the training to come would use up the compute. */
    readonly until: { readonly problems: number } | { readonly flops: number };
  };

/** The result of sampling, as it is recorded. */
export type Kept = {
  readonly samples: readonly TrainingSample[];
  readonly problems: number;
  readonly completions: number;
  readonly accepted: number;
  readonly flops: number;
  /** Among what was kept, where the task has guesses: how often thinking ended after a guess that missed. */
  readonly givesUpPerMiss?: number | undefined;
};

const keptSchema: z.ZodType<Kept> = z.strictObject({
  samples: z.array(trainingSampleSchema),
  problems: z.int().min(0),
  completions: z.int().min(0),
  accepted: z.int().min(0),
  flops: z.number().min(0),
  givesUpPerMiss: z.number().min(0).optional(),
});

export type Rejection = { readonly training: Training; readonly kept: Omit<Kept, 'samples'> };

/** File in the stage's directory with what sampling kept. */
export const keptFile = 'kept.json';
const problemsPerRound = 64;
const orderTag = 0x0e90c;

/** Samples, keeps, trains. @throws what `train` throws; TGL_NOTHING_ACCEPTED when the verifier accepted nothing; TGL_RUN_INVALID when kept.json is damaged. */
export async function sampleAndImitate(context: StageContext, plan: RejectPlan): Promise<Rejection> {
  const path = join(plan.directory, keptFile);
  const kept = existsSync(path)
    ? decodeJson(path, 'the file', readFileSync(path, 'utf8'), keptSchema)
    : await sampleAccepted(context, plan);
  writeFileAtomically(path, JSON.stringify(kept));
  const { samples, ...facts } = kept;
  if (samples.length === 0) {
    throw new TiegelError('TGL_NOTHING_ACCEPTED', { stage: plan.name, completions: kept.completions });
  }
  const batches = Math.max(1, Math.floor(samples.length / plan.batch));
  const steps = batches * plan.epochs;
  const training = await imitate(context, {
    ...plan,
    share: ({ step }) => step / steps,
    samplesAt: (step) => {
      const epoch = Math.floor(step / batches);
      const order = seededRandom(plan.seed, orderTag, plan.stageIndex, epoch).shuffle([...samples.keys()]);
      const start = (step % batches) * plan.batch;
      return order.slice(start, start + plan.batch).map((index) => samples[index] as TrainingSample);
    },
  });
  return { training, kept: facts };
}

async function sampleAccepted(context: StageContext, plan: RejectPlan): Promise<Kept> {
  const { pool, shape } = context;
  const parameters = parameterCount(shape);
  pool.values.set(plan.start);
  const samples: TrainingSample[] = [];
  const attempts: Attempt[] = [];
  let [problems, completions, accepted, flops, keptTokens] = [0, 0, 0, 0, 0];
  const isEnough = () =>
    'problems' in plan.until
      ? problems >= plan.until.problems
      : flops + trainingFlops(parameters, keptTokens * plan.epochs) >= plan.until.flops;
  for (let round = 0; round === 0 || !isEnough(); round++) {
    if (context.signal?.aborted) throw context.signal.reason;
    const wanted =
      'problems' in plan.until
        ? Math.min(problemsPerRound, plan.until.problems - problems)
        : problemsPerRound;
    const drawn = rolloutJobs(plan, wanted, [plan.stageIndex, round]);
    const byTeacher = plan.teacherParameters !== undefined;
    const groups = await pool.rollOut(drawn.map((job) => ({ ...job, byTeacher })));
    for (const group of groups) {
      const right = group.rollouts.filter(({ correct }) => correct === true);
      const isDropped = plan.informed === true && right.length === group.rollouts.length;
      const chosen = isDropped ? [] : right.slice(0, plan.keep);
      const kept = chosen.map((rollout) => sampleOfRollout(group, rollout, plan.stopToken));
      samples.push(...kept);
      attempts.push(...chosen.map(({ stopped, facts }) => ({ stopped, facts })));
      keptTokens += kept.reduce((sum, { tokens }) => sum + tokens.length, 0);
      accepted += right.length;
      completions += group.rollouts.length;
      flops += inferenceFlops(plan.teacherParameters ?? parameters, sampledTokens(group));
    }
    problems += groups.length;
  }
  const shares = traceShares(attempts);
  return {
    samples,
    problems,
    completions,
    accepted,
    flops,
    ...(shares && { givesUpPerMiss: shares.givesUpPerMiss }),
  };
}

/** Tokens that passed through the model to sample a group: every completion with its prompt. */
export function sampledTokens({ promptTokens, rollouts }: RolloutGroup): number {
  return rollouts.reduce((sum, { tokens }) => sum + promptTokens.length + tokens.length, 0);
}
