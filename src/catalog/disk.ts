// The few operations by which the catalog changes the disk, as a value: tests make the n-th one fail.
import { type FileHandle, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory, writeFileAtomically } from '../base/index.ts';

export type Disk = {
  readonly append: (file: FileHandle, chunk: Uint8Array) => Promise<void>;
  readonly sync: (file: FileHandle) => Promise<void>;
  /** Renames durably. */
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly replaceFile: (path: string, content: string) => void;
};

export const systemDisk: Disk = {
  append: async (file, chunk) => {
    for (let written = 0; written < chunk.length; ) {
      written += (await file.write(chunk, written)).bytesWritten;
    }
  },
  sync: (file) => file.sync(),
  rename: async (from, to) => {
    await rename(from, to);
    syncDirectory(dirname(to));
  },
  replaceFile: writeFileAtomically,
};
