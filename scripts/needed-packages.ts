// What a lockfile (version 3) installs to run the program: everything that can be reached from its root without the
// development dependencies. `npm sbom --omit dev` of npm 11 leaves out what a development dependency needs as well.

type Versions = Readonly<Record<string, string>>;

/** What the lockfile says of a package, as far as it decides anything here. */
export type Locked = {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly peer?: boolean;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly libc?: string | readonly string[];
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
  readonly peerDependencies?: Versions;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
};

export type Lockfile = { readonly packages: Readonly<Record<string, Locked>> };

/** Each name and version once. */
export function neededPackages({
  packages,
}: Lockfile): readonly { readonly name: string; readonly version: string }[] {
  const reached = new Set<string>(['']);
  for (const path of reached) {
    const { dependencies, optionalDependencies } = packages[path] as Locked;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = placeOf(packages, name, path);
      if (found !== undefined) reached.add(found);
    }
  }
  reached.delete('');
  const named = [...reached].map((path) => ({
    name: path.slice(path.lastIndexOf(folder) + folder.length),
    version: (packages[path] as Locked).version,
  }));
  return [...new Map(named.map((entry) => [`${entry.name} ${entry.version}`, entry])).values()];
}

const folder = 'node_modules/';

/** Where Node looks for a package: beside the one that asks, then further up. Undefined where it was not installed. */
export function placeOf(packages: Lockfile['packages'], name: string, asker: string): string | undefined {
  for (let from = asker; ; from = from.slice(0, Math.max(0, from.lastIndexOf(folder) - 1))) {
    const path = `${from === '' ? '' : `${from}/`}${folder}${name}`;
    if (Object.hasOwn(packages, path)) return path;
    if (from === '') return undefined;
  }
}
