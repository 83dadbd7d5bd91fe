// A run: the stages of a recipe one after another, from nothing to files that can be served. Its directory contains
// recipe.json, one directory per stage, the model and training-record.json; what is finished is not done again.
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Clock, makeDirectory, TiegelError, writeFileAtomically } from '../base/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import { checkSampleLengths } from './dataset.ts';
import { openLocalTeacher } from './distil/local-teacher.ts';
import { exportModel, exportTransformers } from './export.ts';
import { modelShapeOf } from './model-shape.ts';
import { type Recipe, recipeDigest, recipeOfStage, recipeText } from './recipe.ts';
import { readResult, type StageResult, writeResult } from './stage-result.ts';
import type { Run, StageOutput } from './stages/stage-kind.ts';
import { kindOf, type Stage } from './stages/stages.ts';
import { startingWeights } from './starting-weights.ts';
import type { TrainingProgress } from './training.ts';
import { type TrainingRecord, trainingRecord } from './training-record.ts';
import { taskTokenizer, wordSourceOf } from './vocabulary.ts';
import type { WatchedCompletion } from './watched.ts';
import { startWorkerPool } from './worker-pool.ts';

export type TeachProgress =
  | { readonly doing: 'training'; readonly progress: TrainingProgress }
  | { readonly doing: 'evaluation'; readonly of: string; readonly done: number; readonly total: number }
  | { readonly doing: 'watched'; readonly completion: WatchedCompletion }
  | { readonly doing: 'export' };

export type TeachOptions = {
  readonly recipe: Recipe;
  /** Directory of the run, which is created if necessary. */
  readonly directory: string;
  /** Whether to continue the run in `directory` instead of refusing to touch it. */
  readonly resume?: boolean;
  /** Number of threads. @default one per core */
  readonly workers?: number;
  /** Refuses to ask a teacher on another machine. @default false */
  readonly offline?: boolean;
  /** The key in a variable that a recipe names for its teacher's server. @default there is none */
  readonly keyIn?: (variable: string) => string | undefined;
  readonly clock: Clock;
  readonly onProgress?: (progress: TeachProgress) => void;
  /** Called with a sentence that a person should read and that does not end the run. */
  readonly onWarning?: (text: string) => void;
  readonly signal?: AbortSignal;
};

export type TeachResult = {
  readonly record: TrainingRecord;
  /** Paths of the exported files: GGUF by type, and `safetensors`. */
  readonly files: Readonly<Record<string, string>>;
};

/**
 * Teaches a model by a recipe.
 *
 * @throws TGL_RUN_EXISTS when the directory holds a run and `resume` is not set; TGL_CHECKPOINT_INVALID when the run
 *   there was begun by another recipe; TGL_RUN_INVALID when a file of it is damaged; TGL_START_INVALID;
 *   TGL_TEACHER_FORBIDS, TGL_TEACHER_INVALID, TGL_TEACHER_STOPPED; what `train` throws.
 */
export async function teach(options: TeachOptions): Promise<TeachResult> {
  const { recipe, directory, clock, onProgress } = options;
  const words = wordSourceOf(recipe);
  const tokenizer = taskTokenizer(words);
  for (const stage of recipe.stages)
    if (kindOf(stage).imitatesData(stage)) checkSampleLengths(recipeOfStage(recipe, stage), tokenizer);
  openDirectory(recipe, directory, options.resume ?? false);
  const shape = modelShapeOf(recipe, tokenizer);
  for (const stage of recipe.stages) await kindOf(stage).check?.(stage);
  const teacher = openLocalTeacher(recipe, tokenizer);
  const start = await startingWeights(recipe, shape, tokenizer.vocabulary);
  const workers = options.workers ?? availableParallelism();
  const shards = Math.max(...recipe.stages.map((stage) => ('lanes' in stage ? stage.lanes : workers)));
  await using pool = startWorkerPool(shape, shards, workers, teacher, words);
  const run: Run = {
    recipe,
    directory,
    tokenizer,
    stopToken: tokenizer.controlId('<|end|>'),
    context: {
      recipeDigest: recipeDigest(recipe),
      shape,
      pool,
      clock,
      signal: options.signal,
      onProgress: onProgress && ((progress) => onProgress({ doing: 'training', progress })),
      onWatched: onProgress && ((completion) => onProgress({ doing: 'watched', completion })),
      onWarning: options.onWarning,
    },
    teacher,
    offline: options.offline ?? false,
    keyIn: options.keyIn ?? (() => undefined),
    evaluated: new WeakMap(),
    onEvaluation: onProgress && ((of, done, total) => onProgress({ doing: 'evaluation', of, done, total })),
  };
  const { results, values } = await runStages(run, start.values);
  onProgress?.({ doing: 'export' });
  const files = exportFiles(run, results, values);
  const record = await trainingRecord({ recipe, origin: start.origin, results, files, workers, clock });
  writeFileAtomically(join(directory, 'training-record.json'), `${JSON.stringify(record, null, 2)}\n`);
  return { record, files };
}

