// A bundle: one archive of a variant for machines without a network. It holds manifest.json, admission.json where there
// is a record, then every blob under its digest, in the manifest's order and each once. The bytes depend on nothing else.
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Digest, diskError, moveDurably, TiegelError } from '../../base/index.ts';
import type { CatalogStorage } from '../storage/catalog-storage.ts';
import { blobsOf, type Manifest, manifestText, type StoredFile } from '../variant/manifest.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

export const entryNames = {
  manifest: 'manifest.json',
  record: 'admission.json',
  blob: (digest: Digest): string => `blobs/sha256/${digest}`,
} as const;

/** Every blob once; two shards may be the same bytes. */
export function distinctBlobs(manifest: Manifest): readonly StoredFile[] {
  return [...new Map(blobsOf(manifest).map((file) => [file.digest, file])).values()];
}

/**
 * Writes the bundle of a variant to `path`, replacing what is there at the end.
 *
 * @param record the text of an admission file, which comes along as information
 * @throws TGL_BLOB_CORRUPT, TGL_DISK_SPACE, TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE
 */
export async function exportBundle(
  { blobs, disk }: CatalogStorage,
  variant: Manifest,
  record: string | undefined,
  path: string,
): Promise<StoredFile['bytes']> {
  const manifest: Manifest = { ...variant, importedRecord: null };
  const files = await Promise.all(
    distinctBlobs(manifest).map(async (file) => ({ ...file, path: await blobs.verifiedPath(file.digest) })),
  );
  const directory = dirname(resolve(path));
  const required = files.reduce((sum, { bytes }) => sum + bytes, 2 ** 20);
  const partial = `${path}.partial`;
  try {
    const free = await disk.freeBytes(directory);
    if (free < required) throw new TiegelError('TGL_DISK_SPACE', { path: directory, required, free });
    const target = await disk.open(partial, 'w', 0o644);
    let written = 0;
    const append = async (chunk: Uint8Array): Promise<void> => {
      await disk.write(target, chunk, null);
      written += chunk.length;
    };
    try {
      const texts: readonly (readonly [name: string, text: string])[] = [
        [entryNames.manifest, manifestText(manifest)],
        ...(record === undefined ? [] : [[entryNames.record, record] as const]),
      ];
      for (const [name, text] of texts) {
        const content = Buffer.from(text);
        await append(tarHeader({ name, bytes: content.length }));
        await append(content);
        await append(tarPadding(content.length));
      }
      for (const file of files) {
        await append(tarHeader({ name: entryNames.blob(file.digest), bytes: file.bytes }));
        for await (const chunk of createReadStream(file.path)) await append(chunk as Buffer);
        await append(tarPadding(file.bytes));
      }
      await append(tarEnd);
      await disk.fsync(target);
    } finally {
      await target.close();
    }
    moveDurably(partial, path, disk);
    return written;
  } catch (cause) {
    throw diskError(path, cause);
  } finally {
    await rm(partial, { force: true });
  }
}
