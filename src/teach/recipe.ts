// A recipe is data: everything that decides what a training run computes. Its digest stands in the training record;
// two runs of one recipe see the same samples in the same order, whatever the number of workers.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Digest, digestOfJson, TiegelError } from '../base/index.ts';
import { type TaskName, taskNames } from '../tasks/index.ts';
import nano from './recipes/nano.json' with { type: 'json' };
import pico from './recipes/pico.json' with { type: 'json' };

export type Recipe = {
  readonly name: string;
  /** Version of this format. */
  readonly schema: 1;
  readonly seed: number;
  /** The decoder; the vocabulary follows from the tasks. */
  readonly model: {
    readonly width: number;
    readonly layers: number;
    readonly heads: number;
    readonly keyValueHeads: number;
    readonly feedForward: number;
    readonly contextLength: number;
  };
  readonly data: {
    /** Relative frequency of each task and of prompts outside all of them. */
    readonly mixture: Readonly<Record<SampleKind, number>>;
    /** Share of task samples whose think block is closed at once, for the comparison without thinking. */
    readonly withoutThinking: number;
    /** Share of samples that follow an earlier turn of conversation. */
    readonly withHistory: number;
    /** Share of samples that begin with a system message. */
    readonly withSystemMessage: number;
    /** Samples with more tokens than this are passed over. */
    readonly longestSample: number;
  };
  readonly training: {
    readonly steps: number;
    /** Sequences per step. */
    readonly batch: number;
    /** Parts of a batch whose gradients are computed apart and added in a fixed order. */
    readonly lanes: number;
    readonly learningRate: number;
    /** Share of the learning rate that is left at the last step. */
    readonly finalLearningRate: number;
    readonly warmupSteps: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly weightDecay: number;
    /** Largest norm of the gradient; a longer one is scaled down to it. */
    readonly gradientClip: number;
    readonly checkpointEverySteps: number;
  };
  readonly evaluation: {
    /** Held-out problems per task. */
    readonly problems: number;
    /** Completion tokens at most. */
    readonly maxTokens: number;
  };
};

/** What a training sample shows: a task, or a prompt outside all of them. */
export type SampleKind = TaskName | 'outside';

export const sampleKinds: readonly SampleKind[] = [...taskNames, 'outside'];

const share = z.number().min(0).max(1);
const count = (highest: number) => z.int().min(1).max(highest);

const recipeSchema: z.ZodType<Recipe> = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    schema: z.literal(1),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1),
    model: z.strictObject({
      width: count(1024).multipleOf(32),
      layers: count(32),
      heads: count(32),
      keyValueHeads: count(32),
      feedForward: count(4096).multipleOf(32),
      contextLength: count(4096),
    }),
    data: z.strictObject({
      mixture: z.record(z.enum(sampleKinds), z.number().min(0)),
      withoutThinking: share,
      withHistory: share,
      withSystemMessage: share,
      longestSample: count(4096),
    }),
    training: z.strictObject({
      steps: count(10_000_000),
      batch: count(4096),
      lanes: count(64),
      learningRate: z.number().gt(0).max(1),
      finalLearningRate: share,
      warmupSteps: z.int().min(0),
      beta1: share,
      beta2: share,
      weightDecay: z.number().min(0).max(10),
      gradientClip: z.number().gt(0),
      checkpointEverySteps: count(1_000_000),
    }),
    evaluation: z.strictObject({ problems: count(10_000), maxTokens: count(4096) }),
  })
  .check((context) => {
    const { model, data, training } = context.value;
    const refuse = (path: string[], message: string) =>
      context.issues.push({ code: 'custom', path, message, input: context.value });
    if (model.width % model.heads !== 0 || (model.width / model.heads) % 8 !== 0) {
      refuse(['model', 'heads'], 'model.width / model.heads must be a multiple of 8');
    }
    if (model.heads % model.keyValueHeads !== 0)
      refuse(['model', 'keyValueHeads'], 'must divide model.heads');
    if (training.batch % training.lanes !== 0) refuse(['training', 'lanes'], 'must divide training.batch');
    if (Object.values(data.mixture).every((weight) => weight === 0))
      refuse(['data', 'mixture'], 'is all zeros');
  });

const shipped: Readonly<Record<string, unknown>> = { pico, nano };

/** What a caller may change for a shorter or longer run; it becomes part of the digest. */
export type RecipeOverrides = {
  readonly steps?: number | undefined;
  /** Held-out problems per task in the final evaluation. */
  readonly problems?: number | undefined;
};

/**
 * A shipped recipe by name, or one from a JSON file by path.
 *
 * @throws TGL_RECIPE_UNKNOWN, TGL_RECIPE_INVALID
 */
export function loadRecipe(nameOrPath: string, { steps, problems }: RecipeOverrides = {}): Recipe {
  const source = Object.hasOwn(shipped, nameOrPath) ? shipped[nameOrPath] : readRecipeFile(nameOrPath);
  const recipe = parseRecipe(nameOrPath, source);
  const { training, evaluation } = recipe;
  return parseRecipe(nameOrPath, {
    ...recipe,
    training: { ...training, steps: steps ?? training.steps },
    evaluation: { ...evaluation, problems: problems ?? evaluation.problems },
  });
}

export function recipeDigest(recipe: Recipe): Digest {
  return digestOfJson(recipe);
}

/** @throws TGL_RECIPE_INVALID that names the first key that is wrong. */
export function parseRecipe(name: string, value: unknown): Recipe {
  const result = recipeSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.join('.') || 'the top level';
  throw new TiegelError('TGL_RECIPE_INVALID', { recipe: name, path, problem: issue.message });
}

function readRecipeFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TiegelError('TGL_RECIPE_UNKNOWN', { received: path, known: Object.keys(shipped) }, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = (cause as Error).message;
    throw new TiegelError('TGL_RECIPE_INVALID', { recipe: path, path: 'the top level', problem }, { cause });
  }
}
