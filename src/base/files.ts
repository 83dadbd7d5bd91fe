// Durable files: what has been acknowledged survives `kill -9` and a full disk, and a reader sees the old content or
// the new one, never a part. Write to a temporary file, fsync it, rename it over the target, fsync the directory.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Disk, diskError, onDisk, systemDisk } from './disk.ts';

export type WriteOptions = {
  /** Permission bits of a new file. @default 0o644 */
  readonly mode?: number;
  /** @default the disk of this machine */
  readonly disk?: Disk;
};

/**
 * Replaces the file at `path` by `content` in one step.
 *
 * @throws TGL_DISK_FULL when the disk or the quota is used up, TGL_FILE_NOT_WRITABLE, and what the content throws. The old
 *   file is then unchanged; where nothing but the sync of the directory failed, the new one is there, whole.
 */
export function writeFileAtomically(
  path: string,
  content: Uint8Array | string | Iterable<Uint8Array>,
  { mode = 0o644, disk = systemDisk }: WriteOptions = {},
): void {
  const temporary = temporaryOf(path);
  try {
    writeSynced(temporary, content, { mode, disk }, path);
    moveDurably(temporary, path, disk);
  } catch (cause) {
    removeIfThere(temporary, disk);
    throw cause;
  }
}

/**
 * The same for content that is long in the making: other work, such as an interruption, gets its turn between chunks.
 *
 * @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE, and what the content throws; the old file is then unchanged.
 */
export async function streamFileAtomically(
  path: string,
  content: Iterable<Uint8Array>,
  { mode = 0o644, disk = systemDisk }: WriteOptions = {},
): Promise<void> {
  const temporary = temporaryOf(path);
  const written = <Value>(work: Promise<Value>): Promise<Value> =>
    work.catch((cause: unknown) => {
      throw diskError(path, cause);
    });
  try {
    {
      await using file = await written(disk.open(temporary, 'w', mode));
      for (const chunk of content) await written(disk.write(file, chunk, null));
      await written(disk.fsync(file));
    }
    moveDurably(temporary, path, disk);
  } catch (cause) {
    removeIfThere(temporary, disk);
    throw cause;
  }
}

/**
 * Makes the file at `path` with this content unless one is there already. Of several processes at once, one makes it.
 *
 * @returns whether this call made it
 * @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE
 */
export function createFileAtomically(
  path: string,
  content: Uint8Array | string,
  { mode = 0o644, disk = systemDisk }: WriteOptions = {},
): boolean {
  const temporary = temporaryOf(path);
  try {
    writeSynced(temporary, content, { mode, disk }, path);
    onDisk(path, () => disk.linkSync(temporary, path));
    onDisk(path, () => disk.fsyncDirectorySync(dirname(path)));
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return false;
  } finally {
    removeIfThere(temporary, disk);
  }
}

/** Renames so that the new name survives a crash. @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE */
export function moveDurably(from: string, to: string, disk: Disk): void {
  onDisk(to, () => {
    disk.renameSync(from, to);
    disk.fsyncDirectorySync(dirname(to));
  });
}

/** Removes so that the file stays away after a crash. */
export function removeDurably(path: string, disk: Disk): void {
  onDisk(path, () => {
    disk.rmSync(path);
    disk.fsyncDirectorySync(dirname(path));
  });
}

/**
 * Makes a directory and the ones above it; no error where it is there already. Node's own recursive form never returns
 * where an ancestor exists but takes no entries, such as /proc.
 *
 * @param mode permission bits of new directories (default 0o777 less the umask).
 * @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE
 */
export function makeDirectory(path: string, mode?: number, disk: Disk = systemDisk): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent, mode, disk);
  try {
    onDisk(path, () => disk.mkdirSync(path, mode));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return;
  }
  onDisk(path, () => disk.fsyncDirectorySync(parent));
}

function writeSynced(
  temporary: string,
  content: Uint8Array | string | Iterable<Uint8Array>,
  { mode, disk }: Required<WriteOptions>,
  path: string,
): void {
  const file = onDisk(path, () => disk.openSync(temporary, 'w', mode));
  try {
    for (const chunk of chunksOf(content)) onDisk(path, () => disk.writeSync(file, chunk));
    onDisk(path, () => disk.fsyncSync(file));
  } finally {
    disk.closeSync(file);
  }
}

function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
}

function removeIfThere(path: string, disk: Disk): void {
  if (existsSync(path)) disk.rmSync(path);
}

function chunksOf(content: Uint8Array | string | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}
