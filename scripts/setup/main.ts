// The set-up, under the pinned Node: which packages are wanted here, and whether they are there already. Without tests and
// tools unless `--development` is given, with builds of llama.cpp for GPUs where one is found or `--gpu` asks for them.
import { hash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
// Single files and not the face of their folder: this runs before every start.
import { TiegelError } from '../../src/base/error.ts';
import {
  type GpuChoice,
  gpuChoices,
  gpuSupport,
  usefulPackages,
} from '../../src/engine/llama/ffi/gpu-support.ts';
import type { Lockfile } from '../needed-packages.ts';
import { isWhole, readStamp, type Stamp } from './stamp.ts';
import type { WantedPackages } from './wanted-packages.ts';
import { installOrWithoutGpu } from './without-gpu.ts';

const root = join(import.meta.dirname, '..', '..');
const { platform, arch } = process;

try {
  await setUp();
} catch (error) {
  if (!TiegelError.isInstance(error)) throw error;
  print(`${error.code}: ${error.message}\n${error.fix}`);
  process.exitCode = 1;
}

async function setUp(): Promise<void> {
  const { values } = parseArgs({
    options: {
      development: { type: 'boolean', default: false },
      gpu: { type: 'string' },
      process: { type: 'string', default: String(process.pid) },
    },
  });
  const before = readStamp(root);
  const gpu = gpuChoiceOf(values.gpu) ?? before?.gpu ?? 'auto';
  const useful = usefulPackages(platform, arch, gpuSupport(), gpu);
  const goal: Stamp = {
    lockfile: hash('sha256', readFileSync(join(root, 'package-lock.json'))),
    // What is there for tests and tools stays there.
    development: values.development || (before?.development ?? false),
    gpu,
    builds: useful.map(({ name }) => name),
  };
  if (isWhole(before, goal)) return;
  // Removed at the end only: this process may be running from there.
  using stage = stageOf(values.process);
  await installOrWithoutGpu({
    before,
    goal,
    needed: useful.filter(({ device }) => device === 'cpu' || device === 'metal').map(({ name }) => name),
    install: (stamp) => install(stage.path, stamp),
    print,
  });
}

async function install(stage: string, stamp: Stamp): Promise<void> {
  const { installWhole } = await import('./install.ts');
  installWhole({ root, stage, stamp, wanted: await wantedFor(stamp), print });
}

async function wantedFor({ development, builds }: Stamp): Promise<WantedPackages> {
  const { wantedPackages } = await import('./wanted-packages.ts');
  const machine = { platform, arch, libc: libcHere() };
  try {
    const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
    return wantedPackages(lockfile, { development, builds, machine });
  } catch (error) {
    throw new TiegelError('TGL_SETUP_LOCKFILE', { reason: (error as Error).message }, { cause: error });
  }
}

function stageOf(process: string): Disposable & { readonly path: string } {
  const path = join(root, '.setup', process);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The C library of this process, undefined outside Linux. */
function libcHere(): string | undefined {
  if (platform !== 'linux') return undefined;
  const { header } = process.report.getReport() as {
    readonly header: { readonly glibcVersionRuntime?: string };
  };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

function gpuChoiceOf(text: string | undefined): GpuChoice | undefined {
  const choice = gpuChoices.find((known) => known === text);
  if (text !== undefined && choice === undefined)
    throw new TiegelError('TGL_USAGE', { problem: `--gpu takes ${gpuChoices.join(', ')}, not "${text}".` });
  return choice;
}

function print(text: string): void {
  process.stderr.write(`${text}\n`);
}
