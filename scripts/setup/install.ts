// Installs beside what is there, checks it and puts it in its place by renaming, so that what was there before is whole
// until what comes after it is. Unchanged packages are taken over as hard links.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { holdLock, isRunning, TiegelError } from '../../src/base/index.ts';
import { installProject } from './npm-project.mjs';
import { isWhole, readStamp, type Stamp, stampName } from './stamp.ts';
import type { WantedPackages } from './wanted-packages.ts';

export type Installation = {
  /** The checkout. */
  readonly root: string;
  /** Where the packages are put together, below `.setup`; it may hold the beginning already, and the caller removes it. */
  readonly stage: string;
  readonly wanted: WantedPackages;
  readonly stamp: Stamp;
  readonly print: (text: string) => void;
};

/** @throws TGL_SETUP_… ; what was installed before is then as it was */
export function installWhole(installation: Installation): void {
  const { root, stage, stamp, print } = installation;
  const place = dirname(stage);
  try {
    mkdirSync(stage, { recursive: true });
    using _lock = waitForLock(join(place, 'lock'), print);
    // Another set-up may have done it meanwhile.
    if (isWhole(readStamp(root), stamp)) return;
    removeAbandoned(place);
    putTogether(installation);
    writeFileSync(join(stage, 'node_modules', stampName), JSON.stringify(stamp));
    takePlace(join(stage, 'node_modules'), join(root, 'node_modules'), join(stage, 'replaced'));
  } catch (error) {
    throw asSetupError(error, stage);
  }
}

function putTogether({ root, stage, wanted, print }: Installation): void {
  const { dependencies, unlocked, packages } = wanted;
  const count = Object.keys(packages).length + Object.keys(unlocked).length;
  print(`Installing ${count} packages (once per change of package-lock.json) …`);
  const modules = join(stage, 'node_modules');
  if (!existsSync(modules)) takeOver(join(root, 'node_modules'), modules);
  const failure = installProject(stage, dependencies, unlocked, packages);
  if (failure !== undefined) throw new TiegelError(failure.code, failure.details);
  const problem = differenceOf(modules, wanted);
  if (problem !== undefined)
    throw new TiegelError('TGL_SETUP_PACKAGE_CHANGED', { path: stage, reason: problem });
  for (const name of Object.keys(unlocked))
    print(
      existsSync(join(modules, name))
        ? `${name} is not in package-lock.json; it was taken by its version, with the registry's own digest.`
        : `The registry has no ${name} ${unlocked[name]}: models do not run on this machine, those on servers can be used.`,
    );
}

/** Waits for a set-up that is under way. One that was ended leaves nothing to wait for. */
function waitForLock(path: string, print: (text: string) => void): Disposable {
  for (let told = false; ; told = true) {
    let holder = 0;
    try {
      return holdLock(path, (running) => {
        holder = running;
        return new Error('held');
      });
    } catch (error) {
      if (holder === 0) throw error;
      if (!told) print(`Waiting for another set-up (process ${holder}) …`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
}

/** What set-ups that were ended on their way have left. */
function removeAbandoned(place: string): void {
  for (const name of readdirSync(place))
    if (/^\d+$/.test(name) && !isRunning(Number(name)))
      rmSync(join(place, name), { recursive: true, force: true });
}

/** npm's own inventory of what is installed; it believes it while no directory is newer. */
const inventoryName = '.package-lock.json';

/** The tree by hard links, which npm never writes through: it replaces a package whole. Nothing where that cannot be. */
function takeOver(from: string, to: string): void {
  if (!existsSync(join(from, inventoryName))) return;
  try {
    linkTree(from, to);
    rmSync(join(to, inventoryName));
    rmSync(join(to, stampName), { force: true });
    rmSync(join(to, '.cache'), { recursive: true, force: true });
    copyFileSync(join(from, inventoryName), join(to, inventoryName));
  } catch {
    rmSync(to, { recursive: true, force: true });
  }
}

function linkTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkSync(source, target);
  }
}

type Inventory = {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
};

/** How what npm has installed differs from what was wanted; undefined where it does not. */
function differenceOf(modules: string, { packages, unlocked }: WantedPackages): string | undefined {
  const installed = (JSON.parse(readFileSync(join(modules, inventoryName), 'utf8')) as Inventory).packages;
  for (const [path, { version, integrity }] of Object.entries(packages)) {
    const found = installed[path];
    if (found === undefined || !existsSync(join(modules, '..', path))) return `${path} is missing`;
    if (found.version !== version) return `${path} is ${found.version}, not ${version}`;
    if (found.integrity !== integrity) return `${path} has the digest ${found.integrity}, not ${integrity}`;
  }
  const foreign = Object.keys(installed).find(
    (path) => !Object.hasOwn(packages, path) && !Object.hasOwn(unlocked, path.replace('node_modules/', '')),
  );
  return foreign === undefined ? undefined : `${foreign} is not in package-lock.json`;
}

/** Between the two renames there is nothing at `to`; a set-up that is ended there is followed by a whole one. */
function takePlace(from: string, to: string, replaced: string): void {
  try {
    if (existsSync(to)) renameSync(to, replaced);
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to) && existsSync(replaced)) renameSync(replaced, to);
    const reason = (error as Error).message;
    throw new TiegelError('TGL_SETUP_IN_USE', { path: to, reason });
  }
}

function asSetupError(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (TiegelError.isInstance(error)) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new TiegelError('TGL_SETUP_DISK_FULL', { path, reason: code }, { cause: error });
  return new TiegelError('TGL_SETUP_FAILED', { reason: message }, { cause: error });
}
