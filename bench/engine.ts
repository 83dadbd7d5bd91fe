// Tokens per second of our engine at 1, 4 and 16 sequences, over llama-server where LLAMA_SERVER names a binary, else
// over the runtime's own `evaluate`; the sides in alternating rounds, on the same greedy tokens. BENCH_MODELS names those
// that are measured (shipped,0.5b-q8_0,1.5b-q4_k_m), all by default; about two minutes each. Ours is measured from
// outside, with its channel; llama-server with HTTP; `evaluate` with neither.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PublishedShape, Quantisation } from '../src/catalog/fit/quantised-tensors.ts';
import { type PromptPiece, tiegelTemplate } from '../src/formats/index.ts';
import { type BenchResult, median, rounded } from './bench.ts';
import { type MachineTime, machineTime, wasDisturbed } from './engine/disturbance.ts';
import { startEvaluate } from './engine/evaluate.ts';
import { startLlamaServer } from './engine/llama-server.ts';
import { startOurs } from './engine/ours.ts';
import { type Side, sequences, type Workload } from './engine/side.ts';
import { measureWaits } from './engine/waits.ts';
import { distillQwenOneAndAHalfBillion, qwenHalfBillion, writeRandomModel } from './random-model.ts';

type Subject = {
  readonly name: string;
  /** Undefined where it is not measured in this run. */
  readonly path: string | undefined;
  /** Most tokens of a sequence, by how many run at the same time. */
  readonly tokens: Readonly<Record<number, number>>;
  readonly rounds: number;
};

