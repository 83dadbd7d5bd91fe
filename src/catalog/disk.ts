// The few operations by which the catalog changes the disk, as a value: tests make the n-th one fail.
import { rmSync } from 'node:fs';
import { type FileHandle, link, rename, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory, writeFileAtomically } from '../base/index.ts';

export type Disk = {
  readonly append: (file: FileHandle, chunk: Uint8Array) => Promise<void>;
  readonly writeAt: (file: FileHandle, chunk: Uint8Array, position: number) => Promise<void>;
  readonly sync: (file: FileHandle) => Promise<void>;
  /** Renames durably. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /** A second name for the same bytes; false where the file system knows none. */
  readonly link: (from: string, to: string) => Promise<boolean>;
  /** Bytes that are left for this user on the disk of a directory. */
  readonly free: (directory: string) => Promise<number>;
  /** Removes durably. */
  readonly removeFile: (path: string) => void;
  readonly replaceFile: (path: string, content: string) => void;
};

export const systemDisk: Disk = {
  append: async (file, chunk) => {
    for (let written = 0; written < chunk.length; ) {
      written += (await file.write(chunk, written)).bytesWritten;
    }
  },
  writeAt: async (file, chunk, position) => {
    for (let written = 0; written < chunk.length; ) {
      written += (await file.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
    }
  },
  sync: (file) => file.sync(),
  rename: async (from, to) => {
    await rename(from, to);
    syncDirectory(dirname(to));
  },
  link: async (from, to) => {
    try {
      await link(from, to);
      return true;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOTSUP' || code === 'EPERM' || code === 'EXDEV' || code === 'ENOSYS') return false;
      throw cause;
    }
  },
  free: async (directory) => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  },
  removeFile: (path) => {
    rmSync(path);
    syncDirectory(dirname(path));
  },
  replaceFile: writeFileAtomically,
};
