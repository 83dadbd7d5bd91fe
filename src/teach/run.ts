// A run: the stages of a recipe one after another, from nothing to files that can be served. Its directory holds
// recipe.json, one directory a stage, the model and training-record.json; what is finished is not done again.
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type Clock,
  type Digest,
  digestOfFile,
  makeDirectory,
  TiegelError,
  writeFileAtomically,
} from '../base/index.ts';
import type { Tokenizer } from '../formats/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import { type Control, trainControls } from './controls.ts';
import { checkSampleLengths, promptedSubset } from './dataset.ts';
import { trainDistilControls } from './distil/distil-controls.ts';
import { type OpenedTeacher, openLocalTeacher } from './distil/local-teacher.ts';
import { distilOnPolicy } from './distil/on-policy.ts';
import { gatherRemoteTraces, openRemoteTeacher } from './distil/remote-traces.ts';
import { permittedTeacher } from './distil/teacher-terms.ts';
import { type EvaluationRow, evaluationJobs } from './evaluation.ts';
import { gainsOver, summarise } from './evaluation-summary.ts';
import { exportModel, exportTransformers } from './export.ts';
import { trainGrpo } from './grpo.ts';
import { modelShapeOf } from './model-shape.ts';
import { type Recipe, recipeDigest, recipeText } from './recipe.ts';
import { sampleAndImitate } from './reject.ts';
import { trainSft } from './sft.ts';
import type { OnPolicyDistilStage, Stage, TraceDistilStage } from './stage.ts';
import {
  type Arm,
  readResult,
  type StageResult,
  type TrainingResult,
  trainingResult,
  writeResult,
} from './stage-result.ts';
import { readWeights, startingWeights } from './starting-weights.ts';
import type { StageContext, Training, TrainingProgress } from './training.ts';
import { type TrainingRecord, trainingRecord } from './training-record.ts';
import { taskTokenizer } from './vocabulary.ts';
import { startWorkerPool } from './worker-pool.ts';

export type TeachProgress =
  | { readonly doing: 'training'; readonly progress: TrainingProgress }
  | { readonly doing: 'evaluation'; readonly of: string; readonly done: number; readonly total: number }
  | { readonly doing: 'export' };

export type TeachOptions = {
  readonly recipe: Recipe;
  /** Directory of the run; made if it is not there. */
  readonly directory: string;
  /** Continue the run in `directory` instead of refusing to touch it. */
  readonly resume?: boolean;
  /** Threads; by default one per core. */
  readonly workers?: number;
  /** Refuses to ask a teacher on another machine. @default false */
  readonly offline?: boolean;
  /** The key in a variable that a recipe names for its teacher's server. @default there is none */
  readonly keyIn?: (variable: string) => string | undefined;
  readonly clock: Clock;
  readonly onProgress?: (progress: TeachProgress) => void;
  /** Told, in a sentence, what a person should know and what does not end the run. */
  readonly onWarning?: (text: string) => void;
  readonly signal?: AbortSignal;
};

export type TeachResult = {
  readonly record: TrainingRecord;
  /** Paths of the exported files: GGUF by type, and `safetensors`. */
  readonly files: Readonly<Record<string, string>>;
};

/** Everything the stages of this run share. */
type Run = {
  readonly recipe: Recipe;
  readonly directory: string;
  readonly tokenizer: Tokenizer;
  readonly stopToken: number;
  readonly context: StageContext;
  readonly teacher: OpenedTeacher | undefined;
  readonly offline: boolean;
  readonly keyIn: (variable: string) => string | undefined;
  /** Rows of weights that this process has evaluated already. */
  readonly evaluated: WeakMap<Float32Array, readonly EvaluationRow[]>;
  readonly onProgress: ((progress: TeachProgress) => void) | undefined;
};

/**
 * Teaches a model by a recipe.
 *
 * @throws TGL_RUN_EXISTS when the directory holds a run and `resume` is not set; TGL_CHECKPOINT_INVALID when the run
 *   there was begun by another recipe; TGL_START_INVALID; TGL_TEACHER_FORBIDS, TGL_TEACHER_INVALID, TGL_TEACHER_STOPPED; what `train` throws.
 */
