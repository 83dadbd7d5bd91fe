// The note that a whole installation carries: what it was made from and for. It lies inside `node_modules` and comes there
// with it, so that one that was broken off has none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GpuChoice, gpuChoices } from '../../src/engine/llama/ffi/gpu-support.ts';

export type Stamp = {
  /** Digest of the lockfile. */
  readonly lockfile: string;
  /** Whether tests and tools are there. */
  readonly development: boolean;
  readonly gpu: GpuChoice;
  /** Names of the packages with builds of llama.cpp that were asked for. */
  readonly builds: readonly string[];
};

export const stampName = '.tiegel-setup';

/** The note of what is installed, undefined where there is none that can be read. */
export function readStamp(root: string): Stamp | undefined {
  try {
    const stamp = JSON.parse(readFileSync(join(root, 'node_modules', stampName), 'utf8')) as Partial<Stamp>;
    const { lockfile, development, gpu, builds } = stamp;
    const known = gpuChoices.find((choice) => choice === gpu);
    if (typeof lockfile !== 'string' || typeof development !== 'boolean' || !known || !Array.isArray(builds))
      return undefined;
    return { lockfile, development, gpu: known, builds: builds.map(String) };
  } catch {
    return undefined;
  }
}

/** Whether what is installed has everything that is wanted; more than that does no harm. */
export function isWhole(installed: Stamp | undefined, goal: Stamp): boolean {
  return (
    installed !== undefined &&
    installed.lockfile === goal.lockfile &&
    installed.gpu === goal.gpu &&
    (installed.development || !goal.development) &&
    goal.builds.every((name) => installed.builds.includes(name))
  );
}
