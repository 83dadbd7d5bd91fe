// The fields that kinds of stage have in common: their types and the schemas that check them. Field names are part of the
// recipe format, which users write.
import { z } from 'zod';
import { type TaskName, taskNames } from '../../tasks/index.ts';

/** AdamW and its schedule: linear warm-up, then half a cosine down to a share of the peak. */
export type Optimiser = {
  readonly learningRate: number;
  /** Share of the learning rate that is left at the end of the stage. */
  readonly finalLearningRate: number;
  readonly warmupSteps: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  /** Maximum Euclidean norm of the gradient; a longer gradient is scaled down to it. */
  readonly gradientClip: number;
  readonly checkpointEverySteps: number;
};

/** Relative frequency of each task. */
export type TaskMixture = Readonly<Record<TaskName, number>>;

/** The fields of every stage that trains. */
export type TrainingFields = {
  /** Also the stage's directory in the run. */
  readonly name: string;
  /** Number of gradient shards: parts of a batch whose gradients are computed separately and added in a fixed order. */
  readonly lanes: number;
  readonly optimiser: Optimiser;
};

/** How completions are sampled: always at temperature 1, where the samples follow the policy's own distribution. */
export type SamplingFields = {
  readonly prompts: TaskMixture;
  /** Completions of one prompt. */
  readonly samples: number;
  /** Maximum tokens of a completion. */
  readonly maxTokens: number;
};

/** Rejection sampling: how many accepted completions are kept, and how they are imitated. */
export type KeepingFields = {
  /** Maximum number of completions kept of one problem. */
  readonly keep: number;
  /** Passes over what was kept. */
  readonly epochs: number;
  /** Sequences per step. */
  readonly batch: number;
};

/** The control that continues SFT, on traces of the tasks that the stage prompts. */
export type SftControl = { readonly batch: number; readonly learningRate: number };

/** The control that samples and imitates; sampling and `epochs` passes of SFT share the compute. */
export type SamplingControl = KeepingFields & { readonly samples: number; readonly learningRate: number };

/** The schema of a stage, which differs from others in its constant fields. */
export type StageSchema<Stage> = z.ZodType<Stage> & z.core.$ZodTypeDiscriminable;

/** A number in [0, 1]. */
export const share: z.ZodType<number> = z.number().min(0).max(1);

/** A whole number from 1 to `max`. */
export const count = (max: number): z.ZodType<number> => z.int().min(1).max(max);

/** The name of a stage. */
export const stageName: z.ZodType<string> = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens');

const learningRate = z.number().gt(0).max(1);

const optimiser: z.ZodType<Optimiser> = z.strictObject({
  learningRate,
  finalLearningRate: share,
  warmupSteps: z.int().min(0),
  beta1: share,
  beta2: share,
  weightDecay: z.number().min(0).max(10),
  gradientClip: z.number().gt(0),
  checkpointEverySteps: count(1_000_000),
});

const prompts: z.ZodType<TaskMixture> = z
  .record(z.enum(taskNames), z.number().min(0))
  .refine((mixture) => Object.values(mixture).some((weight) => weight > 0), 'is all zeros');

/** Sequences per step. */
export const batch: z.ZodType<number> = count(4096);

type Fields<Type> = { readonly [Key in keyof Type]: z.ZodType<Type[Key]> };

/** Schemas of `TrainingFields`. */
export const trainingFields: Fields<TrainingFields> = { name: stageName, lanes: count(64), optimiser };

/** Schemas of `SamplingFields`. */
export const samplingFields: Fields<SamplingFields> = {
  prompts,
  samples: count(1024),
  maxTokens: count(4096),
};

/** Schemas of `KeepingFields`. */
export const keepingFields: Fields<KeepingFields> = { keep: count(1024), epochs: count(100), batch };

/** Schema of `SftControl`. */
export const sftControl: z.ZodType<SftControl> = z.strictObject({ batch, learningRate });

/** Schema of `SamplingControl`. */
export const samplingControl: z.ZodType<SamplingControl> = z.strictObject({
  samples: count(1024),
  ...keepingFields,
  learningRate,
});
