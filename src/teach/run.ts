// A teaching run from nothing to files that can be served: train, evaluate on held-out problems, export. The
// directory holds recipe.json, checkpoint.bin, metrics.jsonl, evaluation.jsonl, training-record.json and the model.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Clock, canonicalJson, makeDirectory, TiegelError, writeFileAtomically } from '../base/index.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { type Accuracy, evaluationJobs, summarise } from './evaluation.ts';
import { type ExportedFiles, exportModel } from './export.ts';
import { modelShapeOf, parameterCount } from './model-shape.ts';
import { type Recipe, recipeDigest } from './recipe.ts';
import { type TrainingProgress, train } from './training.ts';
import { type TrainingRecord, trainingRecord } from './training-record.ts';
import { taskTokenizer } from './vocabulary.ts';
import { startWorkerPool } from './worker-pool.ts';

export type TeachProgress =
  | { readonly stage: 'training'; readonly progress: TrainingProgress }
  | { readonly stage: 'evaluation'; readonly done: number; readonly total: number }
  | { readonly stage: 'export' };

export type TeachOptions = {
  readonly recipe: Recipe;
  /** Directory of the run; made if it is not there. */
  readonly directory: string;
  /** Continue the run in `directory` instead of refusing to touch it. */
  readonly resume?: boolean;
  /** Threads; by default one per core. */
  readonly workers?: number;
  readonly clock: Clock;
  readonly onProgress?: (progress: TeachProgress) => void;
  readonly signal?: AbortSignal;
};

export type TeachResult = {
  readonly record: TrainingRecord;
  readonly accuracies: readonly Accuracy[];
  /** Paths of the exported GGUF files. */
  readonly files: ExportedFiles;
};

/**
 * Teaches a model by a recipe.
 *
 * @throws TGL_RUN_EXISTS when the directory holds a run and `resume` is not set; TGL_CHECKPOINT_INVALID when the run
 *   there was begun by another recipe; what `train` throws.
 */
export async function teach(options: TeachOptions): Promise<TeachResult> {
  const { recipe, directory, clock, onProgress } = options;
  const checkpoint = openDirectory(recipe, directory, options.resume ?? false);
  const tokenizer = taskTokenizer();
  const workers = options.workers ?? availableParallelism();
  await using pool = startWorkerPool(recipe, parameterCount(modelShapeOf(recipe, tokenizer)), workers);

  const training = await train({
    recipe,
    directory,
    checkpoint,
    pool,
    clock,
    signal: options.signal,
    onProgress: onProgress && ((progress) => onProgress({ stage: 'training', progress })),
  });

  const jobs = evaluationJobs(recipe.evaluation.problems, recipe.evaluation.maxTokens);
  const total = jobs.reduce((sum, job) => sum + job.count, 0);
  let done = 0;
  const rows = await pool.evaluate(jobs, (part) => {
    done += part.length;
    onProgress?.({ stage: 'evaluation', done, total });
  });
  const accuracies = summarise(rows);

  onProgress?.({ stage: 'export' });
  writeFileAtomically(
    join(directory, 'evaluation.jsonl'),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  );
  const files = exportModel(training.model, tokenizer, recipe.name, directory);
  const record = await trainingRecord({ recipe, training, accuracies, files, workers, clock, directory });
  writeFileAtomically(join(directory, 'training-record.json'), `${JSON.stringify(record, null, 2)}\n`);
  return { record, accuracies, files };
}

/** A run belongs to one recipe: its directory carries it, and is refused to another. Returns where the run stands. */
function openDirectory(recipe: Recipe, directory: string, resume: boolean): Checkpoint | undefined {
  makeDirectory(directory);
  const recipePath = join(directory, 'recipe.json');
  const checkpointPath = join(directory, 'checkpoint.bin');
  if (!resume && (existsSync(recipePath) || existsSync(checkpointPath))) {
    throw new TiegelError('TGL_RUN_EXISTS', { path: directory });
  }
  const checkpoint = readCheckpoint(checkpointPath);
  if (checkpoint && checkpoint.recipeDigest !== recipeDigest(recipe)) {
    const problem = `it was begun by a recipe with digest ${checkpoint.recipeDigest}, not ${recipeDigest(recipe)}`;
    throw new TiegelError('TGL_CHECKPOINT_INVALID', { path: checkpointPath, problem });
  }
  writeFileAtomically(recipePath, `${canonicalJson(recipe)}\n`);
  return checkpoint;
}
