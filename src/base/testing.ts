// A disk for tests: does what the system's does, and writes down in which order. `undurable` then says what of it a
// crash of the machine could undo although it looks finished, by the rules of POSIX: bytes are safe once their file was
// synced, names once their directory was. Imported by tests only.
import { basename, dirname, join } from 'node:path';
import { type Disk, systemDisk } from './disk.ts';

export type DiskOperation = {
  readonly type: 'open' | 'write' | 'sync' | 'rename' | 'link' | 'remove' | 'directory' | 'sync-directory';
  /** Of a rename or a link, the new name. */
  readonly path: string;
  readonly from?: string;
};

export type RecordingDisk = Disk & {
  readonly operations: readonly DiskOperation[];
  /** What was done and is not safe, one sentence each. */
  readonly undurable: () => readonly string[];
  /** Files that were opened with `openSync` and never closed. */
  readonly unclosed: () => readonly string[];
};

/** @param failAt the operation, counted from 1, that fails as on a full disk */
export function recordingDisk(failAt: number = Number.POSITIVE_INFINITY): RecordingDisk {
  const operations: DiskOperation[] = [];
  const pathOf = new Map<number, string>();
  const opened = new Map<number, string>();
  let attempts = 0;
  const record = (operation: DiskOperation): void => {
    attempts++;
    if (attempts === failAt) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    operations.push(operation);
  };
  const named = (file: number): string => pathOf.get(file) ?? `file ${file}`;

  return {
    ...systemDisk,
    operations,
    undurable: () => undurable(operations),
    unclosed: () => [...opened.values()],
    openSync: (path, flags, mode) => {
      record({ type: 'open', path });
      const file = systemDisk.openSync(path, flags, mode);
      pathOf.set(file, path);
      opened.set(file, path);
      return file;
    },
    closeSync: (file) => {
      systemDisk.closeSync(file);
      opened.delete(file);
    },
    writeSync: (file, chunk) => {
      record({ type: 'write', path: named(file) });
      systemDisk.writeSync(file, chunk);
    },
    truncateSync: (file, bytes) => {
      record({ type: 'write', path: named(file) });
      systemDisk.truncateSync(file, bytes);
    },
    fsyncSync: (file) => {
      record({ type: 'sync', path: named(file) });
      systemDisk.fsyncSync(file);
    },
    open: async (path, flags, mode) => {
      record({ type: 'open', path });
      const file = await systemDisk.open(path, flags, mode);
      pathOf.set(file.fd, path);
      return file;
    },
    write: async (file, chunk, position) => {
      record({ type: 'write', path: named(file.fd) });
      await systemDisk.write(file, chunk, position);
    },
    fsync: async (file) => {
      record({ type: 'sync', path: named(file.fd) });
      await systemDisk.fsync(file);
    },
    renameSync: (from, path) => {
      record({ type: 'rename', path, from });
      systemDisk.renameSync(from, path);
    },
    linkSync: (from, path) => {
      record({ type: 'link', path, from });
      systemDisk.linkSync(from, path);
    },
    rmSync: (path) => {
      operations.push({ type: 'remove', path });
      systemDisk.rmSync(path);
    },
    mkdirSync: (path, mode) => {
      record({ type: 'directory', path });
      systemDisk.mkdirSync(path, mode);
    },
    fsyncDirectorySync: (path) => {
      record({ type: 'sync-directory', path });
      systemDisk.fsyncDirectorySync(path);
    },
  };
}

function undurable(operations: readonly DiskOperation[]): readonly string[] {
  const problems: string[] = [];
  const unsyncedBytes = new Set<string>();
  /** Directory → names in it that a crash could undo. */
  const unsyncedNames = new Map<string, Set<string>>();
  const name = (path: string): void => {
    const directory = dirname(path);
    unsyncedNames.set(directory, (unsyncedNames.get(directory) ?? new Set()).add(basename(path)));
  };
  for (const { type, path, from } of operations) {
    if (type === 'write') unsyncedBytes.add(path);
    else if (type === 'sync') unsyncedBytes.delete(path);
    else if (type === 'open' || type === 'directory') name(path);
    else if (type === 'sync-directory') unsyncedNames.delete(path);
    else if (type === 'remove') {
      unsyncedBytes.delete(path);
      unsyncedNames.get(dirname(path))?.delete(basename(path));
    } else {
      if (unsyncedBytes.has(from!)) problems.push(`${basename(path)} was named before its bytes were synced`);
      if (type === 'rename') {
        unsyncedNames.get(dirname(from!))?.delete(basename(from!));
        unsyncedBytes.delete(from!);
      }
      name(path);
    }
  }
  const bytes = [...unsyncedBytes].map((path) => `the bytes of ${basename(path)} were not synced`);
  const names = [...unsyncedNames].flatMap(([directory, all]) =>
    [...all].map((entry) => `the name ${basename(join(directory, entry))} was not synced`),
  );
  return [...problems, ...bytes, ...names];
}
