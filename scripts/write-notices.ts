// `npm run notices`: writes down what is shipped beside our own code. `sbom.cdx.json` is npm's CycloneDX inventory of the
// packages that are needed to run, without what changes from call to call, and with llama.cpp, which a package brings as
// a library. `NOTICE` names the same packages with their licences and copyright lines. A repository test fails where
// either is older than the lockfile.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../src/base/index.ts';
import { llamaCppVersion } from '../src/engine/llama/ffi/library-files.ts';
import { type Lockfile, neededPackages } from './needed-packages.ts';

type License = {
  readonly license?: { readonly id?: string; readonly name?: string };
  readonly expression?: string;
};
type Component = {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly scope?: string;
  readonly purl?: string;
  readonly licenses?: readonly License[];
};
type Dependency = { readonly ref: string; readonly dependsOn?: readonly string[] };
type Inventory = {
  readonly metadata: object;
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
};
/** As npm writes it. */
type Written = Inventory & {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: object };
};

const root = join(import.meta.dirname, '..');

const packages = inventory();
writeFileAtomically(join(root, 'sbom.cdx.json'), `${JSON.stringify(packages, null, 1)}\n`);
writeFileAtomically(join(root, 'NOTICE'), notice(packages.components));

function inventory(): Inventory {
  const [command, first] = process.env.npm_execpath
    ? [process.execPath, [process.env.npm_execpath]]
    : ['npm', []];
  const wanted = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { status, stdout, stderr } = spawnSync(command, [...first, ...wanted], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
  const { serialNumber: _, metadata, components, dependencies, ...rest } = JSON.parse(stdout) as Written;
  const { timestamp: __, component, ...about } = metadata;
  const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
  const needed = new Set(neededPackages(lockfile).map(({ name, version }) => `${name}@${version}`));
  const isNeeded = (reference: string): boolean => needed.has(reference) || reference.startsWith('tiegel@');
  return {
    ...rest,
    metadata: { ...about, component: { ...component, name: 'tiegel' } },
    components: [...components.filter((one) => needed.has(one['bom-ref'])), llamaCpp()].toSorted((a, b) =>
      a['bom-ref'] < b['bom-ref'] ? -1 : 1,
    ),
    dependencies: dependencies
      .filter(({ ref }) => isNeeded(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isNeeded) })),
  };
}

/** The library inside the packages `@node-llama-cpp/*`, by the release that they were built from. */
function llamaCpp(): Component {
  const release = `v${llamaCppVersion}`;
  return {
    'bom-ref': `llama.cpp@${release}`,
    type: 'library',
    name: 'llama.cpp',
    version: release,
    scope: 'required',
    purl: `pkg:github/ggml-org/llama.cpp@${release}`,
    licenses: [{ license: { id: 'MIT' } }],
  };
}

function notice(components: readonly Component[]): string {
  const entries = components.map((component) => {
    const lines = copyrightLines(component).map((line) => `    ${line}\n`);
    return `${component.name} ${component.version} (${licenseOf(component)})\n${lines.join('')}`;
  });
  return [
    'Tiegel\n',
    'Licensed under the Apache License, Version 2.0; see LICENSE.\n',
    'To run, it needs the packages below, which its lockfile names and npm installs. Each is under the licence named\n',
    'beside it, whose text lies in the package. Packages for other platforms than the one this list was written on are\n',
    'named without their copyright lines.\n\n',
    ...entries,
  ].join('');
}

function licenseOf({ licenses = [] }: Component): string {
  return licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name).join(', ');
}

function copyrightLines({ name }: Component): readonly string[] {
  const directory = join(root, 'node_modules', name);
  if (!existsSync(directory)) return [];
  const texts = readdirSync(directory)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) => readFileSync(join(directory, file), 'utf8'));
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).map((line) => line.trim().replace(/\s+/g, ' '));
  return [...new Set(lines.filter((line) => /^copyright (\(c\)|©|\d{4})/i.test(line)))].slice(0, 5);
}
