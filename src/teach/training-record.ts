// The training record: what an artefact was made from and what it can do, beside the artefact. Everything in it was
// measured by this run or follows from the recipe.
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Clock, type Digest, digestOfFile } from '../base/index.ts';
import { taskVersions } from '../tasks/index.ts';
import type { Accuracy } from './evaluation.ts';
import { readMetrics } from './metrics.ts';
import { modelShapeOf, parameterCount } from './model-shape.ts';
import { type Recipe, recipeDigest } from './recipe.ts';
import type { Training } from './training.ts';
import { taskTokenizer } from './vocabulary.ts';

export type TrainingRecord = {
  readonly schema: 1;
  readonly stage: 'sft';
  readonly recipe: Recipe;
  readonly recipeDigest: Digest;
  readonly parameters: number;
  /** SHA-256 chained over the token ids and loss weights of all batches in order. */
  readonly dataDigest: string;
  readonly verifiers: Readonly<Record<string, string>>;
  readonly steps: number;
  readonly tokens: number;
  readonly machine: { readonly processor: string; readonly cores: number; readonly memoryGiB: number };
  readonly workers: number;
  readonly node: string;
  readonly wallMinutes: number;
  readonly cpuMinutes: number;
  readonly finished: string;
  /** Mean loss over equal stretches of the run. */
  readonly curve: readonly { readonly step: number; readonly loss: number }[];
  readonly accuracies: readonly Accuracy[];
  /** SHA-256 of the exported files. */
  readonly files: Readonly<Record<string, Digest>>;
};

export type TrainingFacts = {
  readonly recipe: Recipe;
  readonly training: Training;
  readonly accuracies: readonly Accuracy[];
  readonly files: Readonly<Record<string, string>>;
  readonly workers: number;
  readonly clock: Clock;
  readonly directory: string;
};

const curvePoints = 50;

export async function trainingRecord(facts: TrainingFacts): Promise<TrainingRecord> {
  const { recipe, training, accuracies, files, workers, clock, directory } = facts;
  const digests = await Promise.all(
    Object.entries(files).map(async ([name, path]) => [name, await digestOfFile(path)] as const),
  );
  const processors = cpus();
  return {
    schema: 1,
    stage: 'sft',
    recipe,
    recipeDigest: recipeDigest(recipe),
    parameters: parameterCount(modelShapeOf(recipe, taskTokenizer())),
    dataDigest: training.dataDigest,
    verifiers: taskVersions,
    steps: training.step,
    tokens: training.tokens,
    machine: {
      processor: processors[0]?.model ?? process.arch,
      cores: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    workers,
    node: process.version,
    wallMinutes: minutes(training.wallSeconds),
    cpuMinutes: minutes(training.cpuSeconds),
    finished: new Date(clock.now()).toISOString(),
    curve: lossCurve(directory),
    accuracies,
    files: Object.fromEntries(digests),
  };
}

function lossCurve(directory: string): TrainingRecord['curve'] {
  const metrics = readMetrics(join(directory, 'metrics.jsonl'));
  const stretch = Math.max(1, Math.ceil(metrics.length / curvePoints));
  return Array.from({ length: Math.ceil(metrics.length / stretch) }, (_, part) => {
    const steps = metrics.slice(part * stretch, (part + 1) * stretch);
    const loss = steps.reduce((sum, step) => sum + step.loss, 0) / steps.length;
    return { step: steps.at(-1)?.step ?? 0, loss: Number(loss.toFixed(5)) };
  });
}

function minutes(seconds: number): number {
  return Number((seconds / 60).toFixed(1));
}
