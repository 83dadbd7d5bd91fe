// Where a catalog keeps things: its paths, its blobs, and the disk and the clock by which they are written.
import type { Clock, Disk, Entropy } from '../../base/index.ts';
import { type BlobStore, openBlobStore } from './blob-store.ts';
import { type Layout, openLayout } from './layout.ts';

export type CatalogStorage = {
  readonly layout: Layout;
  readonly blobs: BlobStore;
  readonly disk: Disk;
  readonly clock: Clock;
};

/** @throws TGL_DATA_DIRECTORY */
export function openCatalogStorage(home: string, disk: Disk, clock: Clock, entropy: Entropy): CatalogStorage {
  const layout = openLayout(home);
  return { layout, blobs: openBlobStore(layout, disk, clock, entropy), disk, clock };
}
