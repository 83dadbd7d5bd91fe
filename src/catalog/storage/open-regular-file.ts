// Opens a file that somebody named, whatever is really there.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { TiegelError } from '../../base/index.ts';

/** @throws TGL_FILE_NOT_FOUND with the reason; also for a directory, a pipe or a device. */
export async function openRegularFile(path: string): Promise<FileHandle> {
  try {
    // Asked first, because opening a pipe would wait for a writer.
    if (!(await stat(path)).isFile())
      throw new TiegelError('TGL_FILE_NOT_FOUND', { path, reason: 'not a file' });
    return await open(path, 'r');
  } catch (cause) {
    if (TiegelError.isInstance(cause)) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TiegelError('TGL_FILE_NOT_FOUND', { path, reason }, { cause });
  }
}
