// The fields that kinds of stage have in common: their types and the schemas that check them. Field names are part of the
// recipe format, which users write.
import { z } from 'zod';
import {
  type AnyTaskName,
  allTaskNames,
  checkTaskSettings,
  type DemonstrationStyle,
  type TaskSettings,
} from '../../tasks/index.ts';

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

/** Relative frequency of each task; one that is not named has none. */
export type TaskMixture = Readonly<Partial<Record<AnyTaskName, number>>>;

/** Where tasks depart from their defaults. */
export type TasksSettings = Readonly<Partial<Record<AnyTaskName, TaskSettings>>>;

/**
 * What counts when the token limit ends the thinking: `wrong`, or `gives-up`, the answer that there is no solution, as if a
 * server had closed the block at its budget.
 */
export type CutOff = 'wrong' | 'gives-up';

/** The fields of every stage that trains. */
export type TrainingFields = {
  /** Also the stage's directory in the run. */
  readonly name: string;
  /** Number of gradient shards: parts of a batch whose gradients are computed separately and added in a fixed order. */
  readonly lanes: number;
  readonly optimiser: Optimiser;
  /** Goes before the settings of the data, for a curriculum. */
  readonly tasks?: TasksSettings | undefined;
};

/** How completions are sampled: always at temperature 1, where the samples follow the policy's own distribution. */
export type SamplingFields = {
  readonly prompts: TaskMixture;
  /** Completions of one prompt. */
  readonly samples: number;
  /** Maximum tokens of a completion. */
  readonly maxTokens: number;
  /** @default wrong */
  readonly cutOff?: CutOff | undefined;
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
export type SamplingControl = KeepingFields & {
  readonly samples: number;
  readonly learningRate: number;
  /** The compute is spent in this many rounds, each sampling from the weights of the one before. @default 1 */
  readonly rounds?: number | undefined;
  /** Drops problems whose completions were all right, which imitation has nothing to learn from. @default false */
  readonly informed?: boolean | undefined;
};

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

const demonstrations: z.ZodType<DemonstrationStyle> = z.strictObject({
  order: z.enum(['in-turn', 'drawn']),
  givesUp: share,
  maxGuesses: count(10_000),
  patient: share,
  patientGuesses: count(10_000),
  close: share.optional(),
  linesAhead: z.int().min(0).max(10_000).optional(),
});

/** Schema of `TasksSettings`; what the tasks themselves refuse is refused by them, in their words. */
export const tasksSettings: z.ZodType<TasksSettings> = z
  .partialRecord(
    z.enum(allTaskNames),
    z.strictObject({
      difficulty: z.record(z.string(), z.number()).optional(),
      language: z.enum(['en', 'de']).optional(),
      wordings: z.enum(['train', 'held-out']).optional(),
      names: z.enum(['train', 'held-out']).optional(),
      wording: z.int().min(0).max(10_000).optional(),
      demonstrations: demonstrations.optional(),
    }),
  )
  .check((context) => {
    for (const name of allTaskNames) {
      const settings = context.value[name];
      const problem = settings && checkTaskSettings(name, settings);
      if (problem !== undefined)
        context.issues.push({ code: 'custom', path: [name], message: problem, input: settings });
    }
  });

/** Schema of `CutOff`. */
export const cutOff: z.ZodType<CutOff> = z.enum(['wrong', 'gives-up']);

const prompts: z.ZodType<TaskMixture> = z
  .partialRecord(z.enum(allTaskNames), z.number().min(0))
  .refine((mixture) => Object.values(mixture).some((weight) => weight > 0), 'is all zeros');

/** Sequences per step. */
export const batch: z.ZodType<number> = count(4096);

type Fields<Type> = { readonly [Key in keyof Type]-?: z.ZodType<Type[Key]> };

/** Schemas of `TrainingFields`. */
export const trainingFields: Fields<TrainingFields> = {
  name: stageName,
  lanes: count(64),
  optimiser,
  tasks: tasksSettings.optional(),
};

/** Schemas of `SamplingFields`. */
export const samplingFields: Fields<SamplingFields> = {
  prompts,
  samples: count(1024),
  maxTokens: count(4096),
  cutOff: cutOff.optional(),
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
  rounds: count(100).optional(),
  informed: z.boolean().optional(),
});
