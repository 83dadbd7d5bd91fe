// A recipe is data: everything that decides what a run computes, as a list of stages. Its digest is part of the training
// record; two runs of one recipe see the same samples in the same order, whatever the number of workers.
import { z } from 'zod';
import { canonicalJson, type Digest, digestOf, type Json, TiegelError } from '../base/index.ts';
import type { AnyTaskName, OutsideScope, TaskSettings } from '../tasks/index.ts';
import { checkRecipe, readRecipe } from './recipe-file.ts';
import distil from './recipes/distil.json' with { type: 'json' };
import micro from './recipes/micro.json' with { type: 'json' };
import nano from './recipes/nano.json' with { type: 'json' };
import persist from './recipes/persist.json' with { type: 'json' };
import persistFour from './recipes/persist-four.json' with { type: 'json' };
import pico from './recipes/pico.json' with { type: 'json' };
import textbook from './recipes/textbook.json' with { type: 'json' };
import { type SampleKind, sampleKinds } from './sample-kind.ts';
import { type CutOff, cutOff, type TasksSettings, tasksSettings } from './stages/fields.ts';
import { type Stage, stageSchema } from './stages/stages.ts';

export type Recipe = {
  readonly name: string;
  /** Version of this format. */
  readonly schema: 2;
  readonly seed: number;
  /** A run directory or a GGUF file whose weights the first stage starts from; without it they are random. */
  readonly from?: string | undefined;
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
    /** Relative frequency of each task and of prompts outside all of them; what is not named has none. */
    readonly mixture: Readonly<Partial<Record<SampleKind, number>>>;
    /** Share of task samples whose think block is closed at once, for the comparison without thinking. */
    readonly withoutThinking: number;
    /** Share of the training problems that are demonstrated; stages that sample ask the others. Without it, all are both. */
    readonly demonstrated?: number | undefined;
    /** Share of task samples that show the solution and not the search for it. @default 0 */
    readonly withoutSearch?: number | undefined;
    /** Share of samples that follow an earlier turn of conversation. */
    readonly withHistory: number;
    /** Share of samples that begin with a system message. */
    readonly withSystemMessage: number;
    /** Where tasks depart from their defaults: difficulty, wording, demonstrations. Stages may differ in turn. */
    readonly tasks?: TasksSettings | undefined;
    /** What prompts outside the tasks ask: anything but the first three tasks, or what no task asks. @default first-tasks */
    readonly outside?: OutsideScope | undefined;
    /** Samples with more tokens than this are skipped. */
    readonly longestSample: number;
  };
  readonly stages: readonly Stage[];
  readonly evaluation: {
    /** Held-out problems per task. */
    readonly problems: number;
    /** Maximum completion tokens. */
    readonly maxTokens: number;
    /** Completions of each problem at temperature 1; with 0 nothing is sampled. */
    readonly samples: number;
    /** Thinking tokens at which a greedy chain is cut off and answered from; they give the accuracy over budget. */
    readonly budgets: readonly number[];
    /** What running out of room while thinking counts as. @default wrong */
    readonly cutOff?: CutOff | undefined;
  };
};

const share = z.number().min(0).max(1);
const count = (highest: number) => z.int().min(1).max(highest);

const recipeSchema: z.ZodType<Recipe> = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    schema: z.literal(2, 'must be 2: a recipe now lists its stages, and `training` is the first one, `sft`'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1),
    from: z.string().min(1).optional(),
    model: z.strictObject({
      width: count(1024).multipleOf(32),
      layers: count(32),
      heads: count(32),
      keyValueHeads: count(32),
      feedForward: count(4096).multipleOf(32),
      contextLength: count(4096),
    }),
    data: z.strictObject({
      mixture: z
        .partialRecord(z.enum(sampleKinds), z.number().min(0))
        .refine((mixture) => Object.values(mixture).some((weight) => weight > 0), 'is all zeros'),
      withoutThinking: share,
      demonstrated: z.number().gt(0).lt(1).optional(),
      withoutSearch: share.optional(),
      withHistory: share,
      withSystemMessage: share,
      tasks: tasksSettings.optional(),
      outside: z.enum(['first-tasks', 'all-tasks']).optional(),
      longestSample: count(4096),
    }),
    // Their number is checked before each of them is.
    stages: z.array(z.unknown()).min(1).max(100).pipe(z.array(stageSchema)),
    evaluation: z.strictObject({
      problems: count(10_000),
      maxTokens: count(4096),
      samples: z.int().min(0).max(1024),
      budgets: z
        .array(z.unknown())
        .max(20)
        .pipe(z.array(z.int().min(0).max(4096))),
      cutOff: cutOff.optional(),
    }),
  })
  .check((context) => {
    const { model, stages } = context.value;
    const refuse = (path: (string | number)[], message: string) =>
      context.issues.push({ code: 'custom', path, message, input: context.value });
    if (model.width % model.heads !== 0 || (model.width / model.heads) % 8 !== 0) {
      refuse(['model', 'heads'], 'model.width / model.heads must be a multiple of 8');
    }
    if (model.heads % model.keyValueHeads !== 0)
      refuse(['model', 'keyValueHeads'], 'must divide model.heads');
    const { longestSample } = context.value.data;
    if (longestSample > model.contextLength)
      refuse(
        ['data', 'longestSample'],
        `is ${longestSample}, above model.contextLength ${model.contextLength}`,
      );
    for (const [index, stage] of stages.entries()) {
      if (stages.slice(0, index).some(({ name }) => name === stage.name))
        refuse(['stages', index, 'name'], 'is the name of an earlier stage');
      if ('batch' in stage && stage.batch % stage.lanes !== 0)
        refuse(['stages', index, 'lanes'], 'must divide batch');
    }
  });

