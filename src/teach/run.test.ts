// Whole runs of a very small recipe. Numbers are compared exactly: the same recipe gives the same parameters whatever
// the number of workers and however often it was interrupted.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../base/index.ts';
import { openGguf, readDecoder } from '../formats/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { EvaluationRow } from './evaluation.ts';
import { readMetrics } from './metrics.ts';
import { loadRecipe, parseRecipe, type Recipe } from './recipe.ts';
import { type TeachOptions, type TeachProgress, type TeachResult, teach } from './run.ts';

const pico = loadRecipe('pico');
const recipe: Recipe = parseRecipe('tiny', {
  ...pico,
  name: 'tiny',
  model: { ...pico.model, width: 32, layers: 2, heads: 2, keyValueHeads: 1, feedForward: 64 },
  training: { ...pico.training, steps: 9, batch: 8, checkpointEverySteps: 3 },
  evaluation: { problems: 3, maxTokens: 24 },
});

const emptyDirectory = () => mkdtempSync(join(tmpdir(), 'tiegel-run-'));
const run = (directory: string, options: Partial<TeachOptions> = {}) =>
  teach({ recipe, directory, clock: systemClock, workers: 2, ...options });
const linesOf = (path: string): EvaluationRow[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const valuesOf = (directory: string) => readCheckpoint(join(directory, 'checkpoint.bin'))?.values;

describe('a teaching run', () => {
  const directory = emptyDirectory();
  const stages = new Set<TeachProgress['stage']>();
  let result: TeachResult;
  beforeAll(async () => {
    result = await run(directory, { onProgress: ({ stage }) => stages.add(stage) });
  });

  test('leaves a model, metrics, judged answers and a record of what was done', () => {
    expect([...stages]).toEqual(['training', 'evaluation', 'export']);
    const metrics = readMetrics(join(directory, 'metrics.jsonl'));
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(metrics.at(-1)!.loss).toBeLessThan(metrics[0]!.loss);
    const rows = linesOf(join(directory, 'evaluation.jsonl'));
    expect(rows).toHaveLength(6 * 3 + 100);
    expect(rows.every(({ truncated, completionTokens }) => truncated === (completionTokens === 24))).toBe(
      true,
    );
    expect(result.record).toMatchObject({
      stage: 'sft',
      steps: 9,
      tokens: metrics.at(-1)!.tokens,
      workers: 2,
      recipe,
    });
    expect(result.record.curve.at(-1)!.step).toBe(9);
    expect(JSON.parse(readFileSync(join(directory, 'training-record.json'), 'utf8'))).toEqual(result.record);
  });

  test('judges every task with and without thinking, and prompts outside the tasks', () => {
    expect(result.accuracies.map(({ subject, thinking, trials }) => [subject, thinking, trials])).toEqual([
      ['countdown', 'open', 3],
      ['multiplication', 'open', 3],
      ['chain-arithmetic', 'open', 3],
      ['countdown', 'closed', 3],
      ['multiplication', 'closed', 3],
      ['chain-arithmetic', 'closed', 3],
      ['outside', 'open', 100],
    ]);
    for (const { accuracy, interval } of result.accuracies) {
      expect(interval[0]).toBeLessThanOrEqual(accuracy);
      expect(interval[1]).toBeGreaterThanOrEqual(accuracy);
    }
  });

  test('writes files that the bounded reader accepts as the model that was trained', () => {
    using gguf = openGguf(result.files.f32);
    expect(readDecoder(gguf)).toMatchObject({
      width: 32,
      layers: 2,
      heads: 2,
      keyValueHeads: 1,
      feedForward: 64,
    });
  });

  test('gives the same parameters with one worker', async () => {
    const alone = emptyDirectory();
    const { record } = await run(alone, { workers: 1 });
    expect(valuesOf(alone)).toEqual(valuesOf(directory));
    expect(record.dataDigest).toBe(result.record.dataDigest);
    expect(record.files).toEqual(result.record.files);
  });

  test('continues to the same parameters after an interruption', async () => {
    const interrupted = emptyDirectory();
    const abort = new AbortController();
    const stop = new Error('stop');
    await expect(
      run(interrupted, {
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.stage === 'training' && progress.progress.metrics.step === 4) abort.abort(stop);
        },
      }),
    ).rejects.toBe(stop);
    expect(readCheckpoint(join(interrupted, 'checkpoint.bin'))!.step).toBe(4);
    await run(interrupted, { resume: true });
    expect(valuesOf(interrupted)).toEqual(valuesOf(directory));
    expect(readMetrics(join(interrupted, 'metrics.jsonl')).map(({ step }) => step)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  test('loses at most the steps since the last checkpoint when it is killed', async () => {
    const killed = emptyDirectory();
    const program = join(killed, 'program.ts');
    writeFileSync(
      program,
      `import { teach } from '${join(import.meta.dirname, 'run.ts')}';
       import { systemClock } from '${join(import.meta.dirname, '..', 'base', 'index.ts')}';
       await teach({
         recipe: ${JSON.stringify(recipe)}, directory: ${JSON.stringify(killed)}, workers: 2, clock: systemClock,
         onProgress: (progress) => {
           if (progress.stage === 'training' && progress.progress.metrics.step === 5) process.kill(process.pid, 'SIGKILL');
         },
       });`,
    );
    const child = spawn(process.execPath, [program], { stdio: 'inherit' });
    const [, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('exit', (code, name) => resolve([code, name])),
    );
    expect(signal).toBe('SIGKILL');
    expect(readCheckpoint(join(killed, 'checkpoint.bin'))!.step).toBe(3);
    await run(killed, { resume: true });
    expect(valuesOf(killed)).toEqual(valuesOf(directory));
  });

  test('a directory that holds a run is not touched without being told to resume it', async () => {
    await expect(run(directory)).rejects.toMatchObject({ code: 'TGL_RUN_EXISTS' });
  });

  test('a run is not continued by another recipe', async () => {
    const other = parseRecipe('other', { ...recipe, seed: 99 });
    await expect(run(directory, { recipe: other, resume: true })).rejects.toMatchObject({
      code: 'TGL_CHECKPOINT_INVALID',
    });
  });
});
