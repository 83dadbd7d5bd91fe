// Our engine beside llama-server where LLAMA_SERVER names a binary, else beside the runtime's own `evaluate`, in alternating rounds:
// tokens per second at 1, 4 and 16 sequences on the same greedy tokens; how long somebody waits for a first token; and aborts of
// ours. `npm run bench -- engine --model 0.5b-q8_0 --at 4 --part decode --rounds 9 --seconds 300` runs one figure. What is known
// after each round is told on stderr, so that a run may be cut short. Ours is measured from outside, with its channel; llama-server
// with HTTP; `evaluate` with neither. A fair llama-server is built from the sources that node-llama-cpp carries
// (gitRelease.bundle), and linked to the same libraries.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/index.ts';
import type { PublishedShape, Quantisation } from '../src/catalog/fit/quantised-tensors.ts';
import { type PromptPiece, tiegelTemplate } from '../src/formats/index.ts';
import { type BenchResult, median, rounded } from './bench.ts';
import {
  type Comparison,
  compare,
  type Effort,
  type Round,
  ratioWithSpread,
  type Sample,
} from './engine/compare.ts';
import { startEvaluate } from './engine/evaluate.ts';
import { startLlamaServer, startWaitingLlamaServer } from './engine/llama-server.ts';
import { type BenchOptions, readOptions } from './engine/options.ts';
import { startOurs } from './engine/ours.ts';
import { type Measured, type Side, sequences, type WaitingSide, type Workload } from './engine/side.ts';
import { type Aborts, measureAborts, measureWaits, startOurWaits, type Waits } from './engine/waits.ts';
import { distillQwenOneAndAHalfBillion, qwenHalfBillion, writeRandomModel } from './random-model.ts';

type Subject = {
  readonly name: string;
  readonly path: string;
  /** Most tokens of a sequence, by how many run at the same time. */
  readonly tokens: Readonly<Record<number, number>>;
  readonly rounds: number;
  /** Of waits: a long prompt takes long. */
  readonly waitRounds: number;
};

type Found = {
  readonly ratios: Record<string, number | null>;
  readonly figures: Record<string, number | null>;
};

const names = ['shipped', '0.5b-q8_0', '1.5b-q4_k_m'] as const;
const parallel = [1, 4, 16] as const;
const shippedPath = join(import.meta.dirname, '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
/** Below this size our engine takes one thread. */
const singleThreadBytes = 50e6;

/** @see BenchResult */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const options = readOptions(args, names, parallel);
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  // A run that is cut short leaves no gigabytes behind.
  process.once('exit', remove);
  const found: Found = { ratios: {}, figures: {} };
  try {
    const subjects = subjectsIn(directory, options.models);
    for (const subject of subjects) {
      if (options.parts.includes('decode')) await decode(subject, options, found);
      if (options.parts.includes('waits')) await wait(subject, options, found);
      if (options.parts.includes('aborts')) await abort(subject, options, found);
    }
    return { ...found, rounds: options.rounds ?? Math.min(...subjects.map(({ rounds }) => rounds)) };
  } finally {
    remove();
    process.off('exit', remove);
  }
}

async function decode(
  { name, path, tokens, rounds }: Subject,
  options: BenchOptions,
  found: Found,
): Promise<void> {
  await using ours = await startOurs(path);
  await using theirs = await startTheirs(path);
  const effort = { rounds: options.rounds ?? rounds, seconds: options.seconds };
  for (const count of options.counts) {
    const workload = { prompts: prompts.slice(0, count), maxTokens: tokens[count] as number };
    const key = `${name}@${count}`;
    const foundIn = (measured: Comparison<Measured>): Found => ratesIn(key, measured);
    add(found, foundIn(await compareRates(key, [ours, theirs], workload, effort, foundIn)));
  }
}

function ratesIn(key: string, measured: Comparison<Measured>): Found {
  const speed = ratioWithSpread(key, measured, (round) => rate(round.ours) / rate(round.theirs));
  return {
    ratios: { [key]: speed.ratio },
    figures: {
      ...speed.figures,
      [`${key}TokensPerSecond`]: rounded(median(measured.counted.map((round) => rate(round.ours)))),
      [`${key}TheirTokensPerSecond`]: rounded(median(measured.counted.map((round) => rate(round.theirs)))),
      [`${key}TokensPerCpuRatio`]: cpuRatio(measured.counted),
    },
  };
}

async function wait({ name, path, waitRounds }: Subject, options: BenchOptions, found: Found): Promise<void> {
  await using ours = await startOurWaits(path);
  const { contextLength, slots } = ours.engine.capabilities;
  const binary = process.env.LLAMA_SERVER;
  const size = { contextLength, slots, threads: threadsFor(path) };
  const theirs = binary === undefined ? undefined : await startWaitingLlamaServer(binary, path, size);
  try {
    let round = 0;
    const measure = (side: WaitingSide): Promise<Waits> => measureWaits(side, contextLength, round++);
    const shown = (waits: Waits): string =>
      `${Object.values(waits)
        .map((value) => value.toFixed(0))
        .join(' ')} ms`;
    const effort = { rounds: options.rounds ?? waitRounds, seconds: options.seconds };
    const foundIn = (measured: Comparison<Waits>): Found => waitsIn(name, measured, theirs !== undefined);
    const telling = { shown, soFar: (measured: Comparison<Waits>) => JSON.stringify(foundIn(measured)) };
    // Without a server the other side is ours again: the ratios then show what the machine makes of equal work.
    add(found, foundIn(await compare(`${name} waits`, [ours, theirs ?? ours], effort, measure, telling)));
  } finally {
    await theirs?.[Symbol.asyncDispose]();
  }
}

