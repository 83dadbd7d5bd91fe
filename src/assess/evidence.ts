// The evidence of one assessment: one JSON object a line, appended as it happens. The file gets its name, and its
// digest a place in the record, only when it is complete and on disk; what was not sealed is removed.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Digest,
  type Json,
  makeDirectory,
  parseDigest,
  syncDirectory,
  TiegelError,
} from '../base/index.ts';

export type Evidence = Disposable & {
  readonly path: string;
  /** @throws TGL_DISK_FULL */
  readonly append: (line: { readonly [key: string]: Json }) => void;
  /** Makes the file final; its SHA-256. */
  readonly seal: () => Digest;
};

export function openEvidence(directory: string): Evidence {
  makeDirectory(directory, 0o700);
  const path = join(directory, 'evidence.jsonl');
  const partial = `${path}.partial`;
  const file = openSync(partial, 'wx', 0o600);
  const hash = createHash('sha256');
  let sealed = false;
  return {
    path,
    append: (line) => {
      // Not canonical JSON, which refuses the lone surrogates that a model may well produce.
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      hash.update(bytes);
      onFullDisk(path, () => writeFileSync(file, bytes));
    },
    seal: () => {
      onFullDisk(path, () => fsyncSync(file));
      renameSync(partial, path);
      syncDirectory(directory);
      syncDirectory(dirname(directory));
      sealed = true;
      return parseDigest(hash.digest('hex'));
    },
    [Symbol.dispose]: () => {
      closeSync(file);
      if (!sealed) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function onFullDisk(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new TiegelError('TGL_DISK_FULL', { path }, { cause });
    throw cause;
  }
}
