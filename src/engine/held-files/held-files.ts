// Model files between their check and their use. Each is opened once, digested through its descriptor, and handed to the
// runtime as that descriptor, so that exchanging a name or a directory meanwhile changes nothing; afterwards nothing may
// have been written to it. Where the system has no /proc the runtime opens the name, which must still mean the same file.
//
// Not excluded: who writes through a mapping made before (no file system has to tell the time of that) or below the file
// system, as root or a failing disk between our reading and the runtime's.
import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TiegelError } from '../../base/index.ts';
import type { LoadedFile } from '../../catalog/index.ts';
import { shardNames } from '../../formats/index.ts';

export type HeldFiles = Disposable & {
  /** For the child process, which gets them as its descriptors from `firstDescriptor` on. */
  readonly descriptors: readonly number[];
  /** Under which path the child finds a file; of one that is not held, the path itself. */
  readonly pathFor: (path: string) => string;
  /** Called when the runtime has read them. @throws TGL_BLOB_CORRUPT when one was written to since it was opened. */
  readonly requireUnchanged: () => void;
};

type Held = LoadedFile & {
  readonly descriptor: number;
  /** Where the child finds it. */
  readonly childPath: string;
};

const descriptorsHaveNames = existsSync('/proc/self/fd');

/**
 * Opens the files and compares their bytes with their digests.
 *
 * @param files handed to the child as descriptors, of which the first one has the number `firstDescriptor` there.
 * @param named files that are opened by their names in spite of that, such as a program.
 * @throws TGL_BLOB_CORRUPT, also for a file that is missing; the reason of `signal`
 */
export async function holdFiles(
  files: readonly LoadedFile[],
  firstDescriptor: number,
  named: readonly LoadedFile[],
  signal: AbortSignal,
): Promise<HeldFiles> {
  using held = new DisposableStack();
  const directory = held.use(createLinkDirectory());
  const open = (file: LoadedFile, childPath: string): Held => {
    const descriptor = openFile(file);
    held.defer(() => closeSync(descriptor));
    return { ...file, descriptor, childPath };
  };
  const passed = files.map((file, index) => open(file, directory.pathOf(file.path, firstDescriptor + index)));
  const opened = [...passed, ...named.map((file) => open(file, file.path))];
  const identities = (): readonly string[] =>
    opened.map((file) => `${identityOf(file)}, ${directory.identity()}`);
  const before = identities();
  const digests = await digestsOf(opened, signal);
  for (const [index, { digest }] of opened.entries()) {
    const received = digests[index] as string;
    if (received !== digest) throw new TiegelError('TGL_BLOB_CORRUPT', { digest, received });
  }
  const kept = held.move();
  return {
    descriptors: passed.map(({ descriptor }) => descriptor),
    pathFor: (path) => opened.find((file) => file.path === path)?.childPath ?? path,
    requireUnchanged: () => {
      const now = identities();
      const changed = opened.find((_, index) => now[index] !== before[index]);
      if (changed === undefined) return;
      const received = 'a change while it was read';
      throw new TiegelError('TGL_BLOB_CORRUPT', { digest: changed.digest, received });
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** A pipe in place of a file must not make us wait for its writer. */
function openFile({ path, digest }: LoadedFile): number {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
  } catch (cause) {
    throw new TiegelError('TGL_BLOB_CORRUPT', { digest, received: 'no readable file' }, { cause });
  }
  throw new TiegelError('TGL_BLOB_CORRUPT', { digest, received: 'no regular file' });
}

/** What changes when a file changes. The change time is part of it, since it cannot be set back like `mtime`. */
function identityOf({ descriptor, path, childPath }: Held): string {
  const own = stamp(fstatSync(descriptor, { bigint: true }));
  // What is opened by its name has to be what we hold.
  return childPath === path
    ? `${own}, ${stamp(statSync(path, { bigint: true, throwIfNoEntry: false }))}`
    : own;
}

function stamp(stats: BigIntStats | undefined): string {
  if (stats === undefined) return 'nothing';
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

type LinkDirectory = Disposable & {
  readonly pathOf: (path: string, childDescriptor: number) => string;
  /** Changes when a name in it changes. */
  readonly identity: () => string;
};

/** llama.cpp finds the other shards by the name of the first: theirs get a directory of names for descriptors. */
function createLinkDirectory(): LinkDirectory {
  let directory: string | undefined;
  const links: string[] = [];
  return {
    pathOf: (path, childDescriptor) => {
      if (!descriptorsHaveNames) return path;
      const target = `/proc/self/fd/${childDescriptor}`;
      if (shardNames(basename(path)) === undefined) return target;
      directory ??= mkdtempSync(join(tmpdir(), 'tiegel-shards-'));
      const link = join(directory, basename(path));
      symlinkSync(target, link);
      links.push(link);
      return link;
    },
    identity: () =>
      [...(directory === undefined ? [] : [directory]), ...links]
        .map((path) => stamp(lstatSync(path, { bigint: true, throwIfNoEntry: false })))
        .join(),
    [Symbol.dispose]: () => {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function digestsOf(files: readonly Held[], signal: AbortSignal): Promise<readonly string[]> {
  signal.throwIfAborted();
  if (files.length === 0) return Promise.resolve([]);
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const workerData = files.map(({ descriptor }) => descriptor);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  worker.once('message', resolve);
  worker.once('error', (cause) => {
    const { digest } = files[0] as Held;
    reject(new TiegelError('TGL_BLOB_CORRUPT', { digest, received: 'no readable file' }, { cause }));
  });
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  return promise.finally(async () => {
    signal.removeEventListener('abort', stop);
    // The descriptors must not be closed and given out again while it reads.
    await worker.terminate();
  });
}
