// The table of layers.json is the architecture: a folder imports only the folders its row names, and only their face.
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import layers from '../../layers.json' with { type: 'json' };
import { readPackageFile } from '../../src/base/index.ts';
import { filesBelow, importsOf, valueImportsOf } from './source-files.ts';

const allowed: Readonly<Record<string, readonly string[]>> = layers;

/** Packages that are at home in one folder only; another folder asks that folder instead. Null: in tests and benches. */
const homes: Readonly<Record<string, string | null>> = {
  koffi: 'engine/llama/ffi',
  'node-llama-cpp': null,
  undici: 'outbound',
  'ipaddr.js': 'outbound',
  fastify: 'gateway',
  commander: 'cli',
  kysely: 'store',
  'openid-client': 'host/oidc',
  pg: 'store',
  'node:sqlite': 'store',
};

function folderOf(path: string): string {
  return path.split('/')[1] as string;
}

function violationsOf(path: string, imports: readonly string[], isTest: boolean): readonly string[] {
  const folder = folderOf(path);
  return imports.flatMap((specifier) => {
    if (!specifier.startsWith('.')) {
      const home = homes[specifier];
      return home === undefined || isTest || (home !== null && path.startsWith(`src/${home}/`))
        ? []
        : [`${path} imports ${specifier}, which belongs to ${home ?? 'tests'}`];
    }
    const target = normalize(join(dirname(path), specifier));
    if (!target.startsWith('src/'))
      return isTest ? [] : [`${path} imports ${specifier}, which lies outside src`];
    const targetFolder = folderOf(target);
    if (targetFolder === folder) return [];
    if (!isTest && !allowed[folder]?.includes(targetFolder))
      return [`${path} may not import ${targetFolder}`];
    // Beside the whole, a folder may show what is quick to load, for commands that only show something. Its test doubles
    // are a face for tests alone.
    const faces = isTest ? ['index.ts', 'quick.ts', 'testing.ts'] : ['index.ts', 'quick.ts'];
    return faces.some((face) => target === `src/${targetFolder}/${face}`)
      ? []
      : [`${path} imports ${target} instead of its index.ts`];
  });
}

const sources = filesBelow('src', ['.ts']).filter((file) => !file.path.startsWith('src/tensor/kernels/'));

/** The files that are loaded before a file runs; what is imported by a call waits for the call. */
function loadedAtStart(start: string): readonly string[] {
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    const file = sources.find((source) => source.path === path);
    if (file === undefined || loaded.has(path)) return;
    loaded.add(path);
    const atStart = { path, text: file.text.replaceAll(/\bimport\(/g, '') };
    for (const specifier of valueImportsOf(atStart))
      if (specifier.startsWith('.')) visit(normalize(join(dirname(path), specifier)));
  };
  visit(start);
  return [...loaded].sort();
}

