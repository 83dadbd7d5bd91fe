// Random access to bytes: a file on disk or an array in memory. Readers ask for exactly the range they need.
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { TiegelError } from '../../base/index.ts';

export type ByteSource = Disposable & {
  /** Bytes in all. */
  readonly size: number;
  /** Fills `target` from `offset` on; the number of bytes read, less than asked for only at the end. */
  readonly read: (target: Uint8Array, offset: number) => number;
};

export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (target, offset) => {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
    [Symbol.dispose]: () => {},
  };
}

/** Several sources, one behind the other; disposing of it disposes of them. */
export function joinSources(sources: readonly ByteSource[]): ByteSource {
  return {
    size: sources.reduce((sum, { size }) => sum + size, 0),
    read: (target, offset) => {
      let start = 0;
      let filled = 0;
      for (const source of sources) {
        const wanted = Math.min(target.length - filled, start + source.size - offset - filled);
        if (wanted > 0)
          filled += source.read(target.subarray(filled, filled + wanted), offset + filled - start);
        start += source.size;
      }
      return filled;
    },
    [Symbol.dispose]: () => {
      for (const source of sources) source[Symbol.dispose]();
    },
  };
}

/**
 * An open file. Devices, pipes and directories are refused before they are opened, since they could block for ever.
 *
 * @throws TGL_FILE_NOT_FOUND
 */
export function fileSource(path: string): ByteSource {
  const file = openRegularFile(path);
  return {
    size: fstatSync(file).size,
    read: (target, offset) => {
      let filled = 0;
      while (filled < target.length) {
        const count = readSync(file, target, filled, target.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

/**
 * What the header of a file says; the file stays open until that is disposed of.
 *
 * @throws TGL_FILE_NOT_FOUND and what `readHeader` throws
 */
export function openWith<Header extends object>(
  path: string,
  readHeader: (source: ByteSource) => Header,
): Header & Disposable {
  using opening = new DisposableStack();
  const header = readHeader(opening.use(fileSource(path)));
  const open = opening.move();
  return { ...header, [Symbol.dispose]: () => open.dispose() };
}

function openRegularFile(path: string): number {
  try {
    if (statSync(path).isFile()) return openSync(path, constants.O_RDONLY);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new TiegelError('TGL_FILE_NOT_FOUND', { path, reason }, { cause });
  }
  throw new TiegelError('TGL_FILE_NOT_FOUND', { path, reason: 'not a regular file' });
}
