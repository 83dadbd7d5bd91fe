// Runs with a local teacher, the shipped model, and a student that is too small to learn anything in four steps. They
// start a dozen threads, which takes its time where other work has the cores.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { readMetrics } from '../metrics.ts';
import { loadRecipe, parseRecipe } from '../recipe.ts';
import { type TeachOptions, teach } from '../run.ts';
import type { TrainingResult } from '../stage-result.ts';
import type { OnPolicyDistilStage } from '../stages/distil-stage.ts';

const recipe = loadRecipe('distil');
const shipped = recipe.stages[1] as OnPolicyDistilStage;
const optimiser = { ...shipped.optimiser, warmupSteps: 0, checkpointEverySteps: 2 };
const model = { ...recipe.model, width: 32, layers: 1, heads: 2, keyValueHeads: 1, feedForward: 64 };
const evaluation = { problems: 2, maxTokens: 8, samples: 2, budgets: [] };
const onPolicy = {
  ...shipped,
  optimiser,
  steps: 4,
  problems: 3,
  maxTokens: 12,
  controls: { sft: { batch: 4, learningRate: 1e-3 } },
};

const emptyDirectory = () => mkdtempSync(join(tmpdir(), 'tiegel-distil-'));
const run = (stages: readonly unknown[], directory: string, options: Partial<TeachOptions> = {}) =>
  teach({
    recipe: parseRecipe('tiny', { ...recipe, model, evaluation, stages }),
    directory,
    clock: systemClock,
    workers: 2,
    ...options,
  });

test('on policy the divergence falls, the controls get its compute, and the record names the teacher', async () => {
  const directory = emptyDirectory();
  const { record } = await run([onPolicy], directory);
  const [result] = record.stages as readonly [TrainingResult];
  expect(result).toMatchObject({
    stage: 'distil',
    steps: 4,
    teacher: { name: shipped.teacher.from, licence: 'apache-2.0', permitted: true, permission: null },
  });
  expect(result.arms!.map(({ name }) => name)).toEqual(['start', 'without-teacher', 'on-policy']);
  expect(result.arms![1]!.flops).toBeGreaterThanOrEqual(result.flops);
  const metrics = readMetrics(join(directory, 'on-policy', 'metrics.jsonl'));
  expect(metrics.at(-1)!.loss).toBeLessThan(metrics[0]!.loss);
  expect(metrics[0]!.policy!.entropy).toBeGreaterThan(1);
}, 240_000);

test('a run that was broken off ends as if it had not been', async () => {
  const [whole, broken] = [emptyDirectory(), emptyDirectory()];
  const stages = [{ ...onPolicy, controls: undefined }];
  const { record } = await run(stages, whole);
  const abort = new AbortController();
  const reason = new Error('enough');
  const options: Partial<TeachOptions> = {
    signal: abort.signal,
    onProgress: (progress) => {
      if (progress.doing === 'training' && progress.progress.metrics.step === 2) abort.abort(reason);
    },
  };
  await expect(run(stages, broken, options)).rejects.toBe(reason);
  const resumed = await run(stages, broken, { resume: true, workers: 1 });
  expect(resumed.record.files).toEqual(record.files);
}, 240_000);

test('the traces of a local teacher are kept where the verifier accepts them', async () => {
  const { problems: _, beta: __, controls: ___, steps: ____, ...rest } = shipped;
  const traces = {
    ...rest,
    name: 'traces',
    method: 'traces',
    optimiser,
    maxTokens: 160,
    problems: 6,
    keep: 1,
    epochs: 1,
    batch: 2,
  };
  const { record } = await run([traces], emptyDirectory());
  const [{ kept, teacher, flops }] = record.stages as readonly [TrainingResult];
  // Nine of ten are right at temperature 0, most of them at temperature 1 too.
  expect(kept!.completions).toBe(12);
  expect(kept!.accepted).toBeGreaterThan(3);
  expect(kept!.flops).toBeGreaterThan(0);
  expect(flops).toBeGreaterThan(kept!.flops);
  expect(teacher!.digest).toMatch(/^[0-9a-f]{64}$/);
}, 240_000);

test('a teacher that may not be learned from is refused before anything is computed', async () => {
  const { problems: _, beta: __, controls: ___, steps: ____, ...rest } = shipped;
  const teacher = {
    endpoint: 'https://api.openai.com/v1',
    model: 'gpt',
    server: 'compatible',
    contextLength: 4096,
  };
  const stage = { ...rest, method: 'traces', teacher, problems: 1, keep: 1, epochs: 1, batch: 2 };
  await expect(run([stage], emptyDirectory())).rejects.toMatchObject({ code: 'TGL_TEACHER_FORBIDS' });
}, 240_000);

test('what a type of weights loses is measured beside the exact weights', async () => {
  const types = ['Q8_0', 'Q4_0'];
  const stages = [{ stage: 'quantise', name: 'quantised', types, measured: true }];
  const { record, files } = await run(stages, emptyDirectory());
  expect(Object.keys(files).sort()).toEqual(['f32', 'q4_0', 'q8_0', 'safetensors']);
  expect(record.stages[0]).toMatchObject({
    arms: [{ name: 'q8_0', gains: [{}, {}, {}] }, { name: 'q4_0' }, { name: 'f32', gains: [] }],
  });
}, 240_000);
