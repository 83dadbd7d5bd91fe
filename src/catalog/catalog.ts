// The catalog: which variants are here, under which names, and which of them may be served. Everything lies under one
// home directory: blobs/sha256, manifests, admissions, keys.
import type { Clock, Entropy } from '../base/index.ts';
import type { AdmissionRecord, PassedAssessment } from './admission-record.ts';
import type { Admission } from './admit.ts';
import type { Variant } from './manifest.ts';
import type { ServingConfiguration, Subject } from './subject.ts';

export type CatalogOptions = { readonly home: string; readonly clock: Clock; readonly entropy?: Entropy };

/** What is there; a manifest that cannot be read is named, never left out. */
export type CatalogListing = {
  readonly variants: readonly Variant[];
  readonly damaged: readonly { readonly name: string; readonly problem: string }[];
};

export type Catalog = {
  readonly home: string;
  /**
   * Copies a GGUF file into the catalog, quarantined. Importing the same bytes again changes nothing; other bytes
   * under the same name replace the variant.
   * @throws TGL_MODEL_NAME_INVALID, TGL_FILE_NOT_FOUND, TGL_GGUF_*, TGL_TEMPLATE_UNKNOWN, TGL_DISK_FULL
   */
  readonly importFile: (
    path: string,
    options: { readonly name: string; readonly source: string },
  ) => Promise<Variant>;
  readonly list: () => CatalogListing;
  /** @throws TGL_MODEL_NAME_INVALID, TGL_MODEL_UNKNOWN, TGL_MANIFEST_INVALID */
  readonly find: (name: string) => Variant;
  /**
   * The weights file, its bytes checked against the digest once per opened catalog and modification time.
   * @throws TGL_BLOB_CORRUPT, TGL_FILE_NOT_FOUND
   */
  readonly weightsPath: (variant: Variant) => Promise<string>;
  /** The served tuple, recomputed from the bytes of the weights file. */
  readonly subjectOf: (variant: Variant, serving: ServingConfiguration) => Promise<Subject>;
  /** Signs and stores that a subject passed a battery. */
  readonly recordAdmission: (passed: PassedAssessment) => AdmissionRecord;
  /** Whether this variant may be served in this configuration. */
  readonly admit: (variant: Variant, serving: ServingConfiguration) => Promise<Admission>;
};
