// A second name for the same bytes, where the file system knows such a thing.
import type { Disk } from '../../base/index.ts';

const impossible: ReadonlySet<string | undefined> = new Set(['ENOTSUP', 'EPERM', 'EXDEV', 'ENOSYS']);

/** False where the file system has no second names, or the two places are on different ones. */
export function linkIfPossible(from: string, to: string, disk: Disk): boolean {
  try {
    disk.linkSync(from, to);
    return true;
  } catch (cause) {
    if (impossible.has((cause as NodeJS.ErrnoException).code)) return false;
    throw cause;
  }
}