function waitsIn(name: string, measured: Comparison<Waits>, isCompared: boolean): Found {
  const { counted } = measured;
  const ofOurs = (pick: (waits: Waits) => number): number =>
    rounded(median(counted.map((one) => pick(one.ours.measured))));
  const found: Found = { ratios: {}, figures: {} };
  for (const what of ['longAlone', 'shortBesideLong', 'firstTurn', 'secondTurn'] as const) {
    const key = `${name}${what.charAt(0).toUpperCase()}${what.slice(1)}`;
    const { ratio, figures } = ratioWithSpread(
      key,
      measured,
      (one) => one.ours.measured[what] / one.theirs.measured[what],
    );
    add(found, {
      ratios: { [key]: isCompared ? ratio : null },
      figures: {
        ...figures,
        [`${key}Ms`]: ofOurs((waits) => waits[what]),
        [`${key}TheirMs`]: rounded(median(counted.map((one) => one.theirs.measured[what]))),
      },
    });
  }
  found.ratios[`${name}SecondTurnOverFirst`] = ofOurs((waits) => waits.secondTurn / waits.firstTurn);
  return found;
}

async function abort({ name, path }: Subject, { seconds }: BenchOptions, found: Found): Promise<void> {
  await using ours = await startOurWaits(path);
  const until = systemClock.monotonic() + seconds * 1000;
  const tell = (aborts: Aborts): void => {
    process.stderr.write(
      `  ${name} abort ${aborts.length}: ${aborts.at(-1)?.toFixed(0)} ms\n    so far: ${JSON.stringify(abortsIn(name, aborts))}\n`,
    );
  };
  add(found, abortsIn(name, await measureAborts(ours.engine, until, tell)));
}

function abortsIn(name: string, aborts: Aborts): Found {
  return {
    ratios: {},
    figures: {
      [`${name}Aborts`]: aborts.length,
      [`${name}AbortMs`]: aborts.length === 0 ? null : rounded(median(aborts)),
      [`${name}LongestAbortMs`]: aborts.length === 0 ? null : rounded(Math.max(...aborts)),
    },
  };
}

function add(found: Found, { ratios, figures }: Found): void {
  Object.assign(found.ratios, ratios);
  Object.assign(found.figures, figures);
}

function subjectsIn(directory: string, wanted: readonly string[]): readonly Subject[] {
  const random = (name: string, shape: PublishedShape, quantisation: Quantisation): string => {
    const path = join(directory, `${name}.gguf`);
    if (!wanted.includes(name)) return path;
    process.stderr.write(`writing ${name} with random weights\n`);
    writeRandomModel(path, shape, quantisation);
    return path;
  };
  const subjects: readonly Subject[] = [
    { name: 'shipped', path: shippedPath, tokens: { 1: 256, 4: 256, 16: 256 }, rounds: 9, waitRounds: 9 },
    {
      name: '0.5b-q8_0',
      path: random('0.5b-q8_0', qwenHalfBillion, 'Q8_0'),
      tokens: { 1: 32, 4: 16, 16: 12 },
      ...{ rounds: 9, waitRounds: 3 },
    },
    {
      name: '1.5b-q4_k_m',
      path: random('1.5b-q4_k_m', distillQwenOneAndAHalfBillion, 'Q4_K_M'),
      tokens: { 1: 24, 4: 12, 16: 8 },
      ...{ rounds: 9, waitRounds: 1 },
    },
  ];
  return subjects.filter(({ name, path }) => wanted.includes(name) && existsSync(path));
}

/** Problems that the shipped model solves, so that it thinks for about a hundred tokens on each. */
const prompts: readonly (readonly PromptPiece[])[] = Array.from({ length: sequences }, (_, index) => {
  const content = `What is ${23 + 3 * index} * ${87 - 2 * index}?`;
  return tiegelTemplate.render([{ role: 'user', content }], { thinking: 'open' });
});

async function startTheirs(path: string): Promise<Side> {
  const binary = process.env.LLAMA_SERVER;
  return binary === undefined
    ? await startEvaluate(path)
    : await startLlamaServer(binary, path, threadsFor(path));
}

function threadsFor(path: string): number {
  return statSync(path).size < singleThreadBytes ? 1 : availableParallelism();
}

async function compareRates(
  what: string,
  sides: readonly [Side, Side],
  workload: Workload,
  effort: Effort,
  foundIn: (measured: Comparison<Measured>) => Found,
): ReturnType<typeof compare<Side, Measured>> {
  const run = (side: Side): Promise<Measured> => side.run(workload);
  const shown = ({ tokens, milliseconds }: Measured): string =>
    `${((tokens * 1000) / milliseconds).toFixed(0)} tokens/s`;
  // What is computed for the first time takes longer.
  for (const side of sides) await run(side);
  const soFar = (measured: Comparison<Measured>): string => JSON.stringify(foundIn(measured));
  return await compare(what, sides, effort, run, { shown, soFar });
}

/** Tokens per second. */
function rate({ measured: { tokens, milliseconds } }: Sample<Measured>): number {
  return (tokens * 1000) / milliseconds;
}

/** Tokens per second of processor time, ours over theirs. */
function cpuRatio(rounds: readonly Round<Measured>[]): number | null {
  const perCpu = ({ measured, cpuMilliseconds }: Sample<Measured>): number =>
    cpuMilliseconds === null ? Number.NaN : measured.tokens / Math.max(10, cpuMilliseconds);
  const ratios = rounds.map(({ ours, theirs }) => perCpu(ours) / perCpu(theirs));
  return ratios.some(Number.isNaN) ? null : rounded(median(ratios));
}
