// The variants that have a manifest, by name. A manifest that cannot be read is named, never left out.
import { readdirSync } from 'node:fs';
import { type Digest, TiegelError } from '../../base/index.ts';
import type { Layout } from '../storage/layout.ts';
import { blobsOf, type Manifest, readManifest, type Variant } from './manifest.ts';

export type VariantListing = {
  readonly variants: readonly Variant[];
  readonly damaged: readonly { readonly name: string; readonly problem: string }[];
};

export function listVariants(layout: Layout): VariantListing {
  const variants: Variant[] = [];
  const damaged: { name: string; problem: string }[] = [];
  for (const name of modelNames(layout)) {
    try {
      const manifest = readManifest(layout.manifest(name), name);
      if (manifest !== undefined) variants.push({ name, manifest });
    } catch (cause) {
      if (!TiegelError.isInstance(cause)) throw cause;
      damaged.push({ name, problem: cause.message });
    }
  }
  return { variants, damaged };
}

/** @throws TGL_MODEL_NAME_INVALID, TGL_MODEL_UNKNOWN, TGL_MANIFEST_INVALID */
export function findVariant(layout: Layout, name: string): Variant {
  const manifest = readManifest(layout.manifest(name), name);
  if (manifest === undefined) throw unknownModel(layout, name);
  return { name, manifest };
}

/** The manifest that an import is about to replace. A damaged one counts as none: replacing it is its repair. */
export function replacedManifest(layout: Layout, name: string): Manifest | undefined {
  try {
    return readManifest(layout.manifest(name), name);
  } catch (cause) {
    if (TiegelError.isInstance(cause)) return undefined;
    throw cause;
  }
}

/** Every digest that a manifest names; undefined where one is damaged, since it may name anything. */
export function referencedDigests(layout: Layout): ReadonlySet<Digest> | undefined {
  const { variants, damaged } = listVariants(layout);
  if (damaged.length > 0) return undefined;
  return new Set(
    variants.flatMap(({ manifest }) => [
      manifest.weights.digest,
      ...blobsOf(manifest).map(({ digest }) => digest),
    ]),
  );
}

export function unknownModel(layout: Layout, name: string): TiegelError {
  const known = modelNames(layout);
  return new TiegelError('TGL_MODEL_UNKNOWN', {
    received: name,
    known: known.length > 0 ? known : 'nothing',
  });
}

/** Names of the manifest files, sorted; temporary files start with a dot. */
function modelNames(layout: Layout): string[] {
  return readdirSync(layout.manifests)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
