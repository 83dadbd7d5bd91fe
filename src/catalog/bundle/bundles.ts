// The bundles of a catalog: variants that leave as one archive, that come as one, and the record that came along.
import { newestRecord, type RecordContext } from '../admission/admit.ts';
import { collectGarbage } from '../storage/collect-garbage.ts';
import { storedText } from '../storage/stored-text.ts';
import type { Variant } from '../variant/manifest.ts';
import { referencedDigests } from '../variant/stored-variants.ts';
import { exportBundle } from './export-bundle.ts';
import { importBundle } from './import-bundle.ts';

export type Bundles = {
  /**
   * Writes one archive of a variant with its card and its newest admission record; the bytes it has.
   * @throws TGL_BLOB_CORRUPT, TGL_DISK_SPACE, TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE
   */
  readonly exportVariant: (variant: Variant, path: string) => Promise<number>;
  /**
   * Takes such an archive in, quarantined, whatever record it carries.
   * @throws TGL_BUNDLE_INVALID, TGL_DIGEST_MISMATCH, TGL_DISK_SPACE, TGL_DISK_FULL, TGL_FILE_NOT_FOUND
   */
  readonly importVariant: (path: string, name?: string) => Promise<Variant>;
  /**
   * What an admission record from another machine says; null where none came along. Nobody has checked its signature.
   * @throws TGL_BLOB_CORRUPT
   */
  readonly importedRecordOf: (variant: Variant) => Promise<string | null>;
};

export function createBundles(context: RecordContext): Bundles {
  const { layout, blobs, key } = context;
  const importedRecordOf: Bundles['importedRecordOf'] = ({ manifest }) =>
    storedText(manifest.importedRecord, blobs);
  return {
    exportVariant: async (variant, path) => {
      const record = newestRecord(variant.manifest, layout, key) ?? (await importedRecordOf(variant));
      return exportBundle(context, variant.manifest, record ?? undefined, path);
    },
    importVariant: async (path, name) => {
      try {
        return await importBundle(context, path, name);
      } catch (cause) {
        collectGarbage(layout, () => referencedDigests(layout));
        throw cause;
      }
    },
    importedRecordOf,
  };
}
