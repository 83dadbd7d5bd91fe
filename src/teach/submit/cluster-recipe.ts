// A recipe for a model that is too large for this machine: the same algorithm block as the `grpo` and `sft` stages, with
// the checkpoint it starts from, the rows it learns from and the machines it runs on. One stage is one job.
import { z } from 'zod';
import { type Digest, digestOfJson, type Json } from '../../base/index.ts';
import { type TaskName, taskNames } from '../../tasks/index.ts';
import { checkRecipe, readRecipe } from '../recipe-file.ts';
import { servedRewards } from '../rewards/reward-items.ts';
import type { GrpoStage } from '../stages/grpo-stage.ts';
import distil from './recipes/r1-distill-1.5b.json' with { type: 'json' };
import zero from './recipes/r1-zero-7b.json' with { type: 'json' };

/** The fields mean what they mean in a local `grpo` stage; on a cluster the learning rate is constant. */
export type ClusterGrpo = Pick<
  GrpoStage,
  | 'stage'
  | 'steps'
  | 'groups'
  | 'samples'
  | 'maxTokens'
  | 'rounds'
  | 'updates'
  | 'advantage'
  | 'aggregation'
  | 'ratio'
  | 'clip'
  | 'klWeight'
  | 'overlongCache'
> & {
  readonly learningRate: number;
  readonly temperature: number;
  readonly longestPrompt: number;
  readonly rewards: Readonly<Partial<Record<(typeof servedRewards)[number], number>>>;
};

/** Cross-entropy on the completions of the rows, as R1's distilled models were made. */
export type ClusterSft = {
  readonly stage: 'sft';
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly longestSample: number;
};

/** Problems of our own tasks, or rows in the operator's file of JSON lines. */
export type ClusterData =
  | { readonly type: 'tasks'; readonly tasks: readonly TaskName[]; readonly problems: number }
  | { readonly type: 'file'; readonly license: string };

export type ClusterRecipe = {
  readonly name: string;
  readonly schema: 1;
  readonly seed: number;
  /** The checkpoint from which it starts, as the cluster's machines find it. */
  readonly base: { readonly model: string; readonly license: string; readonly source: string };
  readonly stage: ClusterGrpo | ClusterSft;
  readonly data: ClusterData;
  readonly resources: {
    readonly nodes: number;
    readonly gpusPerNode: number;
    /** GPUs that share one copy of the model while it samples. */
    readonly tensorParallel: number;
  };
  readonly checkpoint: { readonly everySteps: number; readonly keep: number };
};

const count = (highest: number) => z.int().min(1).max(highest);
const learningRate = z.number().gt(0).max(1);

const sft = z.strictObject({
  stage: z.literal('sft'),
  epochs: count(100),
  batch: count(65_536),
  learningRate,
  longestSample: count(131_072),
});

const grpo = z.strictObject({
  stage: z.literal('grpo'),
  steps: count(1_000_000),
  groups: count(65_536),
  samples: z.int().min(2).max(1024),
  maxTokens: count(131_072),
  longestPrompt: count(131_072),
  temperature: z.number().gt(0).max(2),
  rounds: z.int().min(0).max(100),
  updates: count(64),
  advantage: z.strictObject({ scale: z.enum(['std', 'none', 'batch']), epsilon: z.number().min(0).max(1) }),
  aggregation: z.enum(['sample-mean', 'token-mean', 'constant']),
  ratio: z.enum(['token', 'sequence']),
  clip: z.strictObject({
    low: z.number().min(0).max(1),
    high: z.number().min(0).max(100),
    twoSided: z.number().gt(1).optional(),
    dual: z.number().gt(1).optional(),
  }),
  klWeight: z.number().min(0).max(100),
  overlongCache: count(131_072),
  learningRate,
  rewards: z
    .partialRecord(z.enum(servedRewards), z.number().min(-100).max(100))
    .refine((weights) => Object.values(weights).some((weight) => weight !== 0), 'is all zeros'),
});

const schema: z.ZodType<ClusterRecipe> = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  schema: z.literal(1),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  base: z.strictObject({
    model: z.string().regex(/^[\w./-]{1,200}$/, 'is no name of a checkpoint'),
    license: z.string().min(1).max(200),
    source: z.string().max(500),
  }),
  stage: z.discriminatedUnion('stage', [sft, grpo]),
  data: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('tasks'),
      tasks: z.array(z.enum(taskNames)).min(1),
      problems: count(1_000_000),
    }),
    z.strictObject({ type: z.literal('file'), license: z.string().min(1).max(200) }),
  ]),
  resources: z.strictObject({ nodes: count(1000), gpusPerNode: count(64), tensorParallel: count(64) }),
  checkpoint: z.strictObject({ everySteps: count(1_000_000), keep: count(1000) }),
});

const shipped: Readonly<Record<string, unknown>> = { 'r1-distill-1.5b': distil, 'r1-zero-7b': zero };

/**
 * Reads a shipped cluster recipe by name, or a JSON file by path.
 *
 * @throws TGL_RECIPE_UNKNOWN, TGL_RECIPE_INVALID
 */
export function loadClusterRecipe(nameOrPath: string): ClusterRecipe {
  return checkRecipe(nameOrPath, readRecipe(nameOrPath, shipped), schema);
}

export function clusterRecipeDigest(recipe: ClusterRecipe): Digest {
  // Parsed again, so that members without a value are absent.
  return digestOfJson(JSON.parse(JSON.stringify(recipe)) as Json);
}
