// Which package carries llama.cpp's libraries on which platform, and what the files in it are called. The rows lie in
// platform-packages.json, which the set-up reads as well, before anything is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import table from './platform-packages.json' with { type: 'json' };

/** What a package computes on. `metal` packages hold the libraries for the processor as well, as all others do. */
export type Device = 'cuda' | 'metal' | 'vulkan' | 'cpu';

export type PlatformPackage = {
  readonly name: string;
  /** As `process.platform` and `process.arch` say it. */
  readonly platform: string;
  readonly arch: string;
  readonly device: Device;
  /** Major version of the CUDA runtime that its libraries are linked to. */
  readonly cudaRuntime?: number;
  /** It holds nothing but another build of one library of the package of this name. */
  readonly extends?: string;
};

/** The release of llama.cpp whose libraries the packages hold; their files are named for it. */
export const llamaCppVersion: string = table.llamaCpp;

const packages = table.packages as readonly PlatformPackage[];

/** Best first. */
const devices: readonly Device[] = ['cuda', 'metal', 'vulkan', 'cpu'];

/** All packages for a platform, the best device first; empty where there is none. */
export function packagesFor(platform: string, arch: string): readonly PlatformPackage[] {
  return packages
    .filter((row) => row.platform === platform && row.arch === arch)
    .sort((one, other) => devices.indexOf(one.device) - devices.indexOf(other.device));
}

/** Where in a package its libraries lie. */
export function libraryFolder({ name, extends: base }: PlatformPackage): string {
  const build = (base ?? name).slice(name.indexOf('/') + 1);
  return base === undefined ? join('bins', build) : join('bins', build, 'fallback');
}

export type LibraryNames = {
  /** `llama_…` */
  readonly llama: string;
  /** The registry of devices: `ggml_backend_load_all_from_path` and others. */
  readonly ggml: string;
  /** Tensors and what devices are asked through. */
  readonly base: string;
};

/** What the three libraries that the engine opens are called, for a release of llama.cpp such as `0.5.0`. */
export function libraryNames(
  { platform, device }: PlatformPackage,
  version: string = llamaCppVersion,
): LibraryNames {
  const { prefix, extension } = naming(platform);
  const build = device === 'cpu' ? '' : `.${device}`;
  const versioned = (library: string): string => `${prefix}${library}${build}.v${version}.${extension}`;
  return { llama: versioned('llama'), ggml: versioned('ggml'), base: `${prefix}ggml-base.${extension}` };
}

function naming(platform: string): { readonly prefix: string; readonly extension: string } {
  if (platform === 'win32') return { prefix: '', extension: 'dll' };
  return { prefix: 'lib', extension: platform === 'darwin' ? 'dylib' : 'so' };
}

/** The C library, to be opened for `strlen`; null stands for what the process itself is linked to. */
export function cLibrary(platform: string): string | null {
  if (platform === 'win32') return 'ucrtbase.dll';
  return platform === 'darwin' ? '/usr/lib/libSystem.B.dylib' : null;
}

export type InstalledLibraries = {
  readonly package: PlatformPackage;
  /** Absolute; `ggml_backend_load_all_from_path` takes it, and every library lies in it. */
  readonly directory: string;
  /** The package with one of its libraries for another CUDA runtime, where that is installed. */
  readonly extension: PlatformPackage | null;
  /** Where that library lies; absolute. */
  readonly fallbackDirectory: string | null;
  readonly names: LibraryNames;
};

/**
 * The builds of llama.cpp that are installed here, the best device first. A package that lacks one of its libraries does
 * not count.
 *
 * @param packageDirectory where a package of that name lies, undefined where it is not installed.
 */
export function installedLibraries(
  platform: string = process.platform,
  arch: string = process.arch,
  packageDirectory: (name: string) => string | undefined = resolvedDirectory,
): readonly InstalledLibraries[] {
  const rows = packagesFor(platform, arch);
  const directoryOf = (row: PlatformPackage): string | undefined => {
    const directory = packageDirectory(row.name);
    return directory === undefined ? undefined : join(directory, libraryFolder(row));
  };
  return rows.flatMap((row) => {
    const directory = row.extends === undefined ? directoryOf(row) : undefined;
    if (directory === undefined) return [];
    const names = libraryNames(row);
    if (!Object.values(names).every((name) => existsSync(join(directory, name)))) return [];
    const extension = rows.find((candidate) => candidate.extends === row.name);
    const fallbackDirectory = (extension && directoryOf(extension)) ?? null;
    return [
      {
        package: row,
        directory,
        extension: fallbackDirectory === null ? null : (extension ?? null),
        fallbackDirectory,
        names,
      },
    ];
  });
}

function resolvedDirectory(name: string): string | undefined {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch {
    return undefined;
  }
}
