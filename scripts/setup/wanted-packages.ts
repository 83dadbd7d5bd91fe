// Which packages of the lockfile a purpose needs on a machine, as a lockfile of their own.
import { type Locked, type Lockfile, placeOf } from '../needed-packages.ts';

export type Machine = {
  /** As `process.platform` and `process.arch` say it. */
  readonly platform: string;
  readonly arch: string;
  /** `glibc` or `musl`; undefined outside Linux. */
  readonly libc: string | undefined;
};

export type Wishes = {
  /** Tests and tools as well. */
  readonly development: boolean;
  readonly machine: Machine;
  /** Names of the packages with builds of llama.cpp; all others of their kind are left out. */
  readonly builds: readonly string[];
};

export type WantedPackages = {
  /** What is installed for its own sake, name → version. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Builds of llama.cpp that the lockfile does not hold, name → version: not every registry has those of every platform. */
  readonly unlocked: Readonly<Record<string, string>>;
  /** Path → entry of the lockfile, none of them optional. */
  readonly packages: Readonly<Record<string, Locked>>;
};

const buildScope = '@node-llama-cpp/';

/** @throws Error for a lockfile that lacks what another entry depends on */
export function wantedPackages({ packages }: Lockfile, wishes: Wishes): WantedPackages {
  const unlocked: Record<string, string> = {};
  const edges = new Map<string, readonly string[]>();
  const pending = [''];
  for (const path of pending) {
    if (edges.has(path)) continue;
    const found = dependenciesOf(packages[path] as Locked, path === '' && wishes.development).flatMap(
      ({ name, version, optional }) => {
        if (name.startsWith(buildScope) && !wishes.builds.includes(name)) return [];
        const place = placeOf(packages, name, path);
        if (place !== undefined)
          return optional && !suits(packages[place] as Locked, wishes.machine) ? [] : [{ name, place }];
        if (name.startsWith(buildScope)) unlocked[name] = version;
        else if (!optional)
          throw new Error(`package-lock.json has no ${name}, which ${path || 'package.json'} needs`);
        return [];
      },
    );
    edges.set(
      path,
      found.map(({ name }) => name),
    );
    pending.push(...found.map(({ place }) => place));
  }
  const direct = edges.get('') as readonly string[];
  edges.delete('');
  return {
    dependencies: Object.fromEntries(
      direct.map((name) => [name, (packages[`node_modules/${name}`] as Locked).version]),
    ),
    unlocked,
    packages: Object.fromEntries(
      [...edges].map(([path, names]) => [path, required(packages[path] as Locked, names)]),
    ),
  };
}

type Dependency = { readonly name: string; readonly version: string; readonly optional: boolean };

function dependenciesOf(entry: Locked, development: boolean): readonly Dependency[] {
  const { dependencies, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = entry;
  const peers = Object.entries(peerDependencies).filter(
    ([name]) => peerDependenciesMeta[name]?.optional !== true,
  );
  const needed = {
    ...dependencies,
    ...Object.fromEntries(peers),
    ...(development ? entry.devDependencies : {}),
  };
  return [
    ...Object.entries(needed).map(([name, version]) => ({ name, version, optional: false })),
    ...Object.entries(optionalDependencies).map(([name, version]) => ({ name, version, optional: true })),
  ].filter(({ name, optional }) => optional || !Object.hasOwn(optionalDependencies, name));
}

/** Whether a package is for a machine, by the rules of npm for `os`, `cpu` and `libc`. */
function suits({ os, cpu, libc }: Locked, machine: Machine): boolean {
  const allows = (list: string | readonly string[] | undefined, value: string | undefined): boolean => {
    const names = list === undefined ? [] : [list].flat();
    if (value === undefined || names.length === 0) return names.length === 0;
    if (names.includes(`!${value}`)) return false;
    return names.includes(value) || names.includes('any') || names.every((name) => name.startsWith('!'));
  };
  return allows(os, machine.platform) && allows(cpu, machine.arch) && allows(libc, machine.libc);
}

/** The entry as npm installs it whatever it is told to leave out, depending on nothing that is not wanted. */
function required(entry: Locked, names: readonly string[]): Locked {
  const { dev: _, optional: __, devOptional: ___, peer: ____, optionalDependencies = {}, ...rest } = entry;
  const kept = Object.entries(optionalDependencies).filter(([name]) => names.includes(name));
  return { ...rest, optionalDependencies: Object.fromEntries(kept) };
}
