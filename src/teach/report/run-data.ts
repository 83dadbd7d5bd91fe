// Reads what a run has left in its directory for a report: recipe, metrics, shown rollouts, results, record. An unfinished
// run is read as far as it has come; a file that no run writes in this form is refused by name.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../../base/index.ts';
import { allTaskNames } from '../../tasks/index.ts';
import type { Ceiling } from '../ceiling.ts';
import type { EvaluationSummary } from '../evaluation-summary.ts';
import type { HalfFigures, HalfLead } from '../halves.ts';
import { decodeJson, invalidRunFile, readLines } from '../json-lines.ts';
import { readMetrics, type StepMetrics } from '../metrics.ts';
import { parseRecipe, type Recipe, recipeDigest } from '../recipe.ts';
import { sampleKinds } from '../sample-kind.ts';
import type { Arm } from '../stage-result.ts';
import type { Stage } from '../stages/stages.ts';
import type { TrainingRecord } from '../training-record.ts';
import { watchedFile } from '../watched.ts';

export type RunData = {
  /** The last part of the directory's path. */
  readonly name: string;
  readonly recipe: Recipe;
  readonly recipeDigest: Digest;
  readonly stages: readonly StageData[];
  /** Undefined until the run has ended. */
  readonly record: RecordData | undefined;
};

export type StageData = {
  readonly stage: Stage;
  readonly metrics: readonly StepMetrics[];
  readonly controls: readonly { readonly name: string; readonly metrics: readonly StepMetrics[] }[];
  readonly shownGroups: readonly ShownGroup[];
  /** Completions of the same problems at different steps. */
  readonly watched: readonly WatchedGroup[];
  /** Undefined until the stage has ended. */
  readonly result: ResultData | undefined;
};

/** One group of rollouts, as `grpo` records it for people. */
export type ShownGroup = {
  readonly step: number;
  readonly task: string;
  readonly prompt: string;
  readonly completions: readonly ShownCompletion[];
};

export type ShownCompletion = {
  readonly text: string;
  readonly stopped: boolean;
  readonly tokens: number;
  readonly reward: number | null;
  /** Rewards before weighting. */
  readonly parts: Readonly<Record<string, number>>;
};

/** The completions of one watched problem after so many steps. */
export type WatchedGroup = Omit<ShownGroup, 'completions'> & {
  readonly completions: readonly (Pick<ShownCompletion, 'text' | 'stopped' | 'tokens'> & {
    readonly correct: boolean | null;
  })[];
};

/** The part of any stage's result that a report uses. */
export type ResultData = {
  readonly dataDigest?: string | undefined;
  readonly flops?: number | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly tokens?: number | undefined;
  readonly arms?: readonly Arm[] | undefined;
  readonly ceilings?: readonly Ceiling[] | undefined;
  readonly evaluation?: EvaluationSummary | undefined;
  readonly teacher?: TeacherData | undefined;
};

/** The teacher of a distillation. */
type TeacherData = {
  readonly name: string;
  readonly licence: string | null;
  readonly terms: string;
  /** The permission that the operator stated. */
  readonly permission: string | null;
};

type RecordData = Pick<
  TrainingRecord,
  | 'recipeDigest'
  | 'origin'
  | 'parameters'
  | 'verifiers'
  | 'machine'
  | 'workers'
  | 'wallMinutes'
  | 'cpuMinutes'
  | 'finished'
  | 'files'
>;

const finite = z.number();
const interval = z.tuple([finite, finite]);
const subject = z.enum(sampleKinds);

const shownGroup: z.ZodType<ShownGroup> = z.object({
  step: finite,
  task: z.string(),
  prompt: z.string(),
  completions: z.array(
    z.object({
      text: z.string(),
      stopped: z.boolean(),
      tokens: finite,
      reward: finite.nullable(),
      parts: z.record(z.string(), finite),
    }),
  ),
});

const watchedGroup: z.ZodType<WatchedGroup> = z.object({
  step: finite,
  task: z.string(),
  prompt: z.string(),
  completions: z
    .array(
      z.object({ text: z.string(), stopped: z.boolean(), tokens: finite, correct: z.boolean().nullable() }),
    )
    .min(1),
});

const estimate = z.object({ estimate: finite, interval });
const half = z.enum(['solvable', 'unsolvable']);

const halfFigures: z.ZodType<HalfFigures> = z.object({
  subject,
  half,
  problems: finite,
  samples: finite,
  passAt1: estimate,
  passAtAll: estimate,
  strict: estimate,
  greedy: estimate.optional(),
  meanTokens: finite,
  outOfRoom: finite,
  falseClaims: finite,
  traces: z
    .object({ guessesPerCompletion: finite, wrong: finite, repeated: finite, givesUpPerMiss: finite })
    .optional(),
});