const shipped: Readonly<Record<string, unknown>> = {
  pico,
  nano,
  micro,
  distil,
  textbook,
  persist,
  'persist-four': persistFour,
};

/** What a caller may change for a shorter or longer run, which becomes part of the digest. */
export type RecipeOverrides = {
  /** Steps of every stage that counts them. */
  readonly steps?: number | undefined;
  /** Held-out problems per task in every evaluation. */
  readonly problems?: number | undefined;
  /** Runs only the stages of these names. */
  readonly stages?: readonly string[] | undefined;
  /** Where the weights of the first stage come from. */
  readonly from?: string | undefined;
  readonly seed?: number | undefined;
};

/**
 * Reads a shipped recipe by name, or a JSON file by path.
 *
 * @throws TGL_RECIPE_UNKNOWN, TGL_RECIPE_INVALID
 */
export function loadRecipe(nameOrPath: string, overrides: RecipeOverrides = {}): Recipe {
  const source = readRecipe(nameOrPath, shipped);
  const recipe = parseRecipe(nameOrPath, source);
  const { steps, problems, stages: wanted, from = recipe.from, seed = recipe.seed } = overrides;
  for (const name of wanted ?? []) {
    if (recipe.stages.some((stage) => stage.name === name)) continue;
    const known = recipe.stages.map((stage) => stage.name).join(', ');
    const problem = `there is no stage ${name} among ${known}`;
    throw new TiegelError('TGL_RECIPE_INVALID', { recipe: nameOrPath, path: 'stages', problem });
  }
  const stages = recipe.stages
    .filter(({ name }) => wanted?.includes(name) ?? true)
    .map((stage) => ('steps' in stage ? { ...stage, steps: steps ?? stage.steps } : stage));
  const evaluation = { ...recipe.evaluation, problems: problems ?? recipe.evaluation.problems };
  return parseRecipe(nameOrPath, {
    ...recipe,
    seed,
    stages,
    evaluation,
    ...(from === undefined ? {} : { from }),
  });
}

/** The recipe as a stage sees it: the stage's own settings of tasks go before those of the data. */
export function recipeOfStage(recipe: Recipe, stage: Stage): Recipe {
  const own = 'tasks' in stage ? stage.tasks : undefined;
  if (own === undefined) return recipe;
  const shared = recipe.data.tasks ?? {};
  const names = [...new Set([...Object.keys(shared), ...Object.keys(own)])] as AnyTaskName[];
  const tasks = Object.fromEntries(
    names.map((name): [AnyTaskName, TaskSettings] => {
      const difficulty = { ...shared[name]?.difficulty, ...own[name]?.difficulty };
      return [name, { ...shared[name], ...own[name], difficulty }];
    }),
  );
  return { ...recipe, data: { ...recipe.data, tasks } };
}

/** The recipe as canonical JSON, without undefined members. */
export function recipeText(recipe: Recipe): string {
  return canonicalJson(JSON.parse(JSON.stringify(recipe)) as Json);
}

/** SHA-256 of the recipe's text. */
export function recipeDigest(recipe: Recipe): Digest {
  return digestOf(recipeText(recipe));
}

/** @throws TGL_RECIPE_INVALID that names the first key that is wrong. */
export function parseRecipe(name: string, value: unknown): Recipe {
  return checkRecipe(name, value, recipeSchema);
}