describe('layers', () => {
  test('every folder of src has a row', () => {
    expect(
      [...new Set(sources.map((file) => folderOf(file.path)))].filter((folder) => !(folder in allowed)),
    ).toEqual([]);
  });

  test('a row names only folders that stand above it in the table, so that no cycle is possible', () => {
    const order = Object.keys(allowed);
    const upward = order.flatMap((folder, rank) =>
      (allowed[folder] as readonly string[]).filter((target) => order.indexOf(target) >= rank),
    );
    expect(upward).toEqual([]);
  });

  test('the gateway declares what it needs and sees none of those who bring it', () => {
    const hidden = ['teach', 'assess', 'store', 'guard', 'meter', 'governance'];
    expect(hidden.filter((folder) => allowed.gateway?.includes(folder as never))).toEqual([]);
  });

  test('imports go downward, through index.ts, and heavy packages stay at home', () => {
    const violations = sources.flatMap((file) =>
      violationsOf(file.path, importsOf(file), file.path.endsWith('.test.ts')),
    );
    expect(violations).toEqual([]);
  });

  test('what runs imports only packages that are installed to run', () => {
    const { dependencies } = readPackageFile();
    // The generated files hold templates, whose language has imports of its own.
    const left = /\.test\.ts$|\/(contract[\w-]*|testing|generated-files)\.ts$/;
    const foreign = sources
      .filter(({ path }) => !left.test(path))
      .flatMap((file) => valueImportsOf(file).map((specifier) => ({ path: file.path, specifier })))
      // Not files of ours, not Node's, and not text that only looks like an import.
      .filter(({ specifier }) => /^@?[a-z][\w.-]*(\/[\w.-]+)*$/.test(specifier))
      .map(({ path, specifier }) => {
        const parts = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1);
        return { path, name: parts.join('/') };
      })
      .filter(({ name }) => !Object.hasOwn(dependencies, name));
    expect(foreign).toEqual([]);
  });

  test('the check itself sees an upward import, a bypassed face and a package away from home', () => {
    expect(violationsOf('src/base/x.ts', ['../gateway/index.ts'], false)).toHaveLength(1);
    expect(violationsOf('src/gateway/x.ts', ['../catalog/blobs.ts'], false)).toHaveLength(1);
    expect(violationsOf('src/engine/llama/x.ts', ['koffi'], false)).toHaveLength(1);
    expect(violationsOf('src/gateway/x.ts', ['../catalog/index.ts', './y.ts', 'fastify'], false)).toEqual([]);
  });

  test('a principal is made only where keys are checked', () => {
    const makers = sources
      .filter((file) => !file.path.startsWith('src/traffic/') && !file.path.endsWith('.test.ts'))
      .filter((file) => /\bcreatePrincipal\b/.test(file.text))
      .map((file) => file.path);
    expect(makers).toEqual([
      'src/gateway/testing.ts',
      'src/store/keys/key-snapshot.ts',
      'src/store/sessions/session-snapshot.ts',
    ]);
  });

  test('variables of the environment are named in host/environment.ts, and what children see in two lists', () => {
    const readers = sources
      .filter((file) => !file.path.endsWith('.test.ts') && !/fake-server|fixture/.test(file.path))
      .filter((file) => /\bprocess\.env\b(?!\))|\benv\b[^;]* from 'node:process'/.test(file.text))
      .map((file) => file.path);
    // The renderer's child gets the one variable without which Windows starts no process.
    expect(readers).toEqual(['src/formats/chat-template/embedded/renderer.ts']);
    const passedOn = sources
      .filter((file) => !file.path.endsWith('.test.ts'))
      .flatMap(({ text }) => [...text.matchAll(/(\w+)\(process\.env\)/g)].map((match) => match[1]));
    expect(new Set(passedOn)).toEqual(new Set(['readEnvironment', 'childEnvironment']));
  });

  test('`list` loads nothing that runs, trains, assesses or serves a model', () => {
    const loaded = loadedAtStart('src/cli/list.ts');
    const folders = ['engine', 'assess', 'reasoning', 'teach', 'tensor', 'gateway', 'outbound', 'host'];
    expect(loaded.length).toBeGreaterThan(50);
    expect(folders.filter((folder) => loaded.includes(`src/${folder}/index.ts`))).toEqual([]);
  });

  test('time and chance are read in base only', () => {
    const readers = sources
      .filter((file) => !file.path.startsWith('src/base/') && !file.path.endsWith('.test.ts'))
      .filter((file) => /\bDate\.now\(|\bMath\.random\(|\bperformance\.now\(|\bnew Date\(\)/.test(file.text))
      .map((file) => file.path);
    expect(readers).toEqual([]);
  });

  test('help loads what commands say of themselves, and nothing of what they do', () => {
    const loaded = loadedAtStart('src/cli/program.ts').filter((path) => !path.startsWith('src/base/'));
    const described = loaded.filter((path) => path.endsWith('.command.ts'));
    expect(described.length).toBeGreaterThan(15);
    expect(loaded.filter((path) => !described.includes(path))).toEqual([
      'src/cli/command-description.ts',
      'src/cli/command.ts',
      'src/cli/commands.ts',
      'src/cli/program.ts',
      'src/cli/progress-display.ts',
      'src/cli/terminal.ts',
    ]);
  });

  test('one file writes to the terminal, and one the log: what strangers wrote is made harmless there', () => {
    const writers = sources
      .filter((file) => !/\.test\.ts$|fake-server|fixture/.test(file.path))
      .filter((file) => /\bprocess\.(stdout|stderr)\b(?!\.on\()|\bconsole\.\w+\(/.test(file.text))
      .map((file) => file.path);
    // The prompt of `chat` is drawn by readline, which prints nothing but what its user types.
    expect(writers).toEqual(['src/cli/chat.ts', 'src/cli/terminal.ts', 'src/host/server-logger.ts']);
  });

  test('no test replaces a module', () => {
    const mocks = filesBelow('src', ['.test.ts'])
      .filter((file) => /\bvi\.(mock|doMock)\(/.test(file.text))
      .map((file) => file.path);
    expect(mocks).toEqual([]);
  });
});
