import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { packagesFor } from '../../src/engine/llama/ffi/library-files.ts';
import { startTestRegistry, type TestRegistry } from './test-registry.ts';

const root = join(import.meta.dirname, '..', '..');

/** `serving` needs `base`; `testing` is for tests. */
const packages = [
  { name: 'serving', dependencies: { base: '1.0.0' } },
  { name: 'base' },
  { name: 'testing' },
];

type Checkout = Disposable & {
  readonly path: string;
  readonly start: (...options: readonly string[]) => ChildProcess;
  /** Runs the set-up to its end. */
  readonly setUp: (
    ...options: readonly string[]
  ) => Promise<{ readonly status: number | null; readonly said: string }>;
  readonly installed: () => readonly string[];
};

/** A checkout with a set-up and a lockfile of its own. */
function checkout(registry: TestRegistry, change: (lockfile: Lockfile) => void = () => {}): Checkout {
  const place = mkdtempDisposableSync(join(tmpdir(), 'tiegel-setup-'));
  const { path } = place;
  for (const part of [
    'scripts/setup.mjs',
    'scripts/setup',
    'scripts/needed-packages.ts',
    'src/base',
    'src/engine/llama/child-environment.ts',
    'src/engine/llama/ffi',
  ])
    cpSync(join(root, part), join(path, part), { recursive: true });
  const named = { dependencies: { serving: '1.0.0' }, devDependencies: { testing: '1.0.0' } };
  const entry = (name: string) => ({ version: '1.0.0', integrity: registry.integrity(name) });
  const lockfile: Lockfile = {
    lockfileVersion: 3,
    packages: {
      '': named,
      'node_modules/serving': { ...entry('serving'), dependencies: { base: '1.0.0' } },
      'node_modules/base': entry('base'),
      'node_modules/testing': { ...entry('testing'), dev: true },
    },
  };
  change(lockfile);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'trial', type: 'module', ...named }));
  writeFileSync(join(path, 'package-lock.json'), JSON.stringify(lockfile));
  const start = (...options: readonly string[]): ChildProcess =>
    spawn(process.execPath, [join(path, 'scripts', 'setup.mjs'), ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: {
        PATH: process.env.PATH,
        HOME: path,
        npm_config_registry: registry.address,
        npm_config_cache: join(path, '.cache'),
        ...(process.env.npm_execpath === undefined ? {} : { npm_execpath: process.env.npm_execpath }),
      },
    });
  return {
    path,
    start,
    setUp: async (...options) => {
      const child = start(...options);
      const [said, [status]] = await Promise.all([
        text(child.stderr as NonNullable<typeof child.stderr>),
        once(child, 'close'),
      ]);
      return { status: status as number | null, said };
    },
    installed: () =>
      existsSync(join(path, 'node_modules'))
        ? readdirSync(join(path, 'node_modules')).filter((name) => !name.startsWith('.'))
        : [],
    [Symbol.dispose]: () => place.remove(),
  };
}

type Lockfile = { lockfileVersion: number; packages: Record<string, Record<string, unknown>> };

