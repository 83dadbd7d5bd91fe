import { existsSync, mkdirSync, mkdtempDisposableSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPackageFile } from '../../../base/index.ts';
import {
  cLibrary,
  installedLibraries,
  libraryFolder,
  libraryNames,
  llamaCppVersion,
  packagesFor,
} from './library-files.ts';

describe('names of libraries', () => {
  // As they were found in the published packages, of this release and of the one before.
  test.each([
    ['linux', 'x64', 'cuda', 'libllama.cuda.v0.5.0.so', 'libggml.cuda.v0.5.0.so', 'libggml-base.so'],
    ['linux', 'x64', 'vulkan', 'libllama.vulkan.v0.5.0.so', 'libggml.vulkan.v0.5.0.so', 'libggml-base.so'],
    ['linux', 'x64', 'cpu', 'libllama.v0.5.0.so', 'libggml.v0.5.0.so', 'libggml-base.so'],
    ['linux', 'arm64', 'cpu', 'libllama.v0.5.0.so', 'libggml.v0.5.0.so', 'libggml-base.so'],
    ['darwin', 'x64', 'cpu', 'libllama.v0.4.0.dylib', 'libggml.v0.4.0.dylib', 'libggml-base.dylib'],
    [
      'darwin',
      'arm64',
      'metal',
      'libllama.metal.v0.4.0.dylib',
      'libggml.metal.v0.4.0.dylib',
      'libggml-base.dylib',
    ],
    ['win32', 'x64', 'cpu', 'llama.v0.4.0.dll', 'ggml.v0.4.0.dll', 'ggml-base.dll'],
    ['win32', 'x64', 'vulkan', 'llama.vulkan.v0.4.0.dll', 'ggml.vulkan.v0.4.0.dll', 'ggml-base.dll'],
    ['win32', 'x64', 'cuda', 'llama.cuda.v0.4.0.dll', 'ggml.cuda.v0.4.0.dll', 'ggml-base.dll'],
    ['win32', 'arm64', 'cpu', 'llama.v0.4.0.dll', 'ggml.v0.4.0.dll', 'ggml-base.dll'],
  ])('%s-%s for %s', (platform, arch, device, llama, ggml, base) => {
    const version = /v([\d.]+)\.\w+$/.exec(llama)?.[1];
    const row = packagesFor(platform, arch).find((candidate) => candidate.device === device);
    expect(row && libraryNames(row, version)).toEqual({ llama, ggml, base });
  });

  test('the fallback for an older CUDA runtime lies below the folder of the build it extends', () => {
    const row = packagesFor('linux', 'x64').find((candidate) => candidate.extends !== undefined);
    expect(row && libraryFolder(row)).toBe(join('bins', 'linux-x64-cuda', 'fallback'));
  });

  test('the C library has a file of its own where the process is not linked to it by that name', () => {
    expect(['linux', 'darwin', 'win32'].map(cLibrary)).toEqual([
      null,
      '/usr/lib/libSystem.B.dylib',
      'ucrtbase.dll',
    ]);
  });

  test('there are none for a platform that nobody builds for', () => {
    expect(packagesFor('sunos', 'x64')).toEqual([]);
  });
});

describe('installed libraries', () => {
  test('the package for this processor is here, and its files are named so', () => {
    const found = installedLibraries();
    expect(found.at(-1)?.package.device).toBe('cpu');
    for (const { directory, names } of found)
      expect(readdirSync(directory)).toEqual(expect.arrayContaining(Object.values(names)));
  });

  test('the best device comes first, and a package that lacks a library does not count', () => {
    using place = mkdtempDisposableSync(join(tmpdir(), 'tiegel-libraries-'));
    const put = (name: string): string => {
      const row = packagesFor('linux', 'x64').find((candidate) => candidate.name.endsWith(name));
      if (row === undefined) throw new Error(`no row ${name}`);
      const folder = join(place.path, row.name, libraryFolder(row));
      mkdirSync(folder, { recursive: true });
      for (const file of Object.values(libraryNames(row))) writeFileSync(join(folder, file), '');
      return folder;
    };
    const found = () =>
      installedLibraries('linux', 'x64', (name) => {
        const directory = join(place.path, name);
        return existsSync(directory) ? directory : undefined;
      });
    put('linux-x64');
    put('linux-x64-vulkan');
    const cuda = put('linux-x64-cuda');
    expect(found().map(({ package: { device } }) => device)).toEqual(['cuda', 'vulkan', 'cpu']);
    expect(found()[0]).toMatchObject({ directory: cuda, fallbackDirectory: null });
    const fallback = put('linux-x64-cuda-ext');
    expect(found()[0]).toMatchObject({ directory: cuda, fallbackDirectory: fallback });
    rmSync(join(cuda, `libggml.cuda.v${llamaCppVersion}.so`));
    expect(found().map(({ package: { device } }) => device)).toEqual(['vulkan', 'cpu']);
  });
});

test('package.json names every package of the table, all in one version', () => {
  const { optionalDependencies } = readPackageFile();
  const names = Object.keys(optionalDependencies).filter((name) => name.startsWith('@node-llama-cpp/'));
  const platforms = ['linux', 'darwin', 'win32'].flatMap((platform) =>
    ['x64', 'arm64'].map((arch) => [platform, arch] as const),
  );
  const rows = platforms.flatMap(([platform, arch]) => packagesFor(platform, arch));
  expect(names.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  expect(new Set(names.map((name) => optionalDependencies[name])).size).toBe(1);
});
