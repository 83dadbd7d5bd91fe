// A text that lies in the catalog as a blob, such as a model card.
import { readFileSync } from 'node:fs';
import type { StoredFile } from '../variant/manifest.ts';
import type { BlobStore } from './blob-store.ts';

/**
 * Its bytes are checked first; null where there is no such file.
 *
 * @throws TGL_BLOB_CORRUPT
 */
export async function storedText(file: StoredFile | null, blobs: BlobStore): Promise<string | null> {
  return file === null ? null : readFileSync(await blobs.verifiedPath(file.digest), 'utf8').toWellFormed();
}