/** Runs the stages one after another; results of finished ones are read. */
async function runStages(
  run: Run,
  start: Float32Array,
): Promise<{ readonly results: readonly StageResult[]; readonly values: Float32Array }> {
  const results: StageResult[] = [];
  let values = start;
  for (const [stageIndex, stage] of run.recipe.stages.entries()) {
    const directory = join(run.directory, stage.name);
    makeDirectory(directory);
    const finished = finishedStage(directory, values, run.context.onWarning);
    const output =
      finished ??
      (await kindOf(stage).run(runOfStage(run, stage), { stage, stageIndex, directory, start: values }));
    if (!finished) writeResult(directory, output.result);
    results.push(output.result);
    values = output.values;
  }
  return { results, values };
}

/** The run as a stage sees it. What weights are worth under other settings of the tasks is not known from elsewhere. */
function runOfStage(run: Run, stage: Stage): Run {
  const recipe = recipeOfStage(run.recipe, stage);
  return recipe === run.recipe ? run : { ...run, recipe, evaluated: new WeakMap() };
}

/** Writes the exact weights, as GGUF and for transformers. → paths of all exported files, those of stages included */
function exportFiles(
  { recipe, directory, tokenizer, context }: Run,
  results: readonly StageResult[],
  values: Float32Array,
): Readonly<Record<string, string>> {
  const exported = { values, shape: context.shape, tokenizer, name: recipe.name };
  const f32 = exportModel(exported, 'F32', directory);
  const safetensors = exportTransformers(exported, directory);
  const quantised = results.flatMap((result) =>
    result.stage === 'quantise' ? Object.keys(result.files) : [],
  );
  return Object.fromEntries([
    ['f32', f32],
    ['safetensors', safetensors],
    ...quantised.map((type) => [type, join(directory, `model.${type}.gguf`)]),
  ]);
}

/** What a finished stage has left; undefined if its weights are lost, so that it has to be continued. */
function finishedStage(
  directory: string,
  start: Float32Array,
  onWarning: TeachOptions['onWarning'],
): StageOutput | undefined {
  const result = readResult(directory);
  if (result === undefined) return undefined;
  if (!('steps' in result)) return { result, values: start };
  try {
    const checkpoint = readCheckpoint(join(directory, 'checkpoint.bin'));
    if (checkpoint?.step === result.steps) return { result, values: checkpoint.values };
  } catch (error) {
    if (!TiegelError.isInstance(error)) throw error;
  }
  onWarning?.(
    `The stage ${result.name} was finished, but its last checkpoint is damaged or gone; it is taken up again.`,
  );
  return undefined;
}

/** A run belongs to the recipe in its directory; any other one is refused. */
function openDirectory(recipe: Recipe, directory: string, resume: boolean): void {
  makeDirectory(directory);
  const path = join(directory, 'recipe.json');
  const text = `${recipeText(recipe)}\n`;
  if (existsSync(path)) {
    if (!resume) throw new TiegelError('TGL_RUN_EXISTS', { path: directory });
    if (readFileSync(path, 'utf8') !== text) {
      const problem = 'its directory was begun by another recipe, or by this one with other options';
      throw new TiegelError('TGL_CHECKPOINT_INVALID', { path: directory, problem });
    }
  }
  writeFileAtomically(path, text);
}
