// The training record: what an artefact was made from and what it can do, beside the artefact. Everything in it was
// measured by this run or follows from the recipe.
import { cpus, totalmem } from 'node:os';
import { type Clock, type Digest, digestOfFile } from '../base/index.ts';
import { taskVersions } from '../tasks/index.ts';
import type { EvaluationSummary } from './evaluation-summary.ts';
import { modelShapeOf, parameterCount } from './model-shape.ts';
import { type Recipe, recipeDigest } from './recipe.ts';
import type { StageResult } from './stage-result.ts';
import { taskTokenizer, wordSourceOf } from './vocabulary.ts';

export type TrainingRecord = {
  readonly schema: 2;
  readonly recipe: Recipe;
  readonly recipeDigest: Digest;
  /** SHA-256 of the file from which the weights came; null if they were random. */
  readonly origin: Digest | null;
  readonly parameters: number;
  readonly verifiers: Readonly<Record<string, string>>;
  readonly stages: readonly StageResult[];
  /** The last evaluation of the run; null if there was none. */
  readonly evaluation: EvaluationSummary | null;
  readonly machine: { readonly processor: string; readonly cores: number; readonly memoryGiB: number };
  readonly workers: number;
  readonly node: string;
  /** Time spent in all training stages, without their controls. */
  readonly wallMinutes: number;
  readonly cpuMinutes: number;
  readonly finished: string;
  /** SHA-256 of the exported files. */
  readonly files: Readonly<Record<string, Digest>>;
};

export type TrainingFacts = {
  readonly recipe: Recipe;
  readonly origin: Digest | undefined;
  readonly results: readonly StageResult[];
  readonly files: Readonly<Record<string, string>>;
  readonly workers: number;
  readonly clock: Clock;
};

export async function trainingRecord(facts: TrainingFacts): Promise<TrainingRecord> {
  const { recipe, origin, results, files, workers, clock } = facts;
  const digests = await Promise.all(
    Object.entries(files).map(async ([name, path]) => [name, await digestOfFile(path)] as const),
  );
  const processors = cpus();
  const minutes = (key: 'wallSeconds' | 'cpuSeconds'): number =>
    Number((results.reduce((sum, result) => sum + ('steps' in result ? result[key] : 0), 0) / 60).toFixed(1));
  return {
    schema: 2,
    recipe,
    recipeDigest: recipeDigest(recipe),
    origin: origin ?? null,
    parameters: parameterCount(modelShapeOf(recipe, taskTokenizer(wordSourceOf(recipe)))),
    verifiers: taskVersions,
    stages: results,
    evaluation: results.flatMap((result) => ('evaluation' in result ? result.evaluation : [])).at(-1) ?? null,
    machine: {
      processor: processors[0]?.model ?? process.arch,
      cores: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    workers,
    node: process.version,
    wallMinutes: minutes('wallSeconds'),
    cpuMinutes: minutes('cpuSeconds'),
    finished: new Date(clock.now()).toISOString(),
    files: Object.fromEntries(digests),
  };
}
