// The variants of a catalog: how they come, what belongs to them, and how they go. All of them come in quarantine.
import { existsSync } from 'node:fs';
import { removeDurably, TiegelError } from '../base/index.ts';
import { type PullOptions, pull } from './pull/pull.ts';
import type { CatalogStorage } from './storage/catalog-storage.ts';
import { type Collected, collectGarbage } from './storage/collect-garbage.ts';
import { storedText } from './storage/stored-text.ts';
import { requireSameVocabulary } from './variant/draft.ts';
import { modelFilesOf, weightsFilesOf } from './variant/inspect-variant.ts';
import { blobsOf, type ModelFiles, type Variant } from './variant/manifest.ts';
import { type ImportOptions, storeVariant } from './variant/store-variant.ts';
import {
  findVariant,
  listVariants,
  referencedDigests,
  replacedManifest,
  unknownModel,
  type VariantListing,
} from './variant/stored-variants.ts';

export type Variants = {
  /**
   * Copies a GGUF file into the catalog, quarantined. Importing the same bytes again changes nothing; other bytes
   * under the same name replace the variant. An adapter and its base are a variant of their own.
   * @throws TGL_MODEL_NAME_INVALID, TGL_FILE_NOT_FOUND, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED, TGL_ADAPTER_INVALID,
   *   TGL_DISK_FULL
   */
  readonly importFile: (path: string, options: ImportOptions) => Promise<Variant>;
  /**
   * Fetches a model from the hub or an address and imports it, quarantined; one that is here is not fetched again.
   * @see pull
   */
  readonly pull: (reference: string, options: PullOptions) => Promise<Variant>;
  /**
   * Forgets a variant, also one whose manifest is damaged, and removes the blobs that nothing else names; none while
   * another manifest cannot be read. Admission records stay: they are history, and count for the same bytes only.
   * @throws TGL_MODEL_NAME_INVALID, TGL_MODEL_UNKNOWN
   */
  readonly remove: (name: string) => Collected;
  readonly list: () => VariantListing;
  /** @throws TGL_MODEL_NAME_INVALID, TGL_MODEL_UNKNOWN, TGL_MANIFEST_INVALID */
  readonly find: (name: string) => Variant;
  /**
   * The weights file, its bytes checked against the digest once per opened catalog and modification. An engine compares
   * them again whenever it loads them (`filesOf(…).loaded`).
   * @throws TGL_BLOB_CORRUPT, also when the blob is missing
   */
  readonly weightsPath: (variant: Variant) => Promise<string>;
  /**
   * All files that are loaded for it, checked in the same way.
   * @throws TGL_BLOB_CORRUPT
   */
  readonly filesOf: (variant: Variant) => Promise<ModelFiles>;
  /**
   * The same variant with another one that proposes tokens to it: a subject of its own. Nothing is stored.
   * @throws TGL_DRAFT_UNSUITABLE, TGL_BLOB_CORRUPT
   */
  readonly withDraft: (variant: Variant, draft: Variant) => Promise<Variant>;
  /**
   * The model card that came along, Markdown as somebody wrote it; null where there is none.
   * @throws TGL_BLOB_CORRUPT
   */
  readonly cardOf: (variant: Variant) => Promise<string | null>;
};

export function createVariants(storage: CatalogStorage): Variants {
  const { layout, blobs, disk, clock } = storage;
  const importFile: Variants['importFile'] = async (path, options) =>
    storeVariant(storage, path, options, replacedManifest(layout, options.name));
  const weightsPath: Variants['weightsPath'] = async (variant) =>
    (await weightsFilesOf(variant, storage, blobs.verifiedPath))[0].path;

  return {
    importFile,
    pull: (reference, options) => {
      const complete = (name: string): Variant | undefined => {
        const manifest = replacedManifest(layout, name);
        const isComplete =
          manifest !== undefined && blobsOf(manifest).every(({ digest }) => blobs.has(digest));
        return isComplete ? { name, manifest } : undefined;
      };
      return pull({ downloads: layout.downloads, disk, clock, complete, importFile }, reference, options);
    },
    remove: (name) => {
      const path = layout.manifest(name);
      if (!existsSync(path)) throw unknownModel(layout, name);
      removeDurably(path, disk);
      return collectGarbage(layout, () => referencedDigests(layout));
    },
    list: () => listVariants(layout),
    find: (name) => findVariant(layout, name),
    weightsPath,
    filesOf: (variant) => modelFilesOf(variant, storage, blobs.verifiedPath),
    withDraft: async (variant, draft) => {
      const [model, modelPath] = [variant.name, await weightsPath(variant)];
      if (draft.manifest.adapters !== undefined) {
        const problem = 'it has adapters';
        throw new TiegelError('TGL_DRAFT_UNSUITABLE', { model, draft: draft.name, problem });
      }
      requireSameVocabulary({ model, modelPath, draft: draft.name, draftPath: await weightsPath(draft) });
      return { ...variant, draft };
    },
    cardOf: ({ manifest }) => storedText(manifest.card, blobs),
  };
}
