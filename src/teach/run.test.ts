// Whole runs of a very small recipe. Numbers are compared exactly: the same recipe gives the same parameters whatever
// the number of workers and however often it was interrupted.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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
import type { TrainingResult } from './stage-result.ts';
import type { GrpoStage } from './stages/grpo-stage.ts';
import type { RejectStage } from './stages/reject-stage.ts';
import type { SftStage } from './stages/sft-stage.ts';

const pico = loadRecipe('pico');
const picoSft = pico.stages[0] as SftStage;
const sft: SftStage = {
  ...picoSft,
  steps: 9,
  batch: 8,
  optimiser: { ...picoSft.optimiser, checkpointEverySteps: 3 },
};
const recipe: Recipe = parseRecipe('tiny', {
  ...pico,
  name: 'tiny',
  model: { ...pico.model, width: 32, layers: 2, heads: 2, keyValueHeads: 1, feedForward: 64 },
  stages: [
    sft,
    { stage: 'evaluate', name: 'evaluation' },
    { stage: 'quantise', name: 'quantised', types: ['Q8_0'] },
  ],
  evaluation: { problems: 3, maxTokens: 24, samples: 0, budgets: [] },
});

const emptyDirectory = () => mkdtempSync(join(tmpdir(), 'tiegel-run-'));
const run = (directory: string, options: Partial<TeachOptions> = {}) =>
  teach({ recipe, directory, clock: systemClock, workers: 2, ...options });
