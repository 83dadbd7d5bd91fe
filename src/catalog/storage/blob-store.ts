// Content-addressed bytes: blobs/sha256/<64 hexadecimal digits>. A blob gets its name only after its bytes are on disk
// and have been inspected; what a killed import leaves behind is never seen and is swept an hour later.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { chmod, lstat, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Clock,
  type Digest,
  type Disk,
  digestOfFile,
  diskError,
  type Entropy,
  moveDurably,
  parseDigest,
  TiegelError,
} from '../../base/index.ts';
import type { StoredFile } from '../variant/manifest.ts';
import type { Layout } from './layout.ts';
import { linkIfPossible } from './link-if-possible.ts';
import { openRegularFile } from './open-regular-file.ts';

type StoredBlob<Facts> = StoredFile & { readonly facts: Facts };

type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Looks at the finished copy before it gets its name; throws to refuse it. */
type Inspect<Facts> = (copy: string, digest: Digest) => Promise<Facts>;

export type AddOptions = {
  /** What is perhaps here already: it is compared first and not copied again. */
  readonly expected?: StoredFile | undefined;
  /** The digest that the file must have. */
  readonly required?: Digest | undefined;
  /** The file lies on the same disk and changes no more: it gets a second name instead of a copy. */
  readonly link?: boolean;
};

export type BlobStore = {
  /**
   * Takes a file in, reading it once.
   * @throws TGL_FILE_NOT_FOUND, TGL_DIGEST_MISMATCH, TGL_DISK_FULL, or what `inspect` throws; nothing is stored then
   */
  readonly add: <Facts>(
    path: string,
    inspect: Inspect<Facts>,
    options?: AddOptions,
  ) => Promise<StoredBlob<Facts>>;
  /**
   * Stores what comes in pieces, such as a text or an entry of an archive.
   * @throws TGL_DIGEST_MISMATCH, TGL_DISK_FULL
   */
  readonly addContent: (content: Content, required?: Digest) => Promise<StoredFile>;
  /** Whether there is a blob of this name; its bytes are not looked at. */
  readonly has: (digest: Digest) => boolean;
  /**
   * The path of a blob whose bytes have been checked, once per modification, against its name.
   * @throws TGL_BLOB_CORRUPT
   */
  readonly verifiedPath: (digest: Digest) => Promise<string>;
};

const chunkBytes = 1024 * 1024;
const partialLifetime = 60 * 60 * 1000;

export function openBlobStore(layout: Layout, disk: Disk, clock: Clock, entropy: Entropy): BlobStore {
  sweepPartials(layout.blobs, clock);
  /** Digest → identity of the file when its bytes were last checked. */
  const verified = new Map<Digest, string>();

  const verifiedPath = async (digest: Digest): Promise<string> => {
    const path = layout.blob(digest);
    const identity = await identityOf(path, digest);
    if (verified.get(digest) === identity) return path;
    const received = await digestOfFile(path);
    if (received !== digest) throw new TiegelError('TGL_BLOB_CORRUPT', { digest, received });
    verified.set(digest, identity);
    return path;
  };

  /** The blob of these bytes, if the file at `path` has them and the blob is sound. */
  const held = async (path: string, { digest, bytes }: StoredFile): Promise<string | undefined> => {
    const entry = await stat(path).catch(() => undefined);
    if (!entry?.isFile() || entry.size !== bytes || (await digestOfFile(path)) !== digest) return undefined;
    return verifiedPath(digest).catch(() => undefined);
  };

  /** Fills a partial file, looks at it, and gives it its name. */
  const store = async <Facts>(
    fill: (partial: string) => Promise<StoredFile>,
    inspect: Inspect<Facts>,
    required: Digest | undefined,
  ): Promise<StoredBlob<Facts>> => {
    const partial = join(layout.blobs, `.${Buffer.from(entropy(8)).toString('hex')}.partial`);
    try {
      const { digest, bytes } = await fill(partial);
      if (required !== undefined && digest !== required) {
        throw new TiegelError('TGL_DIGEST_MISMATCH', { expected: required, received: digest, bytes });
      }
      const facts = await inspect(partial, digest);
      moveDurably(partial, layout.blob(digest), disk);
      return { digest, bytes, facts };
    } catch (cause) {
      throw diskError(layout.blobs, cause);
    } finally {
      await rm(partial, { force: true });
    }
  };

  return {
    verifiedPath,
    has: (digest) => existsSync(layout.blob(digest)),
    add: async (path, inspect, { expected, required, link = false } = {}) => {
      const blob = expected && (await held(path, expected));
      if (blob !== undefined && (required ?? expected!.digest) === expected!.digest) {
        return { ...expected!, facts: await inspect(blob, expected!.digest) };
      }
      const fill = async (partial: string): Promise<StoredFile> => {
        if (!link || !linkIfPossible(path, partial, disk)) return copyIn(readFile(path), partial, disk);
        await chmod(partial, 0o444);
        return { digest: await digestOfFile(partial), bytes: (await stat(partial)).size };
      };
      return store(fill, inspect, required);
    },
    addContent: async (content, required) => {
      const { digest, bytes } = await store(
        (partial) => copyIn(content, partial, disk),
        async () => undefined,
        required,
      );
      return { digest, bytes };
    },
  };
}

async function copyIn(content: Content, partial: string, disk: Disk): Promise<StoredFile> {
  const target = await disk.open(partial, 'wx', 0o444);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      await disk.write(target, chunk, null);
      bytes += chunk.length;
    }
    await disk.fsync(target);
    return { digest: parseDigest(hash.digest('hex')), bytes };
  } finally {
    await target.close();
  }
}

/** The bytes of a file; a piece is valid until the next one is asked for. */
async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  const source = await openRegularFile(path);
  try {
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      const { bytesRead } = await source.read(buffer, 0, chunkBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await source.close();
  }
}

/** What changes when a file changes. The change time is part of it, since it cannot be set back like `mtime`. */
async function identityOf(path: string, digest: Digest): Promise<string> {
  try {
    const entry = await lstat(path);
    if (!entry.isFile()) throw new TiegelError('TGL_BLOB_CORRUPT', { digest, received: 'no regular file' });
    return `${entry.ino} ${entry.size} ${entry.mtimeMs} ${entry.ctimeMs}`;
  } catch (cause) {
    if (TiegelError.isInstance(cause)) throw cause;
    throw new TiegelError('TGL_BLOB_CORRUPT', { digest, received: 'no readable file' }, { cause });
  }
}

/** Removes what killed imports left; a running one keeps touching its file and is thus spared. */
function sweepPartials(directory: string, clock: Clock): void {
  for (const name of readdirSync(directory)) {
    if (!name.endsWith('.partial')) continue;
    const path = join(directory, name);
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? clock.now();
    if (clock.now() - modified > partialLifetime) rmSync(path, { force: true });
  }
}
