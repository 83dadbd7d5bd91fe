// `npm run check:platforms`: whether the packages with builds of llama.cpp, of every platform, hold the libraries that the
// engine looks for, for the processor they are named for, with the functions that it calls. Takes each package from the
// registry, in the version of the lockfile or, where the registry lacks that, in its newest; the archives are kept in a
// directory of the user's cache. Prints the table of docs/platforms.md; fails where a package differs.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { calledFunctions } from '../src/engine/llama/ffi/interface.ts';
import {
  libraryFolder,
  libraryNames,
  llamaCppVersion,
  type PlatformPackage,
  packagesFor,
} from '../src/engine/llama/ffi/library-files.ts';
import { readSharedLibrary } from './platforms/exported-symbols.ts';

const root = join(import.meta.dirname, '..');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tiegel', 'platform-packages');
const platforms: readonly (readonly [string, string])[] = [
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
  ['win32', 'arm64'],
];

type Row = {
  readonly name: string;
  /** Null where the registry has no version of it. */
  readonly version: string | null;
  readonly llamaCpp: string;
  readonly problems: readonly string[];
  readonly formats: readonly string[];
};

const rows = platforms.flatMap(([platform, arch]) =>
  packagesFor(platform, arch)
    .filter((row) => row.extends === undefined)
    .map(examine),
);
const wanted = Object.values(calledFunctions).flat().length;
console.log(
  `| Package | Version | llama.cpp | Libraries | The ${wanted} functions that the engine calls |\n|---|---|---|---|---|`,
);
for (const { name, version, llamaCpp, problems, formats } of rows)
  console.log(
    version === null
      ? `| \`${name}\` | none in the registry | | not seen | not seen |`
      : `| \`${name}\` | ${version} | ${llamaCpp} | ${formats.join(', ')} | ${problems.length === 0 ? 'all there' : problems.join('; ')} |`,
  );
process.exitCode = rows.some(({ problems }) => problems.length > 0) ? 1 : 0;

function examine(row: PlatformPackage): Row {
  const { name } = row;
  const version = packedVersion(name);
  if (version === null) return { name, version, llamaCpp: '', problems: [], formats: [] };
  const folder = join(unpacked(name, version), libraryFolder(row));
  const { llamaCpp } = JSON.parse(readFileSync(join(folder, '_nlcBuildMetadata.json'), 'utf8'))
    .buildOptions as {
    readonly llamaCpp: { readonly release: string };
  };
  const release = llamaCpp.release.replace(/^v/, '');
  const problems: string[] =
    release === llamaCppVersion || version !== lockedVersion(name) ? [] : [`llama.cpp ${release}`];
  const formats = new Set<string>();
  for (const [library, file] of Object.entries(libraryNames(row, release))) {
    if (!existsSync(join(folder, file))) {
      problems.push(`${file} is missing`);
      continue;
    }
    const { format, arch, exports } = readSharedLibrary(readFileSync(join(folder, file)));
    formats.add(`${format} ${arch}`);
    if (arch !== row.arch) problems.push(`${file} is for ${arch}`);
    const missing = calledFunctions[library as keyof typeof calledFunctions].filter(
      (called) => !exports.has(called),
    );
    if (missing.length > 0) problems.push(`${file} lacks ${missing.join(', ')}`);
  }
  return { name, version, llamaCpp: release, problems, formats: [...formats] };
}

/** The version that other packages of the lockfile ask for. */
function lockedVersion(name: string): string | undefined {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
    >;
  };
  return Object.values(packages)
    .map(({ optionalDependencies }) => optionalDependencies?.[name])
    .find((version) => version !== undefined);
}

/** The version that is looked at. */
function packedVersion(name: string): string | null {
  const versions = ask(['view', name, 'versions', '--json']);
  if (versions === null) return null;
  const known = [JSON.parse(versions) as string | readonly string[]].flat();
  const locked = lockedVersion(name);
  return known.find((version) => version === locked) ?? known.at(-1) ?? null;
}

/** The directory of an unpacked package; npm compares the archive with the registry's digest. */
function unpacked(name: string, version: string): string {
  const directory = join(cache, `${name.replace('/', '+')}@${version}`);
  const content = join(directory, 'package');
  if (existsSync(join(content, 'package.json'))) return content;
  mkdirSync(directory, { recursive: true });
  const archive = ask(['pack', '--silent', '--pack-destination', directory, `${name}@${version}`]);
  if (archive === null) throw new Error(`npm could not get ${name} ${version}`);
  // The manifest comes last, so that what has it is whole.
  const file = join(directory, archive.trim());
  execFileSync('tar', ['-xzf', file, '-C', directory, '--exclude', 'package/package.json']);
  execFileSync('tar', ['-xzf', file, '-C', directory, 'package/package.json']);
  return content;
}

function ask(command: readonly string[]): string | null {
  const npm = process.env.npm_execpath;
  const [program, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status, stdout } = spawnSync(program, [...first, ...command], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  return status === 0 ? stdout : null;
}