const halfLead: z.ZodType<HalfLead> = z.object({
  subject,
  half,
  passAt1: estimate,
  passAtAll: estimate,
  strict: estimate,
  greedy: estimate.optional(),
});

const evaluation = z.object({
  accuracies: z.array(
    z.object({
      subject,
      thinking: z.enum(['open', 'closed']),
      trials: finite,
      correct: finite,
      accuracy: finite,
      interval,
      meanTokens: finite,
      truncated: finite,
    }),
  ),
  sampled: z.array(
    z.object({
      subject,
      problems: finite,
      samples: finite,
      passAt: z.array(z.object({ k: finite, rate: finite, interval })).min(1),
      meanTokens: finite,
      truncated: finite,
      wellFormed: finite,
    }),
  ),
  budgetCurve: z.array(z.object({ subject, budget: finite, accuracy: finite, interval, meanTokens: finite })),
  halves: z.array(halfFigures).optional(),
});

const resultSchema: z.ZodType<ResultData> = z.object({
  dataDigest: z.string().optional(),
  flops: finite.optional(),
  cpuSeconds: finite.optional(),
  tokens: finite.optional(),
  arms: z
    .array(
      z.object({
        // Names of stages and controls are plain words, so nothing made from them has to be escaped.
        name: z.string().regex(/^[a-z0-9_-]+$/),
        flops: finite,
        evaluation,
        gains: z.array(z.object({ subject, estimate: finite, interval })),
        leads: z.array(halfLead).optional(),
        keptGivesUpPerMiss: z.array(finite).optional(),
      }),
    )
    .optional(),
  ceilings: z.array(z.object({ subject: z.enum(allTaskNames), half, share: finite })).optional(),
  evaluation: evaluation.optional(),
  teacher: z
    .object({
      name: z.string(),
      licence: z.string().nullable(),
      terms: z.string(),
      permission: z.string().nullable(),
    })
    .optional(),
});

const digest = z.custom<Digest>((value) => /^[0-9a-f]{64}$/.test(String(value)), 'is not a SHA-256 digest');

const recordSchema: z.ZodType<RecordData> = z.object({
  recipeDigest: digest,
  origin: digest.nullable(),
  parameters: finite,
  verifiers: z.record(z.string(), z.string()),
  machine: z.object({ processor: z.string(), cores: finite, memoryGiB: finite }),
  workers: finite,
  wallMinutes: finite,
  cpuMinutes: finite,
  finished: z.string(),
  files: z.record(z.string(), digest),
});

/**
 * Reads the directory of a run.
 *
 * @throws TGL_RUN_INVALID that names the file and what is wrong with it; TGL_RECIPE_INVALID
 */
export function readRun(directory: string): RunData {
  const path = join(directory, 'recipe.json');
  if (!existsSync(path)) throw invalidRunFile(directory, 'it holds no recipe.json');
  const recipe = parseRecipe(path, readJson(path, z.unknown()));
  const own = recipeDigest(recipe);
  const recordPath = join(directory, 'training-record.json');
  const record = existsSync(recordPath) ? readJson(recordPath, recordSchema) : undefined;
  if (record !== undefined && record.recipeDigest !== own) {
    throw invalidRunFile(recordPath, 'it belongs to another recipe than recipe.json beside it');
  }
  return {
    name: basename(resolve(directory)),
    recipe,
    recipeDigest: own,
    stages: recipe.stages.map((stage) => readStage(stage, join(directory, stage.name))),
    record,
  };
}

function readStage(stage: Stage, directory: string): StageData {
  const resultPath = join(directory, 'result.json');
  return {
    stage,
    metrics: readMetrics(join(directory, 'metrics.jsonl')),
    controls: controlDirectories(directory)
      .map((name) => ({ name, metrics: readMetrics(join(directory, name, 'metrics.jsonl')) }))
      .filter(({ metrics }) => metrics.length > 0),
    watched: readLines(join(directory, watchedFile), watchedGroup),
    shownGroups: readLines(join(directory, 'rollouts.jsonl'), shownGroup),
    result: existsSync(resultPath) ? readJson(resultPath, resultSchema) : undefined,
  };
}

/** Directories of controls, and of their rounds where they have some. */
function controlDirectories(directory: string): readonly string[] {
  return directoriesIn(directory).flatMap((name) => [
    name,
    ...directoriesIn(join(directory, name)).map((round) => join(name, round)),
  ]);
}

function directoriesIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
}

function readJson<Value>(path: string, schema: z.ZodType<Value>): Value {
  return decodeJson(path, 'the file', readFileSync(path, 'utf8'), schema);
}