export async function teach(options: TeachOptions): Promise<TeachResult> {
  const { recipe, directory, clock, onProgress, onWarning, signal } = options;
  const tokenizer = taskTokenizer();
  if (recipe.stages.some(imitatesSamples)) checkSampleLengths(recipe, tokenizer);
  openDirectory(recipe, directory, options.resume ?? false);
  const shape = modelShapeOf(recipe, tokenizer);
  // Before anything is computed: a teacher that may not be learned from is refused.
  for (const stage of recipe.stages) if (stage.stage === 'distil') await permittedTeacher(stage.teacher);
  const teacher = openLocalTeacher(recipe, tokenizer);
  const start = await startingWeights(recipe, shape);
  const workers = options.workers ?? availableParallelism();
  const shards = Math.max(...recipe.stages.map((stage) => ('lanes' in stage ? stage.lanes : workers)));
  await using pool = startWorkerPool(shape, shards, workers, teacher);
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
      signal,
      onProgress: onProgress && ((progress) => onProgress({ doing: 'training', progress })),
      onWarning,
    },
    teacher,
    offline: options.offline ?? false,
    keyIn: options.keyIn ?? (() => undefined),
    evaluated: new WeakMap(),
    onProgress,
  };

  let { values } = start;
  const results: StageResult[] = [];
  for (const [stageIndex, stage] of recipe.stages.entries()) {
    const own = join(directory, stage.name);
    makeDirectory(own);
    const before = finishedStage(own, values, onWarning);
    const done = before ?? (await runStage(run, stage, stageIndex, own, values));
    if (!before) writeResult(own, done.result);
    results.push(done.result);
    values = done.values;
  }

  onProgress?.({ doing: 'export' });
  const exported = { values, shape, tokenizer, name: recipe.name };
  const f32 = exportModel(exported, 'F32', directory);
  const safetensors = exportTransformers(exported, directory);
  const quantised = results.flatMap((result) =>
    result.stage === 'quantise' ? Object.keys(result.files) : [],
  );
  const files = Object.fromEntries([
    ['f32', f32],
    ['safetensors', safetensors],
    ...quantised.map((type) => [type, join(directory, `model.${type}.gguf`)]),
  ]) as Record<string, string>;
  const record = await trainingRecord({ recipe, origin: start.origin, results, files, workers, clock });
  writeFileAtomically(join(directory, 'training-record.json'), `${JSON.stringify(record, null, 2)}\n`);
  return { record, files };
}

