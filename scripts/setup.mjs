// Brings a checkout to the state its lockfile describes, as far as a purpose needs it (`--for development` for tests and
// tools). Plain JavaScript without dependencies, because it runs before anything is installed, under whatever Node (20 or
// later) the machine has: it gets the pinned Node, which arrives as a platform package, and leaves the rest to that.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installProject } from './setup/npm-project.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const main = join(root, 'scripts', 'setup', 'main.ts');
const read = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'));

if (isRecent(process.versions.node)) await import('./setup/main.ts');
else process.exitCode = runUnder(installedNode() ?? fetchedNode());

/** 24.12 or later, which runs TypeScript. */
function isRecent(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 12);
}

function pinned() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  return { name, binary: join(name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node') };
}

function installedNode() {
  const binary = join(root, 'node_modules', pinned().binary);
  return existsSync(binary) ? binary : undefined;
}

/** Into the directory that the other packages are then added to. */
function fetchedNode() {
  const { name, binary } = pinned();
  const path = `node_modules/${name}`;
  const locked = read('package-lock.json').packages[path];
  if (locked === undefined) {
    const platform = `${process.platform}-${process.arch}`;
    fail('TGL_SETUP_NODE', { wanted: '24.12', found: process.versions.node, platform });
  }
  process.stderr.write('Getting Node 24 …\n');
  const directory = join(root, '.setup', String(process.pid));
  const failure = installProject(
    directory,
    { [name]: locked.version },
    {},
    { [path]: { ...locked, optional: false } },
  );
  if (failure === undefined) return join(directory, 'node_modules', binary);
  rmSync(directory, { recursive: true, force: true });
  fail(failure.code, failure.details);
}

function runUnder(node) {
  const given = [...process.argv.slice(2), '--process', String(process.pid)];
  const { status } = spawnSync(node, [main, ...given], { stdio: 'inherit' });
  return status ?? 1;
}

function fail(code, details) {
  const { message, fix } = read('src', 'base', 'errors', 'setup.json')[code];
  const filled = message.replaceAll(/\{(\w+)\}/g, (_, name) => details[name]);
  process.stderr.write(`${code}: ${filled}\n${fix}\n`);
  process.exit(1);
}
