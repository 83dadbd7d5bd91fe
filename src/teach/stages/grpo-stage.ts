// The stage `grpo`: group relative policy optimisation, with its published corrections as options, and the controls that
// show whether it was the reward that helped.
import { z } from 'zod';
import { ceilingsOf } from '../ceiling.ts';
import { trainGrpo } from '../grpo.ts';
import { type RewardWeights, rewardNames } from '../objective/rewards.ts';
import { trainingResult } from '../stage-result.ts';
import { compareWithControls } from './arms.ts';
import { type Controls, trainControls } from './controls.ts';
import {
  count,
  type SamplingControl,
  type SamplingFields,
  type SftControl,
  samplingControl,
  samplingFields,
  sftControl,
  share,
  stageName,
  type TrainingFields,
  trainingFields,
} from './fields.ts';
import { type StageKind, samplingOptions } from './stage-kind.ts';

export type GrpoStage = TrainingFields &
  SamplingFields & {
    readonly stage: 'grpo';
    readonly steps: number;
    /** Number of groups with signal that a step aims for. */
    readonly groups: number;
    /**
     * Dynamic sampling: groups whose rewards are all equal are dropped, and others are drawn in at most this many rounds.
     * 0 draws once and drops nothing.
     */
    readonly rounds: number;
    /** Optimiser steps per step: its groups are split into this many parts. */
    readonly updates: number;
    readonly advantage: { readonly scale: 'std' | 'none' | 'batch'; readonly epsilon: number };
    readonly aggregation: 'sample-mean' | 'token-mean' | 'constant';
    readonly ratio: 'token' | 'sequence';
    readonly clip: {
      readonly low: number;
      readonly high: number;
      readonly twoSided?: number | undefined;
      readonly dual?: number | undefined;
    };
    /** β: weight of the k3 term to the weights that the stage started from; 0 leaves the term out. */
    readonly klWeight: number;
    readonly rewards: RewardWeights;
    /** The overlong penalty grows over this many tokens below `maxTokens`. */
    readonly overlongCache: number;
    /** From this share of the steps on, running out of room is wrong whatever `cutOff` says: first to think, then to end. */
    readonly strictFrom?: number | undefined;
    /** At the start and every so many steps the same few held-out problems are completed and written down for people. */
    readonly watchEverySteps?: number | undefined;
    /** Other ways to spend the same compute; each is trained from the same start and evaluated. */
    readonly controls?: GrpoControls | undefined;
  };

export type GrpoControls = {
  readonly sft?: SftControl | undefined;
  readonly reject?: SamplingControl | undefined;
  /** Other ways of rejection sampling, by the names of their arms. */
  readonly variants?: Readonly<Record<string, SamplingControl>> | undefined;
};

const sftArm = 'sft-continued';
const rejectArm = 'rejection-sampling';
const reservedArms: readonly string[] = ['start', sftArm, rejectArm];

const schema = z
  .strictObject({
    ...trainingFields,
    ...samplingFields,
    stage: z.literal('grpo'),
    samples: z.int().min(2, 'a group needs two completions to compare').max(1024),
    steps: count(1_000_000),
    groups: count(4096),
    rounds: z.int().min(0).max(100),
    updates: count(64),
    advantage: z.strictObject({
      scale: z.enum(['std', 'none', 'batch']),
      epsilon: z.number().min(0).max(1),
    }),
    aggregation: z.enum(['sample-mean', 'token-mean', 'constant']),
    ratio: z.enum(['token', 'sequence']),
    clip: z.strictObject({
      low: share,
      high: z.number().min(0).max(100),
      twoSided: z.number().gt(1).optional(),
      dual: z.number().gt(1).optional(),
    }),
    klWeight: z.number().min(0).max(100),
    rewards: z.partialRecord(z.enum(rewardNames), z.number().min(-100).max(100)),
    overlongCache: count(4096),
    strictFrom: share.optional(),
    watchEverySteps: count(1_000_000).optional(),
    controls: z
      .strictObject({
        sft: sftControl.optional(),
        reject: samplingControl.optional(),
        variants: z
          .record(stageName, samplingControl)
          .refine(
            (variants) => reservedArms.every((name) => !Object.hasOwn(variants, name)),
            `may not be named ${reservedArms.join(', ')}`,
          )
          .optional(),
      })
      .optional(),
  })
  .refine(({ updates, groups }) => updates <= groups, { path: ['updates'], message: 'is above groups' });

export const grpoStage: StageKind<GrpoStage> = {
  schema,
  imitatesData: ({ controls }) => controls?.sft !== undefined,
  async run(run, input) {
    const { stage, directory } = input;
    const training = await trainGrpo(run.context, stage, samplingOptions(run, input));
    const result = trainingResult('grpo', stage.name, directory, training);
    if (!stage.controls) return { result, values: training.values };
    const controls = await trainControls(run, input, controlsOf(stage), training.state.flops);
    const arms = await compareWithControls(run, input, controls, training);
    const ceilings = ceilingsOf(run.recipe, run.tokenizer);
    const reached = ceilings.length === 0 ? {} : { ceilings };
    return { result: { ...result, arms, ...reached }, values: training.values };
  },
};

/** Start of the control's samples, far beyond those of any `sft` stage. */
const firstControlSample = 2 ** 40;
/** Separates the draws of problems of the controls from those of all stages, and of each other. */
const controlDrawIndex = 1_000_000;

function controlsOf({ controls }: GrpoStage): Controls {
  const variants = Object.entries(controls?.variants ?? {});
  const sampling = [...(controls?.reject ? [[rejectArm, controls.reject] as const] : []), ...variants];
  return {
    sft: { control: controls?.sft, name: sftArm, firstSample: firstControlSample },
    accepted: sampling.map(([name, control], index) => ({
      control,
      name,
      drawIndex: controlDrawIndex + index,
    })),
  };
}
