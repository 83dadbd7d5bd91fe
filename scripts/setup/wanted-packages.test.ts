import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Lockfile } from '../needed-packages.ts';
import { type Wishes, wantedPackages } from './wanted-packages.ts';

const lockfile = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8'),
) as Lockfile;

const linux = { platform: 'linux', arch: 'x64', libc: 'glibc' };
const here = '@node-llama-cpp/linux-x64';

function pathsOf(change: Partial<Wishes>): readonly string[] {
  return Object.keys(
    wantedPackages(lockfile, { development: false, machine: linux, builds: [here], ...change }).packages,
  );
}

describe('packages that a purpose needs', () => {
  test('tests and tools need everything that is for this machine', () => {
    const wanted = pathsOf({ development: true });
    const missing = Object.entries(lockfile.packages).filter(
      ([path]) => path !== '' && !wanted.includes(path),
    );
    // npm marks so what may be left out where it does not suit the machine.
    expect(missing.filter(([, { optional }]) => optional !== true)).toEqual([]);
    expect(wanted).toContain('node_modules/@rolldown/binding-linux-x64-gnu');
  });

  test('serving needs nothing that is there for development alone', () => {
    const paths = pathsOf({});
    expect(paths.filter((path) => lockfile.packages[path]?.dev === true)).toEqual([]);
    expect(paths).toContain('node_modules/fastify');
    expect(paths).not.toContain('node_modules/vitest');
  });

  test('of the builds of llama.cpp only those that were named are taken', () => {
    const builds = (names: readonly string[]): readonly string[] =>
      pathsOf({ builds: names, development: true }).filter((path) => path.includes('@node-llama-cpp/'));
    expect(builds([here])).toEqual([`node_modules/${here}`]);
    expect(builds([here, `${here}-vulkan`])).toEqual([`node_modules/${here}`, `node_modules/${here}-vulkan`]);
  });

  test('one that the lockfile does not hold is named with its version', () => {
    const name = '@node-llama-cpp/mac-arm64-metal';
    const { unlocked, packages } = wantedPackages(lockfile, {
      development: false,
      machine: { platform: 'darwin', arch: 'arm64', libc: undefined },
      builds: [name],
    });
    expect(unlocked).toEqual({ [name]: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(Object.keys(packages).filter((path) => /linux|win-x64/.test(path))).toEqual([]);
  });

  test('nothing that is for another C library is taken', () => {
    const musl = pathsOf({ development: true, machine: { ...linux, libc: 'musl' }, builds: [] });
    for (const path of musl) {
      const { libc = [] } = lockfile.packages[path] ?? {};
      expect([path, [libc].flat()]).not.toEqual([path, ['glibc']]);
    }
  });

  test('nothing of it is optional any more, and nothing depends on what is not there', () => {
    const { packages } = wantedPackages(lockfile, { development: true, machine: linux, builds: [here] });
    for (const { dev, optional, devOptional, peer, optionalDependencies } of Object.values(packages)) {
      expect([dev, optional, devOptional, peer]).toEqual([undefined, undefined, undefined, undefined]);
      for (const name of Object.keys(optionalDependencies ?? {}))
        expect(Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`))).toBe(true);
    }
  });
});