/** What a stage that was finished has left; undefined where its weights are lost and it has to go on from what is left. */
function finishedStage(
  directory: string,
  start: Float32Array,
  onWarning: TeachOptions['onWarning'],
): Done | undefined {
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

function imitatesSamples(stage: Stage): boolean {
  return stage.stage === 'sft' || ('controls' in stage && stage.controls?.sft !== undefined);
}

type Done = { readonly result: StageResult; readonly values: Float32Array };

async function runStage(
  run: Run,
  stage: Stage,
  stageIndex: number,
  directory: string,
  start: Float32Array,
): Promise<Done> {
  const { recipe, tokenizer, stopToken, context } = run;
  const { seed } = recipe;
  const subset = promptedSubset(recipe.data);
  switch (stage.stage) {
    case 'sft': {
      const training = await trainSft(context, stage, { source: recipe, tokenizer, directory, start });
      return { result: trainingResult('sft', stage.name, directory, training), values: training.values };
    }
    case 'reject': {
      const until = { problems: stage.problems };
      const plan = { ...stage, directory, start, seed, subset, stageIndex, stopToken, until };
      const { training, kept } = await sampleAndImitate(context, plan);
      const result = trainingResult('reject', stage.name, directory, training);
      return {
        result: { ...result, flops: result.flops + kept.flops, kept },
        values: training.values,
      };
    }
    case 'grpo': {
      const training = await trainGrpo(context, stage, {
        directory,
        start,
        seed,
        subset,
        stageIndex,
        stopToken,
      });
      const result: TrainingResult = trainingResult('grpo', stage.name, directory, training);
      if (!stage.controls) return { result, values: training.values };
      const { flops } = training.state;
      const options = { recipe, tokenizer, directory, start, flops, stopToken };
      const controls = await trainControls(context, stage, options);
      const arms = await compareArms(run, stage.name, directory, start, controls, training);
      return { result: { ...result, arms }, values: training.values };
    }
    case 'distil':
      return stage.method === 'traces'
        ? await runTraceDistil(run, stage, stageIndex, directory, start)
        : await runOnPolicyDistil(run, stage, stageIndex, directory, start);
    case 'evaluate': {
      const rows = await evaluate(run, start, stage.name, directory);
      return {
        result: { stage: 'evaluate', name: stage.name, evaluation: summarise(rows) },
        values: start,
      };
    }
    case 'quantise': {
      const exported = { values: start, shape: context.shape, tokenizer, name: recipe.name };
      const written = stage.types.map((type) => [
        type.toLowerCase(),
        exportModel(exported, type, run.directory),
      ]);
      const files = await digestsOf(written as [string, string][]);
      const result = { stage: 'quantise', name: stage.name, files } as const;
      if (!stage.measured) return { result, values: start };
      const arms = await compareEvaluations(run, directory, [
        ...(written as [string, string][]).map(([name, path]) => ({
          name,
          flops: 0,
          values: readWeights(path, context.shape),
        })),
        { name: 'f32', flops: 0, values: start },
      ]);
      return { result: { ...result, arms }, values: start };
    }
  }
}

async function runTraceDistil(
  run: Run,
  stage: TraceDistilStage,
  stageIndex: number,
  directory: string,
  start: Float32Array,
): Promise<Done> {
  const { recipe, tokenizer, stopToken, context, teacher: local } = run;
  const { seed } = recipe;
  const subset = promptedSubset(recipe.data);
  const { contextLength } = context.shape;
  const { signal, clock } = context;
  if ('endpoint' in stage.teacher) {
    await using engine = openRemoteTeacher(stage.teacher, { clock, offline: run.offline, keyIn: run.keyIn });
    const options = { directory, seed, subset, stageIndex, tokenizer, contextLength, signal };
    await gatherRemoteTraces(engine, stage, options);
  }
  const { training, kept } = await sampleAndImitate(context, {
    ...stage,
    directory,
    start,
    seed,
    subset,
    stageIndex,
    stopToken,
    teacherParameters: local?.parameters,
    until: { problems: stage.problems },
  });
  const result = trainingResult('distil', stage.name, directory, training);
  const teacher = await permittedTeacher(stage.teacher);
  return {
    result: { ...result, flops: result.flops + kept.flops, kept, teacher },
    values: training.values,
  };
}

async function runOnPolicyDistil(
  run: Run,
  stage: OnPolicyDistilStage,
  stageIndex: number,
  directory: string,
  start: Float32Array,
): Promise<Done> {
  const { recipe, tokenizer, stopToken, context } = run;
  const { parameters: teacherParameters } = run.teacher as OpenedTeacher;
  const subset = promptedSubset(recipe.data);
  const options = { directory, start, seed: recipe.seed, subset, stageIndex, stopToken, teacherParameters };
  const training = await distilOnPolicy(context, stage, options);
  const teacher = await permittedTeacher(stage.teacher);
  const result: TrainingResult = {
    ...trainingResult('distil', stage.name, directory, training),
    teacher,
  };
  if (!stage.controls) return { result, values: training.values };
  const { flops } = training.state;
  const controls = await trainDistilControls(context, stage, {
    ...{ recipe, tokenizer, directory, start, flops, stopToken, teacherParameters },
  });
  const arms = await compareArms(run, stage.name, directory, start, controls, training);
  return { result: { ...result, arms }, values: training.values };
}

/** Evaluates the controls of a stage, its start and the stage itself on the same problems. */
function compareArms(
  run: Run,
  name: string,
  directory: string,
  start: Float32Array,
  controls: readonly Control[],
  own: Training,
): Promise<readonly Arm[]> {
  return compareEvaluations(run, directory, [
    { name: 'start', flops: 0, values: start },
    ...controls.map((control) => ({
      name: control.name,
      flops: control.training.state.flops,
      values: control.training.values,
    })),
    { name, flops: own.state.flops, values: own.values },
  ]);
}

type Candidate = { readonly name: string; readonly flops: number; readonly values: Float32Array };

/** Evaluates each; the last one is what the others are compared with. */
async function compareEvaluations(
  run: Run,
  directory: string,
  candidates: readonly Candidate[],
): Promise<readonly Arm[]> {
  const evaluated: { name: string; flops: number; rows: readonly EvaluationRow[] }[] = [];
  for (const { name, flops, values } of candidates) {
    const armDirectory = join(directory, `evaluation-${name}`);
    makeDirectory(armDirectory);
    evaluated.push({ name, flops, rows: await evaluate(run, values, name, armDirectory) });
  }
  const best = evaluated.at(-1)?.rows ?? [];
  return evaluated.map(({ name, flops, rows }) => ({
    name,
    flops,
    evaluation: summarise(rows),
    gains: rows === best ? [] : gainsOver(best, rows),
  }));
}

/** The rows of an evaluation, also in evaluation.jsonl; those that are there already are read. */
async function evaluate(
  { recipe, context, evaluated, onProgress }: Run,
  values: Float32Array,
  of: string,
  directory: string,
): Promise<readonly EvaluationRow[]> {
  const path = join(directory, 'evaluation.jsonl');
  const known = evaluated.get(values) ?? readRows(path);
  if (context.signal?.aborted) throw context.signal.reason;
  const jobs = evaluationJobs(recipe);
  const total = jobs.length;
  let done = 0;
  context.pool.values.set(values);
  const rows =
    known ??
    (await context.pool.evaluate(jobs, () => {
      done += 1;
      onProgress?.({ doing: 'evaluation', of, done, total });
    }));
  evaluated.set(values, rows);
  writeFileAtomically(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return rows;
}

function readRows(path: string): readonly EvaluationRow[] | undefined {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as EvaluationRow);
}

async function digestsOf(
  files: readonly (readonly [name: string, path: string])[],
): Promise<Readonly<Record<string, Digest>>> {
  const entries = files.map(async ([name, path]) => [name, await digestOfFile(path)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** A run belongs to one recipe: its directory carries it, and is refused to another. */
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
