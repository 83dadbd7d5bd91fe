// How near the estimate of `tiegel fit` comes to what a load takes: estimated over measured growth of the engine's
// process, after prompts and tokens in every slot, for the shipped model and for random weights in the shapes of
// published ones. Memory is that of the CPU; a machine whose runtime uses a GPU measures only a part, and says so.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryNeeds } from '../src/catalog/fit/memory-needs.ts';
import type { PublishedShape, Quantisation } from '../src/catalog/fit/quantised-tensors.ts';
import { readModel } from '../src/catalog/fit/read-model.ts';
import { cpuWeightBytes } from '../src/catalog/fit/weight-memory.ts';
import { createLlamaEngine, llamaDoctor } from '../src/engine/index.ts';
import { type BenchResult, rounded } from './bench.ts';
import { distillQwenOneAndAHalfBillion, qwenHalfBillion, writeRandomModel } from './random-model.ts';

type Subject = {
  readonly name: string;
  readonly slots: number;
  readonly contextLength: number;
  /** The file, written where it is not there; removed afterwards when it was. */
  readonly file: string | { readonly shape: PublishedShape; readonly quantisation: Quantisation };
};

const shipped = join(import.meta.dirname, '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
const half = qwenHalfBillion;
const oneAndAHalf = distillQwenOneAndAHalfBillion;

const subjects: readonly Subject[] = [
  { name: 'shipped', slots: 4, contextLength: 512, file: shipped },
  { name: '0.5b-q8_0', slots: 4, contextLength: 1024, file: { shape: half, quantisation: 'Q8_0' } },
  {
    name: '1.5b-q4_k_m',
    slots: 4,
    contextLength: 1024,
    file: { shape: oneAndAHalf, quantisation: 'Q4_K_M' },
  },
  { name: '1.5b-q8_0', slots: 1, contextLength: 4096, file: { shape: oneAndAHalf, quantisation: 'Q8_0' } },
];

/** Each is six tokens in the vocabularies here. */
const promptWords = 8;
const completionTokens = 8;
const longest = 3_600_000;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const { cpuFeatures, gpu } = await llamaDoctor();
  if (gpu !== 'none') process.stderr.write(`warning: weights go to the ${gpu} device and are not measured\n`);
  const ratios: Record<string, number | null> = {};
  const figures: Record<string, number | null> = {};
  for (const subject of subjects) {
    const measured = await withFile(subject, (path) => measure(path, subject, cpuFeatures));
    ratios[subject.name] = measured === null ? null : rounded(measured.estimated / measured.grown);
    figures[`${subject.name}EstimatedMiB`] = measured === null ? null : mebibytes(measured.estimated);
    figures[`${subject.name}MeasuredMiB`] = measured === null ? null : mebibytes(measured.grown);
    process.stderr.write(`${subject.name}: ${JSON.stringify(measured)}\n`);
  }
  return { ratios, figures, rounds: 1 };
}

function mebibytes(bytes: number): number {
  return rounded(bytes / 2 ** 20);
}

async function withFile<Result>(
  { file }: Subject,
  use: (path: string) => Promise<Result>,
): Promise<Result | null> {
  if (typeof file === 'string') return existsSync(file) ? await use(file) : null;
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-'));
  try {
    const path = join(directory, 'random.gguf');
    writeRandomModel(path, file.shape, file.quantisation);
    return await use(path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Measured = { readonly estimated: number; readonly grown: number };

async function measure(
  path: string,
  { slots, contextLength }: Subject,
  cpuFeatures: readonly string[],
): Promise<Measured> {
  const { shape, tensors } = readModel(path);
  const needs = memoryNeeds(shape, cpuWeightBytes(tensors, cpuFeatures), { slots, contextLength });
  await using engine = await createLlamaEngine({
    model: 'bench',
    modelPath: path,
    compared: [],
    slots,
    contextLength,
    // Memory is measured, not time: a busy machine may take as long as it likes.
    limits: { startMs: longest, stepMs: longest, silenceMs: longest },
  });
  await Promise.all(Array.from({ length: slots }, (_, slot) => converse(engine, slot)));
  return { estimated: needs.total, grown: await engine.grownBytes() };
}

async function converse(engine: Awaited<ReturnType<typeof createLlamaEngine>>, slot: number): Promise<void> {
  const text = `${slot} and `.repeat(promptWords);
  const sampling = { temperature: 0.6, topP: 0.95, seed: slot };
  const events = engine.generate({
    prompt: [{ text, special: false }],
    maxTokens: completionTokens,
    sampling,
  });
  await Array.fromAsync(events);
}
