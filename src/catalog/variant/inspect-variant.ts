// The files of a variant on disk, and what they say when they are read together: weights, adapters, draft.
import type { Digest } from '../../base/index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { CatalogStorage } from '../storage/catalog-storage.ts';
import { weightsOnDisk } from '../storage/weights-on-disk.ts';
import { inspectAdapter } from './adapter.ts';
import { inspectWeights, type WeightsFacts } from './inspect-weights.ts';
import type { LoadedFile, ModelFiles, Variant } from './manifest.ts';

/** Finds a blob, and checks its bytes where that matters. */
export type PathOf = BlobStore['verifiedPath'];

/** The files of a variant and what they say. */
export type InspectedVariant = { readonly files: ModelFiles; readonly facts: WeightsFacts };

/** @throws what `pathOf` throws */
export function weightsFilesOf(
  { manifest }: Variant,
  { layout, disk }: CatalogStorage,
  pathOf: PathOf,
): Promise<readonly [LoadedFile, ...LoadedFile[]]> {
  return weightsOnDisk(manifest.weights, layout, pathOf, disk);
}

/** @throws what `pathOf` throws */
export async function modelFilesOf(
  variant: Variant,
  storage: CatalogStorage,
  pathOf: PathOf,
): Promise<ModelFiles> {
  const { manifest, draft } = variant;
  const weights = await weightsFilesOf(variant, storage, pathOf);
  const adapters = await Promise.all(
    (manifest.adapters ?? []).map(async ({ digest }) => ({ path: await pathOf(digest), digest })),
  );
  const drafting = draft === undefined ? [] : await weightsFilesOf(draft, storage, pathOf);
  return {
    weightsPath: weights[0].path,
    adapterPaths: adapters.map(({ path }) => path),
    draftPath: drafting[0]?.path ?? null,
    loaded: [...weights, ...adapters, ...drafting],
  };
}

/** @throws TGL_ADAPTER_INVALID, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED, or what `pathOf` throws */
export async function inspectVariant(
  variant: Variant,
  storage: CatalogStorage,
  pathOf: PathOf,
): Promise<InspectedVariant> {
  const { manifest, draft } = variant;
  const { weights, adapters = [] } = manifest;
  const files = await modelFilesOf(variant, storage, pathOf);
  for (const path of files.adapterPaths) inspectAdapter(path, files.weightsPath);
  const facts = await inspectWeights(files.weightsPath, weights.digest);
  const file = {
    ...facts.file,
    adapters: adapters.map(({ digest }): Digest => digest),
    ...(draft !== undefined && { draft: draft.manifest.weights.digest }),
  };
  return { files, facts: { ...facts, file } };
}
