// Where a runtime finds weights. One file is its blob. Shards get a directory of second names for their blobs, since
// llama.cpp looks for the others by the name of the first; it is made again whenever something in it is not right.

import { rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, type Disk, makeDirectory } from '../../base/index.ts';
import { shardNameOf } from '../../formats/index.ts';
import type { LoadedFile, StoredWeights } from '../variant/manifest.ts';
import type { BlobStore } from './blob-store.ts';
import type { Layout } from './layout.ts';
import { linkIfPossible } from './link-if-possible.ts';

/**
 * The file of the weights, or their shards in order.
 *
 * @param pathOf finds a blob, and checks it where that matters
 * @throws what `pathOf` throws
 */
export async function weightsOnDisk(
  { digest, shards }: StoredWeights,
  layout: Layout,
  pathOf: BlobStore['verifiedPath'],
  disk: Disk,
): Promise<readonly [LoadedFile, ...LoadedFile[]]> {
  if (shards.length === 0) return [{ path: await pathOf(digest), digest }];
  const directory = layout.shardSet(digest);
  makeDirectory(directory, 0o700);
  const files = shards.map((shard, index) => {
    const path = join(directory, shardNameOf('model', index + 1, shards.length));
    return { path, digest: shard.digest };
  });
  for (const file of files) {
    nameShard(layout, disk, file.digest, file.path);
    // Named first, checked then: a second name changes what the check remembers a file by.
    await pathOf(file.digest);
  }
  return files as [LoadedFile, ...LoadedFile[]];
}

function nameShard(layout: Layout, disk: Disk, digest: Digest, name: string): void {
  const blob = layout.blob(digest);
  const [wanted, found] = [blob, name].map((path) => statSync(path, { throwIfNoEntry: false })?.ino);
  if (wanted === undefined || wanted === found) return;
  rmSync(name, { force: true });
  if (!linkIfPossible(blob, name, disk)) symlinkSync(blob, name);
}
