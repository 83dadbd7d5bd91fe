// Every operation by which this program changes the disk, as a value. Files are made durable in terms of these alone, so
// that a test can record their order, and make the n-th one fail. A full disk is one typed error, whichever of them met it.
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { TiegelError } from './error.ts';

/** The names are those of node:fs; what ends in `Sync` blocks, the others are for files of many megabytes. */
export type Disk = {
  readonly openSync: (path: string, flags: WriteFlags, mode: number) => number;
  /** Writes the whole chunk where the file stands. */
  readonly writeSync: (file: number, chunk: Uint8Array) => void;
  readonly truncateSync: (file: number, bytes: number) => void;
  readonly fsyncSync: (file: number) => void;
  readonly closeSync: (file: number) => void;
  readonly open: (path: string, flags: WriteFlags, mode: number) => Promise<FileHandle>;
  /** Writes the whole chunk at `position`, or where the file stands. */
  readonly write: (file: FileHandle, chunk: Uint8Array, position: number | null) => Promise<void>;
  readonly fsync: (file: FileHandle) => Promise<void>;
  /** Neither of these three is durable before the directory is synced. */
  readonly renameSync: (from: string, to: string) => void;
  readonly linkSync: (from: string, to: string) => void;
  readonly rmSync: (path: string) => void;
  readonly mkdirSync: (path: string, mode: number | undefined) => void;
  /** Makes the entries of a directory durable; a no-op where the platform cannot. */
  readonly fsyncDirectorySync: (path: string) => void;
  /** Bytes that are left for this user on the disk of a directory. */
  readonly freeBytes: (directory: string) => Promise<number>;
};

/** Truncate or make, make, append or make, change in place. */
export type WriteFlags = 'w' | 'wx' | 'a' | 'r+';

export const systemDisk: Disk = {
  openSync,
  writeSync: (file, chunk) => {
    for (let written = 0; written < chunk.length; ) written += writeSync(file, chunk, written);
  },
  truncateSync: ftruncateSync,
  fsyncSync,
  closeSync,
  open,
  write: async (file, chunk, position) => {
    for (let written = 0; written < chunk.length; ) {
      const at = position === null ? null : position + written;
      written += (await file.write(chunk, written, chunk.length - written, at)).bytesWritten;
    }
  },
  fsync: (file) => file.sync(),
  renameSync,
  linkSync,
  rmSync: (path) => rmSync(path),
  mkdirSync: (path, mode) => {
    mkdirSync(path, mode === undefined ? {} : { mode });
  },
  fsyncDirectorySync: (path) => {
    if (process.platform === 'win32') return;
    const directory = openSync(path, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  },
  freeBytes: async (directory) => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  },
};

const fullDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
const unwritable: ReadonlySet<string> = new Set([
  'EACCES',
  'EISDIR',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'ENAMETOOLONG',
]);

/** What to throw in place of `cause`, which came up while `path` was being written. */
export function diskError(path: string, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (fullDisk.has(code)) return new TiegelError('TGL_DISK_FULL', { path }, { cause });
  if (unwritable.has(code))
    return new TiegelError('TGL_FILE_NOT_WRITABLE', { path, reason: code }, { cause });
  return cause;
}

/** Runs something that writes `path`. @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE */
export function onDisk<Value>(path: string, write: () => Value): Value {
  try {
    return write();
  } catch (cause) {
    throw diskError(path, cause);
  }
}
