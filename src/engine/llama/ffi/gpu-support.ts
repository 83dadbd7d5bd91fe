// What of a GPU a machine has for llama.cpp: drivers and the libraries that the published builds are linked to. Looks at
// names of files alone, so that it costs nothing before every start; whether a device works is found when it is used.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../child-environment.ts';
import { type PlatformPackage, packagesFor } from './library-files.ts';

export type GpuSupport = {
  /** A driver of NVIDIA's is loaded. */
  readonly nvidia: boolean;
  /** Major versions of the CUDA runtime whose libraries are here, the newest first. */
  readonly cudaRuntimes: readonly number[];
  /** A GPU and the loader of Vulkan are here. */
  readonly vulkan: boolean;
};

/** The files of a machine, for tests. */
export type FileNames = {
  readonly exists: (path: string) => boolean;
  /** Names in a directory; empty where it cannot be read. */
  readonly list: (path: string) => readonly string[];
};

const realFiles: FileNames = {
  exists: existsSync,
  list: (path) => {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  },
};

type Variables = Readonly<Record<string, string | undefined>>;

export function gpuSupport(
  platform: string = process.platform,
  variables: Variables = childEnvironment(process.env),
  files: FileNames = realFiles,
): GpuSupport {
  if (platform === 'linux') return linuxSupport(variables, files);
  if (platform === 'win32') return windowsSupport(variables, files);
  // Metal belongs to macOS, and the only package for it holds it.
  return { nvidia: false, cudaRuntimes: [], vulkan: false };
}

function linuxSupport(variables: Variables, { exists, list }: FileNames): GpuSupport {
  const toolkits = list('/usr/local').filter((name) => /^cuda(-[\d.]+)?$/.test(name));
  const directories = [
    ...(variables.LD_LIBRARY_PATH ?? '').split(':').filter((path) => path !== ''),
    ...(variables.CUDA_PATH ? [join(variables.CUDA_PATH, 'lib64')] : []),
    ...toolkits.map((name) => `/usr/local/${name}/lib64`),
    ...[
      '/usr/lib/x86_64-linux-gnu',
      '/usr/lib/aarch64-linux-gnu',
      '/usr/lib64',
      '/usr/lib',
      '/usr/lib/wsl/lib',
    ],
  ];
  const has = (library: string): boolean => directories.some((directory) => exists(join(directory, library)));
  const nvidia = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'].some(
    exists,
  );
  const device = nvidia || list('/dev/dri').some((name) => name.startsWith('renderD'));
  return {
    nvidia,
    cudaRuntimes: cudaVersions.filter(
      (version) => has(`libcudart.so.${version}`) && has(`libcublas.so.${version}`),
    ),
    vulkan: device && has('libvulkan.so.1'),
  };
}

function windowsSupport(variables: Variables, { exists }: FileNames): GpuSupport {
  const system = join(variables.SystemRoot ?? 'C:\\Windows', 'System32');
  const directories = [
    ...(variables.CUDA_PATH
      ? [join(variables.CUDA_PATH, 'bin', 'x64'), join(variables.CUDA_PATH, 'bin')]
      : []),
    ...(variables.PATH ?? variables.Path ?? '').split(';').filter((path) => path !== ''),
  ];
  const has = (library: string): boolean => directories.some((directory) => exists(join(directory, library)));
  return {
    nvidia: exists(join(system, 'nvcuda.dll')),
    cudaRuntimes: cudaVersions.filter(
      (version) => has(`cudart64_${version}.dll`) && has(`cublas64_${version}.dll`),
    ),
    // The loader comes with the drivers of GPUs.
    vulkan: exists(join(system, 'vulkan-1.dll')),
  };
}

/** Of the builds that are published. */
const cudaVersions: readonly number[] = [13, 12];

/** Which builds for GPUs are wanted: those that this machine can use, none, all there are, or those for one interface. */
export const gpuChoices = ['auto', 'none', 'all', 'cuda', 'vulkan'] as const;
export type GpuChoice = (typeof gpuChoices)[number];

/** The packages that a machine should have: always the one without which nothing runs, and those for its GPU. */
export function usefulPackages(
  platform: string,
  arch: string,
  support: GpuSupport,
  choice: GpuChoice,
): readonly PlatformPackage[] {
  const rows = packagesFor(platform, arch);
  const needed = rows.filter(({ device }) => device === 'cpu' || device === 'metal');
  const cuda = rows.filter(({ device }) => device === 'cuda');
  const vulkan = rows.filter(({ device }) => device === 'vulkan');
  if (choice === 'none') return needed;
  if (choice === 'all') return rows;
  if (choice === 'vulkan') return [...vulkan, ...needed];
  const fitting = support.nvidia ? cudaFor(cuda, support.cudaRuntimes[0]) : [];
  if (choice === 'cuda') return [...(fitting.length > 0 ? fitting : cuda), ...needed];
  if (fitting.length > 0) return [...fitting, ...needed];
  return support.vulkan ? [...vulkan, ...needed] : needed;
}

/** Those linked to a version of the runtime, with what they extend. */
function cudaFor(rows: readonly PlatformPackage[], version: number | undefined): readonly PlatformPackage[] {
  const fitting = rows.filter(({ cudaRuntime }) => cudaRuntime === version);
  const extended = fitting.map((row) => row.extends);
  return rows.filter((row) => fitting.includes(row) || extended.includes(row.name));
}
