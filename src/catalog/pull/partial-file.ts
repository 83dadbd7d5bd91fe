// A file that is being fetched, and a note beside it of the bytes that are safely on disk. The note is written after
// those bytes were synced, so that a kill loses what came since the last note and never leaves a hole that looks full.
import { rmSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { type Disk, holdLock, isLocked, TiegelError, writeFileAtomically } from '../../base/index.ts';
import { finite, members, readStrictJson, strictJson } from '../storage/strict-json.ts';
import { addRange, type ByteRange, lengthOf, missingRanges } from './byte-ranges.ts';

/** What must be the same for two fetches to be of one file: its length, and the server's tag where there is one. */
export type Identity = { readonly bytes: number; readonly tag: string | null };

export type PartialFile = AsyncDisposable & {
  /** Bytes that are here. */
  readonly received: () => number;
  readonly missing: (largest: number) => readonly ByteRange[];
  readonly write: (position: number, chunk: Uint8Array) => Promise<void>;
  /** Writes the note. */
  readonly save: () => Promise<void>;
};

const maxNoteBytes = 2 ** 20;

/**
 * Opens the file at `path`, going on where an earlier fetch of the same identity stopped.
 *
 * @param noteBytes bytes between two notes
 * @throws TGL_PULL_RUNNING while another process writes it
 */
export async function openPartialFile(
  path: string,
  identity: Identity,
  disk: Disk,
  noteBytes: number,
): Promise<PartialFile> {
  const note = `${path}.json`;
  const lockPath = `${path}.lock`;
  const lock = holdLock(
    lockPath,
    (process) => new TiegelError('TGL_PULL_RUNNING', { process, path: lockPath }),
  );
  let file: FileHandle;
  let done: readonly ByteRange[];
  try {
    done = readNote(note, identity);
    if (done.length === 0) rmSync(note, { force: true });
    file = await disk.open(path, done.length === 0 ? 'w' : 'r+', 0o600);
    await file.truncate(identity.bytes);
  } catch (cause) {
    lock[Symbol.dispose]();
    throw cause;
  }
  let unsaved = 0;
  let saving = Promise.resolve();

  const save = (): Promise<void> => {
    saving = saving.then(async () => {
      const synced = done;
      unsaved = 0;
      await disk.fsync(file);
      writeFileAtomically(note, strictJson({ schema: 1, ...identity, done: synced }), { disk });
    });
    return saving;
  };

  return {
    received: () => lengthOf(done),
    missing: (largest) => missingRanges(done, identity.bytes, largest),
    write: async (position, chunk) => {
      await disk.write(file, chunk, position);
      done = addRange(done, [position, position + chunk.length]);
      unsaved += chunk.length;
      if (unsaved >= noteBytes) await save();
    },
    save,
    [Symbol.asyncDispose]: async () => {
      await saving.catch(() => {});
      await file.close();
      lock[Symbol.dispose]();
    },
  };
}

/** The ranges a note speaks of; none where it is absent, damaged or of another file. */
function readNote(path: string, identity: Identity): readonly ByteRange[] {
  try {
    const refuse = (): never => {
      throw new Damaged();
    };
    const value = readStrictJson(path, maxNoteBytes, refuse);
    if (value === undefined) return [];
    const note = members(value, 'the note', ['schema', 'bytes', 'tag', 'done'], refuse);
    const same = note.schema === 1 && note.bytes === identity.bytes && note.tag === identity.tag;
    if (!same || !Array.isArray(note.done)) return refuse();
    return note.done.reduce((ranges: readonly ByteRange[], range: unknown) => {
      if (!Array.isArray(range) || range.length !== 2) return refuse();
      const [from, to] = range.map((end) => finite(end, 'an end', refuse)) as [number, number];
      return from >= 0 && from < to && to <= identity.bytes ? addRange(ranges, [from, to]) : refuse();
    }, []);
  } catch (cause) {
    if (cause instanceof Damaged) return [];
    throw cause;
  }
}

class Damaged extends Error {}

/** Whether a process that runs is fetching the file at `path`. */
export function isBeingFetched(path: string): boolean {
  return isLocked(`${path}.lock`);
}
