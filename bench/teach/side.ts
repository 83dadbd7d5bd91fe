// A side of the teach bench: a process that says what it is, then answers every line on stdin with one timed step.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Step } from './problem.ts';

export type Side = {
  /** How fast its products are alone, where it says so. */
  readonly gemmGflops: number | null;
  readonly step: () => Promise<Step>;
  readonly process: ChildProcess;
};

/** A side that has introduced itself, or undefined, with the reason on stderr, where it cannot run. */
export async function startSide(command: string, args: readonly string[]): Promise<Side | undefined> {
  const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const environment = { OPENBLAS_CORETYPE: openBlasCore(), ...process.env, ...threads };
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<{ done: true; value: undefined }>((resolve) => {
    child.once('error', (error) => {
      complaint += error.message;
      resolve({ done: true, value: undefined });
    });
  });
  const next = async (): Promise<string | undefined> => (await Promise.race([lines.next(), ended])).value;
  const first = await next();
  if (first === undefined) {
    const reason = /^\w*Error: .*$/m.exec(complaint)?.[0] ?? complaint.trim().split('\n').at(-1);
    process.stderr.write(`not measured: ${[command, ...args.slice(0, 1)].join(' ')}: ${reason}\n`);
    return undefined;
  }
  const { about, gemmGflops = null } = JSON.parse(first) as { about: string; gemmGflops?: number };
  if (about.includes('reference BLAS')) {
    process.stderr.write(
      'warning: this PyTorch multiplies by the reference BLAS; the ratio says little about PyTorch\n',
    );
  }
  process.stderr.write(`${about}${gemmGflops ? `, ${gemmGflops.toFixed(1)} GFLOP/s in a product` : ''}\n`);
  const step = async (): Promise<Step> => {
    child.stdin.write('step\n');
    const line = await next();
    if (line === undefined) throw new Error(`${about} stopped: ${complaint}`);
    return JSON.parse(line) as Step;
  };
  return { gemmGflops, step, process: child };
}

/**
 * The widest OpenBLAS kernels of this CPU. OpenBLAS 0.3.21 takes x86 CPUs younger than itself for a Prescott of 2004,
 * a quarter of the speed: no fair opponent.
 */
function openBlasCore(): string | undefined {
  const file = '/proc/cpuinfo';
  const flags = process.arch === 'x64' && existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (/\bavx512vl\b/.test(flags)) return 'SkylakeX';
  return /\bavx2\b/.test(flags) ? 'Haswell' : undefined;
}
