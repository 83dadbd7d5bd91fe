// What `tiegel doctor` says of the packages with builds of llama.cpp: which are here, and which would help.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TiegelError } from '../base/index.ts';
import type { GpuSupport, InstalledLibraries, PlatformPackage } from '../engine/index.ts';

/** @param useful what this machine should have by what was found in it */
export function describePackages(
  installed: readonly InstalledLibraries[],
  useful: readonly PlatformPackage[],
  { nvidia, cudaRuntimes }: GpuSupport,
): string {
  const here = installed.flatMap(({ package: { name }, extension }) => [
    name,
    ...(extension === null ? [] : [extension.name]),
  ]);
  const missing = useful.filter(({ name }) => !here.includes(name)).map(({ name }) => name);
  return [
    here.length === 0 ? 'none' : here.join(', '),
    ...(missing.length === 0
      ? []
      : [`${missing.join(' and ')} would help: run \`tiegel doctor --gpu auto\``]),
    ...(nvidia && cudaRuntimes.length === 0
      ? [
          'a driver of NVIDIA is here, but not the CUDA runtime 13 (libcudart and libcublas) that the build for CUDA needs',
        ]
      : []),
  ].join('; ');
}

const setUp = join(import.meta.dirname, '..', '..', 'scripts', 'setup.mjs');

/** Has the set-up install the builds for GPUs that are chosen, and keep to that choice. @throws TGL_SETUP_… */
export function installGpuPackages(choice: string): void {
  if (!existsSync(setUp))
    throw new TiegelError('TGL_USAGE', {
      problem: 'This installation was made without its set-up; packages are chosen where it is built.',
    });
  const { status } = spawnSync(process.execPath, [setUp, '--gpu', choice], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new TiegelError('TGL_SETUP_FAILED', { reason: 'the lines above say why' });
}