const linesOf = (path: string): EvaluationRow[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const valuesOf = (directory: string, stage = 'sft') =>
  readCheckpoint(join(directory, stage, 'checkpoint.bin'))?.values;
const stagesOf = ({ record }: TeachResult) => record.stages as readonly TrainingResult[];

test('a recipe whose samples are all too long is refused, and nothing is written', async () => {
  const directory = join(emptyDirectory(), 'run');
  const hopeless = parseRecipe('hopeless', { ...recipe, data: { ...recipe.data, longestSample: 10 } });
  await expect(run(directory, { recipe: hopeless })).rejects.toMatchObject({ code: 'TGL_RECIPE_INVALID' });
  expect(existsSync(directory)).toBe(false);
});

describe('a teaching run', () => {
  const directory = emptyDirectory();
  const doings = new Set<TeachProgress['doing']>();
  let result: TeachResult;
  beforeAll(async () => {
    result = await run(directory, { onProgress: ({ doing }) => doings.add(doing) });
  });

  test('leaves a model, metrics, judged answers and a record of what was done', () => {
    expect([...doings]).toEqual(['training', 'evaluation', 'export']);
    const metrics = readMetrics(join(directory, 'sft', 'metrics.jsonl'));
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(metrics.at(-1)!.loss).toBeLessThan(metrics[0]!.loss);
    const rows = linesOf(join(directory, 'evaluation', 'evaluation.jsonl'));
    expect(rows).toHaveLength(6 * 3 + 100);
    expect(rows.every(({ truncated, completionTokens }) => truncated === (completionTokens === 24))).toBe(
      true,
    );
    const { record } = result;
    const [trained, evaluated, quantised] = record.stages;
    expect(trained).toMatchObject({ stage: 'sft', steps: 9, updates: 9, tokens: metrics.at(-1)!.tokens });
    expect((trained as TrainingResult).flops).toBe(6 * record.parameters * metrics.at(-1)!.tokens);
    expect((trained as TrainingResult).curve.at(-1)!.step).toBe(9);
    expect(evaluated).toMatchObject({ stage: 'evaluate', evaluation: record.evaluation });
    expect(quantised).toMatchObject({ files: { q8_0: record.files.q8_0 } });
    expect(record).toMatchObject({ workers: 2, recipe, origin: null });
    expect(JSON.parse(readFileSync(join(directory, 'training-record.json'), 'utf8'))).toEqual(record);
  });

  test('judges every task with and without thinking, and prompts outside the tasks', () => {
    const { accuracies } = result.record.evaluation!;
    expect(accuracies.map(({ subject, thinking, trials }) => [subject, thinking, trials])).toEqual([
      ['countdown', 'open', 3],
      ['multiplication', 'open', 3],
      ['chain-arithmetic', 'open', 3],
      ['countdown', 'closed', 3],
      ['multiplication', 'closed', 3],
      ['chain-arithmetic', 'closed', 3],
      ['outside', 'open', 100],
    ]);
    for (const { accuracy, interval } of accuracies) {
      expect(interval[0]).toBeLessThanOrEqual(accuracy);
      expect(interval[1]).toBeGreaterThanOrEqual(accuracy);
    }
  });

  test('writes files that the bounded reader accepts as the model that was trained', () => {
    using gguf = openGguf(result.files.f32!);
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
    const other = await run(alone, { workers: 1 });
    expect(valuesOf(alone)).toEqual(valuesOf(directory));
    expect(stagesOf(other)[0]!.dataDigest).toBe(stagesOf(result)[0]!.dataDigest);
    expect(other.record.files).toEqual(result.record.files);
  });

  test('continues to the same parameters after an interruption', async () => {
    const interrupted = emptyDirectory();
    const abort = new AbortController();
    const stop = new Error('stop');
    await expect(
      run(interrupted, {
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.doing === 'training' && progress.progress.metrics.step === 4) abort.abort(stop);
        },
      }),
    ).rejects.toBe(stop);
    expect(readCheckpoint(join(interrupted, 'sft', 'checkpoint.bin'))!.step).toBe(4);
    await run(interrupted, { resume: true });
    expect(valuesOf(interrupted)).toEqual(valuesOf(directory));
    expect(readMetrics(join(interrupted, 'sft', 'metrics.jsonl')).map(({ step }) => step)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  test('goes on from the checkpoint before a damaged one, and takes a finished stage up again that lost its weights', async () => {
    const damaged = emptyDirectory();
    await run(damaged);
    const path = join(damaged, 'sft', 'checkpoint.bin');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length / 2));
    const warnings: string[] = [];
    await run(damaged, { resume: true, onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual([
      expect.stringContaining('The stage sft was finished'),
      expect.stringMatching(/digest does not match.*goes on from the checkpoint before it/s),
    ]);
    expect(valuesOf(damaged)).toEqual(valuesOf(directory));
    for (const text of ['{"stage":"sft"', '{"stage":"sft","name":"sft"}', '[]']) {
      writeFileSync(join(damaged, 'sft', 'result.json'), text);
      await expect(run(damaged, { resume: true })).rejects.toMatchObject({ code: 'TGL_CHECKPOINT_INVALID' });
    }
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
           if (progress.doing === 'training' && progress.progress.metrics.step === 5) process.kill(process.pid, 'SIGKILL');
         },
       });`,
    );
    const child = spawn(process.execPath, [program], { stdio: 'inherit' });
    const [, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('exit', (code, name) => resolve([code, name])),
    );
    expect(signal).toBe('SIGKILL');
    expect(readCheckpoint(join(killed, 'sft', 'checkpoint.bin'))!.step).toBe(3);
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

describe('stages after the first', () => {
  const prompts = { countdown: 0, multiplication: 0, 'chain-arithmetic': 1 };
  const optimiser = { ...sft.optimiser, learningRate: 1e-3, warmupSteps: 0, checkpointEverySteps: 2 };
  // Nothing so small is ever right. It is rewarded for keeping to a language, so that groups have signal.
  const grpo: GrpoStage = {
    stage: 'grpo',
    name: 'grpo',
    steps: 3,
    lanes: 3,
    optimiser,
    prompts,
    samples: 3,
    maxTokens: 12,
    groups: 3,
    rounds: 2,
    updates: 2,
    advantage: { scale: 'std', epsilon: 1e-4 },
    aggregation: 'token-mean',
    ratio: 'token',
    clip: { low: 0.2, high: 0.28 },
    klWeight: 0.1,
    rewards: { accuracy: 1, language: 1, length: 0.1 },
    overlongCache: 4,
    controls: { sft: { batch: 4, learningRate: 1e-3 } },
  };
  const staged = parseRecipe('staged', {
    ...recipe,
    name: 'staged',
    stages: [{ ...sft, steps: 2 }, grpo],
    evaluation: { problems: 2, maxTokens: 12, samples: 2, budgets: [0, 4] },
  });
  const directory = emptyDirectory();
  let result: TeachResult;
  beforeAll(async () => {
    result = await run(directory, { recipe: staged });
  });

  test('GRPO reports what it sampled and learned, and what it cost', () => {
    const [, trained] = stagesOf(result);
    expect(trained).toMatchObject({ stage: 'grpo', steps: 3, updates: 6 });
    const metrics = readMetrics(join(directory, 'grpo', 'metrics.jsonl'));
    for (const { policy, gradientNorm, flops, tokens } of metrics) {
      expect(policy!.groups).toBeGreaterThanOrEqual(3);
      expect(policy!.entropy).toBeGreaterThan(1);
      expect(policy!.completionLength).toBeLessThanOrEqual(12);
      expect(policy!.kl).toBeGreaterThanOrEqual(0);
      expect(gradientNorm).toBeGreaterThan(0);
      expect(flops).toBeGreaterThan(6 * result.record.parameters * tokens);
    }
    expect(metrics[0]!.policy!.kl).toBeLessThan(metrics.at(-1)!.policy!.kl);
    const shown = linesOf(join(directory, 'grpo', 'rollouts.jsonl')) as unknown as {
      completions: unknown[];
    }[];
    expect(shown.map(({ completions }) => completions.length)).toEqual([3]);
  });

  test('a control spends the same compute from the same start, and every arm is judged on the same problems', () => {
    const { arms, flops } = stagesOf(result)[1]!;
    expect(arms!.map(({ name }) => name)).toEqual(['start', 'sft-continued', 'grpo']);
    const [start, control, own] = arms!;
    expect([start!.flops, own!.flops]).toEqual([0, flops]);
    expect(control!.flops).toBeGreaterThanOrEqual(flops);
    expect(control!.flops).toBeLessThan(1.5 * flops);
    for (const { evaluation, gains, name } of arms!) {
      expect(evaluation.sampled.map(({ problems, samples }) => [problems, samples])).toEqual([
        [2, 2],
        [2, 2],
        [2, 2],
      ]);
      expect(evaluation.budgetCurve.map(({ budget }) => budget)).toEqual([0, 4, 0, 4, 0, 4]);
      expect(gains).toHaveLength(name === 'grpo' ? 0 : 3);
    }
  });

  test('give the same parameters with one worker, and after an interruption in any of them', async () => {
    const alone = emptyDirectory();
    const abort = new AbortController();
    const stop = new Error('stop');
    await expect(
      run(alone, {
        recipe: staged,
        workers: 1,
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.doing !== 'training') return;
          const { stage, metrics } = progress.progress;
          if (stage === 'grpo' && metrics.step === 1) abort.abort(stop);
        },
      }),
    ).rejects.toBe(stop);
    const resumed = await run(alone, { recipe: staged, workers: 1, resume: true });
    expect(valuesOf(alone, 'grpo')).toEqual(valuesOf(directory, 'grpo'));
    expect(resumed.record.files).toEqual(result.record.files);
    expect(readMetrics(join(alone, 'grpo', 'metrics.jsonl'))).toHaveLength(3);
  });

  test('one stage alone starts from the weights of another run', async () => {
    const source = emptyDirectory();
    await run(source, { recipe: parseRecipe('start', { ...staged, stages: [staged.stages[0]] }) });
    const { controls: _, ...plain } = grpo;
    const other = await run(emptyDirectory(), {
      recipe: parseRecipe('one', { ...staged, from: source, stages: [plain] }),
    });
    expect(other.record.origin).toMatch(/^[0-9a-f]{64}$/);
    expect(other.record.stages).toHaveLength(1);
  });

  test('weights of another shape, or none, are refused', async () => {
    const elsewhere = (from: string, model: object = {}) =>
      run(emptyDirectory(), {
        recipe: parseRecipe('one', { ...staged, from, model: { ...staged.model, ...model } }),
      });
    const refused = { code: 'TGL_START_INVALID' };
    await expect(elsewhere('/nowhere')).rejects.toMatchObject(refused);
    await expect(elsewhere(directory, { layers: 3 })).rejects.toMatchObject(refused);
  });

  test('rejection sampling says that nothing was right instead of training on nothing', async () => {
    const { clip: _, ...rest } = grpo;
    const reject: RejectStage = {
      stage: 'reject',
      name: 'reject',
      lanes: rest.lanes,
      optimiser,
      prompts,
      samples: 2,
      maxTokens: 12,
      problems: 4,
      keep: 1,
      epochs: 1,
      batch: 3,
    };
    const hopeless = parseRecipe('hopeless', { ...staged, stages: [reject] });
    await expect(run(emptyDirectory(), { recipe: hopeless })).rejects.toMatchObject({
      code: 'TGL_NOTHING_ACCEPTED',
      message: expect.stringContaining('none of 8 completions'),
    });
  });
});