describe('set-up', () => {
  test('installs what serving needs, later what tests need, and each only once', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry);
    expect(await place.setUp()).toMatchObject({ status: 0 });
    expect(place.installed()).toEqual(['base', 'serving']);
    const inode = statSync(join(place.path, 'node_modules', 'base', 'package.json')).ino;
    expect(await place.setUp()).toEqual({ status: 0, said: '' });
    expect(await place.setUp('--development')).toMatchObject({ status: 0 });
    expect(place.installed()).toEqual(['base', 'serving', 'testing']);
    expect(statSync(join(place.path, 'node_modules', 'base', 'package.json')).ino).toBe(inode);
    expect(await place.setUp()).toEqual({ status: 0, said: '' });
    expect(registry.taken.toSorted()).toEqual(['base', 'serving', 'testing']);
    expect(readdirSync(join(place.path, '.setup'))).toEqual([]);
  });

  test('a changed lockfile is followed, and tests keep what they need', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry);
    await place.setUp('--development');
    const lockfile = JSON.parse(readFileSync(join(place.path, 'package-lock.json'), 'utf8')) as Lockfile;
    delete lockfile.packages['node_modules/base'];
    delete lockfile.packages['node_modules/serving']?.dependencies;
    writeFileSync(join(place.path, 'package-lock.json'), JSON.stringify(lockfile));
    expect(await place.setUp()).toMatchObject({ status: 0 });
    expect(place.installed()).toEqual(['serving', 'testing']);
  });

  test('what the user leaves out of other projects is not left out here', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry);
    writeFileSync(join(place.path, '.npmrc'), 'omit[]=dev\nomit[]=optional\npackage-lock=false\n');
    expect(await place.setUp('--development')).toMatchObject({ status: 0 });
    expect(place.installed()).toEqual(['base', 'serving', 'testing']);
  });

  test('another package than the one in the lockfile is refused, and what was there stays', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry, ({ packages: entries }) => {
      entries['node_modules/testing'] = {
        version: '1.0.0',
        integrity: registry.integrity('base'),
        dev: true,
      };
    });
    await place.setUp();
    const { status, said } = await place.setUp('--development');
    expect({ status, said }).toMatchObject({
      status: 1,
      said: expect.stringContaining('TGL_SETUP_PACKAGE_CHANGED'),
    });
    expect(place.installed()).toEqual(['base', 'serving']);
    expect(await place.setUp()).toEqual({ status: 0, said: '' });
    expect(readdirSync(join(place.path, '.setup'))).toEqual([]);
  });

  test('a package that the registry lacks is named', async () => {
    await using registry = await startTestRegistry(packages.filter(({ name }) => name !== 'base'));
    using place = checkout({ ...registry, integrity: () => 'sha512-AAAA' });
    const { status, said } = await place.setUp();
    expect(status).toBe(1);
    expect(said).toMatch(/TGL_SETUP_PACKAGE_MISSING.*base/);
    expect(place.installed()).toEqual([]);
  });

  test('a lockfile without something that it needs installs nothing', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry, ({ packages: entries }) => {
      delete entries['node_modules/base'];
    });
    const { status, said } = await place.setUp();
    expect({ status, taken: registry.taken }).toEqual({ status: 1, taken: [] });
    expect(said).toMatch(/TGL_SETUP_LOCKFILE.* no base, which node_modules\/serving needs/);
  });

  test('no registry: the error says so', async () => {
    const registry = await startTestRegistry(packages);
    using place = checkout(registry);
    await registry[Symbol.asyncDispose]();
    const { status, said } = await place.setUp();
    expect(status).toBe(1);
    expect(said).toContain('TGL_SETUP_NO_REGISTRY');
    expect(place.installed()).toEqual([]);
  });

  test('two at once: one waits for the other and then has nothing to do', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry);
    const both = await Promise.all([place.setUp(), place.setUp()]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both.filter(({ said }) => said.includes('Installing'))).toHaveLength(1);
    expect(registry.taken.toSorted()).toEqual(['base', 'serving']);
  });

  test('one that is killed half-way leaves what was there, and the next one is whole', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry);
    await place.setUp();
    const begun = registry.stall();
    const child = place.start('--development');
    await begun;
    process.kill(-(child.pid as number), 'SIGKILL');
    await once(child, 'close');
    expect(place.installed()).toEqual(['base', 'serving']);
    registry.resume();
    expect(await place.setUp('--development')).toMatchObject({ status: 0 });
    expect(place.installed()).toEqual(['base', 'serving', 'testing']);
    expect(readdirSync(join(place.path, '.setup'))).toEqual([]);
  });

  test('an unknown choice of GPU is refused before anything is looked at', async () => {
    await using registry = await startTestRegistry(packages);
    using place = checkout(registry);
    const { status, said } = await place.setUp('--gpu', 'abacus');
    expect(status).toBe(1);
    expect(said).toContain('--gpu takes auto, none, all, cuda, vulkan, not "abacus"');
  });

  describe('builds of llama.cpp', () => {
    const rows = packagesFor(process.platform, process.arch);
    const [needed] = rows
      .filter(({ device }) => device === 'cpu' || device === 'metal')
      .map(({ name }) => name);
    const [vulkan] = rows.filter(({ device }) => device === 'vulkan').map(({ name }) => name);
    const builds = [needed, vulkan].filter((name) => name !== undefined);
    /** A checkout that may have these builds, of which the lockfile holds some. */
    const withBuilds = (registry: TestRegistry, locked: readonly string[]): Checkout =>
      checkout(registry, ({ packages: entries }) => {
        const root = entries[''] as Record<string, unknown>;
        root.optionalDependencies = Object.fromEntries(builds.map((name) => [name, '1.0.0']));
        for (const name of locked)
          entries[`node_modules/${name}`] = {
            version: '1.0.0',
            integrity: registry.integrity(name),
            optional: true,
          };
      });
    const built = ({ path }: Checkout): readonly string[] =>
      builds.filter((name) => existsSync(join(path, 'node_modules', name)));

    test.skipIf(vulkan === undefined)(
      'those for GPUs come when they are asked for, and stay until they are not',
      async () => {
        await using registry = await startTestRegistry([...packages, ...builds.map((name) => ({ name }))]);
        using place = withBuilds(registry, builds);
        expect(await place.setUp('--gpu', 'none')).toMatchObject({ status: 0 });
        expect(built(place)).toEqual([needed]);
        expect(await place.setUp('--gpu', 'vulkan')).toMatchObject({ status: 0 });
        expect(built(place)).toEqual(builds);
        expect(await place.setUp()).toEqual({ status: 0, said: '' });
        expect(built(place)).toEqual(builds);
        expect(await place.setUp('--gpu', 'none')).toMatchObject({ status: 0 });
        expect(built(place)).toEqual([needed]);
      },
    );

    test.skipIf(needed === undefined)(
      'one that the lockfile does not hold is taken by its version, and its absence is told',
      async () => {
        await using registry = await startTestRegistry([...packages, ...builds.map((name) => ({ name }))]);
        using place = withBuilds(registry, []);
        const taken = await place.setUp('--gpu', 'none');
        expect(taken).toMatchObject({
          status: 0,
          said: expect.stringContaining(`${needed} is not in package-lock.json`),
        });
        expect(built(place)).toEqual([needed]);
        await using without = await startTestRegistry(packages);
        using poor = withBuilds(without, []);
        const missed = await poor.setUp('--gpu', 'none');
        expect(missed).toMatchObject({
          status: 0,
          said: expect.stringContaining(`The registry has no ${needed} 1.0.0`),
        });
        expect(poor.installed()).toEqual(['base', 'serving']);
        expect(await poor.setUp()).toEqual({ status: 0, said: '' });
      },
    );
  });
});