const parallel = [1, 4, 16] as const;
const shippedPath = join(import.meta.dirname, '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
/** Below this size our engine takes one thread. */
const singleThreadBytes = 50e6;
/** So many rounds may be disturbed for each that counts. */
const disturbedPerRound = 3;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-'));
  const ratios: Record<string, number | null> = {};
  const figures: Record<string, number | null> = {};
  try {
    const subjects = subjectsIn(directory, process.env.BENCH_MODELS?.split(','));
    for (const { name, path, tokens, rounds } of subjects) {
      for (const count of parallel) ratios[`${name}@${count}`] = null;
      if (path === undefined) continue;
      await using ours = await startOurs(path);
      await using theirs = await startTheirs(path);
      for (const count of parallel) {
        const workload = { prompts: prompts.slice(0, count), maxTokens: tokens[count] as number };
        const key = `${name}@${count}`;
        const measured = await compare(key, ours, theirs, workload, rounds);
        ratios[key] = rounded(median(measured.map((round) => round.ours.wall / round.theirs.wall)));
        figures[`${key}TokensPerSecond`] = rounded(median(measured.map((round) => round.ours.wall)));
        figures[`${key}TheirTokensPerSecond`] = rounded(median(measured.map((round) => round.theirs.wall)));
        figures[`${key}TokensPerCpuRatio`] = cpuRatio(measured);
      }
      const { aborts, ...waits } = await measureWaits(path);
      figures[`${name}AbortMs`] = aborts.length === 0 ? null : rounded(median(aborts));
      figures[`${name}LongestAbortMs`] = aborts.length === 0 ? null : rounded(Math.max(...aborts));
      for (const [wait, milliseconds] of Object.entries(waits))
        figures[`${name}${wait.charAt(0).toUpperCase()}${wait.slice(1)}Ms`] = rounded(milliseconds);
      ratios[`${name}SecondTurn`] = rounded(waits.secondTurn / waits.firstTurn);
    }
    return { ratios, figures, rounds: Math.min(...subjects.map(({ rounds }) => rounds)) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function subjectsIn(directory: string, wanted: readonly string[] | undefined): readonly Subject[] {
  const isWanted = (name: string): boolean => wanted?.includes(name) ?? true;
  const random = (name: string, shape: PublishedShape, quantisation: Quantisation): string | undefined => {
    if (!isWanted(name)) return undefined;
    process.stderr.write(`writing ${name} with random weights\n`);
    const path = join(directory, `${name}.gguf`);
    writeRandomModel(path, shape, quantisation);
    return path;
  };
  return [
    {
      name: 'shipped',
      path: isWanted('shipped') && existsSync(shippedPath) ? shippedPath : undefined,
      tokens: { 1: 256, 4: 256, 16: 256 },
      rounds: 9,
    },
    {
      name: '0.5b-q8_0',
      path: random('0.5b-q8_0', qwenHalfBillion, 'Q8_0'),
      tokens: { 1: 32, 4: 16, 16: 12 },
      rounds: 5,
    },
    {
      name: '1.5b-q4_k_m',
      path: random('1.5b-q4_k_m', distillQwenOneAndAHalfBillion, 'Q4_K_M'),
      tokens: { 1: 24, 4: 12, 16: 8 },
      rounds: 3,
    },
  ];
}

/** Problems that the shipped model solves, so that it thinks for about a hundred tokens on each. */
const prompts: readonly (readonly PromptPiece[])[] = Array.from({ length: sequences }, (_, index) => {
  const content = `What is ${23 + 3 * index} * ${87 - 2 * index}?`;
  return tiegelTemplate.render([{ role: 'user', content }], { thinking: 'open' });
});

async function startTheirs(path: string): Promise<Side> {
  const binary = process.env.LLAMA_SERVER;
  if (binary === undefined) return await startEvaluate(path);
  const threads = statSync(path).size < singleThreadBytes ? 1 : availableParallelism();
  return await startLlamaServer(binary, path, threads);
}

/** Tokens per second, and per second of processor time. */
type Rate = { readonly wall: number; readonly cpu: number | null; readonly disturbed: boolean };
type Round = { readonly ours: Rate; readonly theirs: Rate };

async function compare(
  what: string,
  ours: Side,
  theirs: Side,
  workload: Workload,
  rounds: number,
): Promise<readonly Round[]> {
  await measure(ours, workload, theirs);
  await measure(theirs, workload, ours);
  const measured: Round[] = [];
  let disturbed = 0;
  for (let round = 0; measured.length < rounds; round++) {
    const first = round % 2 === 0 ? await measure(ours, workload, theirs) : undefined;
    const other = await measure(theirs, workload, ours);
    const our = first ?? (await measure(ours, workload, theirs));
    const shown = [our, other].map(({ wall }) => wall.toFixed(0));
    // Whichever side was disturbed, the round counts for neither.
    const isDisturbed = our.disturbed || other.disturbed;
    const note = isDisturbed ? ', disturbed by other work' : '';
    process.stderr.write(
      `  ${what} round ${round + 1}: ours ${shown[0]}, theirs ${shown[1]} tokens/s${note}\n`,
    );
    // On a machine that is never quiet some figure is better than none.
    if (isDisturbed && disturbed < disturbedPerRound * rounds) disturbed++;
    else measured.push({ ours: our, theirs: other });
  }
  process.stderr.write(`  ${what}: ${spreadOf(measured)}; ${disturbed} rounds were discarded\n`);
  return measured;
}

function spreadOf(measured: readonly Round[]): string {
  const ratios = measured.map(({ ours, theirs }) => ours.wall / theirs.wall);
  return `ratios from ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
}

function cpuRatio(measured: readonly Round[]): number | null {
  const ratios = measured.map(({ ours, theirs }) =>
    ours.cpu === null || theirs.cpu === null ? null : ours.cpu / theirs.cpu,
  );
  return ratios.every((ratio) => ratio !== null) ? rounded(median(ratios)) : null;
}

async function measure(side: Side, workload: Workload, other: Side): Promise<Rate> {
  await atRest(other);
  const machine: MachineTime = machineTime();
  const before = side.cpuMilliseconds();
  const { tokens, milliseconds } = await side.run(workload);
  const after = side.cpuMilliseconds();
  const own = before === null || after === null ? null : after - before;
  const disturbed = wasDisturbed(machine, machineTime(), own);
  const cpu = before === null || after === null ? null : (tokens * 1000) / Math.max(10, after - before);
  return { wall: (tokens * 1000) / milliseconds, cpu, disturbed };
}

/** llama-server's threads wait for more work in a loop, for half a second, on a core that the other side needs. */
async function atRest(side: Side): Promise<void> {
  let before = side.cpuMilliseconds();
  while (before !== null) {
    await pause(100);
    const after = side.cpuMilliseconds();
    if (after === null || after - before < 10) return;
    before = after;
  }
}
