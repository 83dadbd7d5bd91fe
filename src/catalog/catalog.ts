// The catalog: which variants are here, under which names, and which of them may be served. Everything lies under one
// home directory: blobs/sha256, manifests, remotes, admissions, shard-sets, downloads, keys.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import {
  type Clock,
  type Digest,
  type Disk,
  type Entropy,
  removeDurably,
  systemDisk,
  systemEntropy,
  TiegelError,
  writeFileAtomically,
} from '../base/index.ts';
import {
  type AdmissionRecord,
  admissionRecord,
  type PassedAssessment,
  sealRecord,
} from './admission/admission-record.ts';
import {
  type Admission,
  admitSubject,
  type NotAdmitted,
  newestRecord,
  type Outdated,
  quarantined,
  type RecordContext,
  recordOf,
  validRecord,
} from './admission/admit.ts';
import { type Envelope, type OpenedEnvelope, openEnvelope, sealEnvelope } from './admission/dsse.ts';
import { inTotoPayload, type Statement } from './admission/in-toto.ts';
import {
  type Revocation,
  rejectionTarget,
  revocationTarget,
  revocationText,
  standingRevocation,
} from './admission/revocation.ts';
import { openSigningKey } from './admission/signing-key.ts';
import { type ServingConfiguration, type Subject, subjectFrom } from './admission/subject.ts';
import { exportBundle } from './bundle/export-bundle.ts';
import { importBundle } from './bundle/import-bundle.ts';
import { type PullOptions, pull } from './pull/pull.ts';
import { createRemoteModels, type RemoteModels } from './remote/remote-models.ts';
import { type BlobStore, openBlobStore } from './storage/blob-store.ts';
import { type Collected, collectGarbage, settleAside } from './storage/collect-garbage.ts';
import { type Layout, openLayout } from './storage/layout.ts';
import { weightsOnDisk } from './storage/weights-on-disk.ts';
import { inspectAdapter } from './variant/adapter.ts';
import { requireSameVocabulary } from './variant/draft.ts';
import { inspectWeights, type WeightsFacts } from './variant/inspect-weights.ts';
import {
  blobsOf,
  type Manifest,
  type ModelFiles,
  readManifest,
  type StoredFile,
  type Variant,
} from './variant/manifest.ts';
import {
  type ImportOptions,
  manifestDisagreement,
  type Shelf,
  storeVariant,
} from './variant/store-variant.ts';

export type CatalogOptions = {
  readonly home: string;
  readonly clock: Clock;
  readonly entropy?: Entropy;
  /** @default records do not go stale by what becomes known */
  readonly outdated?: Outdated;
};

/** What is there; a manifest that cannot be read is named, never left out. */
type CatalogListing = {
  readonly variants: readonly Variant[];
  readonly damaged: readonly { readonly name: string; readonly problem: string }[];
};

export type Catalog = {
  readonly home: string;
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
  /**
   * Writes one archive of a variant with its card and its newest admission record; the bytes it has.
   * @throws TGL_BLOB_CORRUPT, TGL_DISK_SPACE, TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE
   */
  readonly exportBundle: (variant: Variant, path: string) => Promise<number>;
  /**
   * Takes such an archive in, quarantined, whatever record it carries.
   * @throws TGL_BUNDLE_INVALID, TGL_DIGEST_MISMATCH, TGL_DISK_SPACE, TGL_DISK_FULL, TGL_FILE_NOT_FOUND
   */
  readonly importBundle: (path: string, name?: string) => Promise<Variant>;
  /**
   * What an admission record from another machine says; null where none came along. Nobody has checked its signature.
   * @throws TGL_BLOB_CORRUPT
   */
  readonly foreignRecordOf: (variant: Variant) => Promise<string | null>;
  readonly list: () => CatalogListing;
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
  /**
   * The served tuple, recomputed from the bytes of the weights file.
   * @throws TGL_BLOB_CORRUPT
   */
  readonly subjectOf: (variant: Variant, serving: ServingConfiguration) => Promise<Subject>;
  /**
   * Signs and stores that a subject passed a battery; the record that counts from now on. A pass that no policy decided
   * leaves a valid record by one as it is. One that a policy decided lifts an earlier rejection.
   * @throws TGL_DISK_FULL
   */
  readonly recordAdmission: (passed: PassedAssessment) => AdmissionRecord;
  /** Whether this variant may be served in this configuration. */
  readonly admit: (variant: Variant, serving: ServingConfiguration) => Promise<Admission>;
  /** The same for a listing: what its files hold is taken for what their names promise, so that it admits nothing. */
  readonly recordFor: (
    variant: Variant,
    serving: ServingConfiguration,
  ) => Promise<AdmissionRecord | NotAdmitted>;
  /**
   * Signs that this subject, in whatever configuration, is not to be served any more, or that it may be again.
   * @throws TGL_DISK_FULL
   */
  readonly revoke: (model: string, subject: Subject, revoked: boolean, reason: string) => Revocation;
  /**
   * Signs that an assessment by a policy rejected this subject. That ends its admissions, also on running servers, until
   * a policy admits it.
   * @throws TGL_DISK_FULL
   */
  readonly reject: (model: string, subject: Subject, policy: string, reason: string) => Revocation;
  /** Null where it is neither revoked nor rejected. */
  readonly revocationOf: (subject: Subject) => Revocation | null;
  /** A statement in an envelope that this catalog's key has signed. */
  readonly attest: (statement: Statement) => Envelope;
  /** What such an envelope says, or why it is not to be believed. */
  readonly attested: (envelope: unknown) => OpenedEnvelope;
  /** Models on servers; of a name that a variant has too, the variant is meant. */
  readonly remotes: RemoteModels;
};

/**
 * Opens the catalog under a home directory and makes what is missing there: directories and the signing key.
 *
 * @param disk replaced by tests that make it fail
 * @throws TGL_DATA_DIRECTORY, TGL_SIGNING_KEY_INVALID
 */
export function openCatalog(
  { home, clock, entropy = systemEntropy, outdated = () => undefined }: CatalogOptions,
  disk: Disk = systemDisk,
): Catalog {
  const layout = openLayout(home);
  const key = openSigningKey(layout.signingKey, disk);
  const blobs = openBlobStore(layout, disk, clock, entropy);

  const shelf: Shelf = { layout, blobs, disk, clock };
  const context: RecordContext = { layout, key, clock, outdated };
  const references = (): ReadonlySet<Digest> | undefined => referencesOf(listManifests(layout));
  settleAside(layout, references);

  const known = (name: string): Manifest | undefined =>
    readable(() => readManifest(layout.manifest(name), name));
  const importFile: Catalog['importFile'] = async (path, options) =>
    storeVariant(shelf, path, options, known(options.name));

  const weightsOf = (variant: Variant, pathOf = blobs.verifiedPath): ReturnType<typeof weightsOnDisk> =>
    weightsOnDisk(variant.manifest.weights, layout, pathOf, disk);
  const weightsPath = async (variant: Variant): Promise<string> => (await weightsOf(variant))[0].path;
  const filesOf = async (variant: Variant, pathOf = blobs.verifiedPath): Promise<ModelFiles> => {
    const { manifest, draft } = variant;
    const weights = await weightsOf(variant, pathOf);
    const adapters = await Promise.all(
      (manifest.adapters ?? []).map(async ({ digest }) => ({ path: await pathOf(digest), digest })),
    );
    const drafting = draft === undefined ? [] : await weightsOf(draft, pathOf);
    return {
      weightsPath: weights[0].path,
      adapterPaths: adapters.map(({ path }) => path),
      draftPath: drafting[0]?.path ?? null,
      loaded: [...weights, ...adapters, ...drafting],
    };
  };
  const textOf = async (file: StoredFile | null): Promise<string | null> =>
    file === null ? null : readFileSync(await blobs.verifiedPath(file.digest), 'utf8').toWellFormed();
  const writeRevocation = (target: Digest, said: Omit<Revocation, 'time'>): Revocation => {
    const revocation = { ...said, time: new Date(clock.now()).toISOString() };
    writeFileAtomically(layout.revocation(target), revocationText(target, revocation, key), { disk });
    return revocation;
  };
  const inspect = async (variant: Variant, pathOf = blobs.verifiedPath): Promise<Inspected> => {
    const { manifest, draft } = variant;
    const { weights, adapters = [] } = manifest;
    const files = await filesOf(variant, pathOf);
    for (const path of files.adapterPaths) inspectAdapter(path, files.weightsPath);
    const facts = await inspectWeights(files.weightsPath, weights.digest);
    const file = {
      ...facts.file,
      adapters: adapters.map(({ digest }) => digest),
      ...(draft !== undefined && { draft: draft.manifest.weights.digest }),
    };
    return { files, facts: { ...facts, file } };
  };
  /** A file that cannot be trusted is a reason, whatever is wrong with it. */
  const examine = async <Answer>(
    variant: Variant,
    pathOf: BlobStore['verifiedPath'],
    answer: (inspected: Inspected) => Answer,
  ): Promise<Answer | NotAdmitted> => {
    try {
      const inspected = await inspect(variant, pathOf);
      const disagreement = manifestDisagreement(variant.manifest, inspected.facts);
      return disagreement === undefined ? answer(inspected) : quarantined(disagreement);
    } catch (cause) {
      if (TiegelError.isInstance(cause)) return quarantined(cause.message);
      throw cause;
    }
  };

  return {
    home,
    remotes: createRemoteModels({ layout, disk, key, clock, outdated }),
    importFile,
    pull: (reference, options) => {
      const complete = (name: string): Variant | undefined => {
        const manifest = known(name);
        const here = manifest !== undefined && blobsOf(manifest).every(({ digest }) => blobs.has(digest));
        return here ? { name, manifest } : undefined;
      };
      return pull({ downloads: layout.downloads, disk, clock, complete, importFile }, reference, options);
    },
    remove: (name) => {
      const path = layout.manifest(name);
      if (!existsSync(path)) throw unknownModel(layout, name);
      removeDurably(path, disk);
      return collectGarbage(layout, references);
    },
    list: () => listManifests(layout),
    find: (name) => {
      const manifest = readManifest(layout.manifest(name), name);
      if (manifest !== undefined) return { name, manifest };
      throw unknownModel(layout, name);
    },
    weightsPath,
    filesOf: (variant) => filesOf(variant),
    withDraft: async (variant, draft) => {
      const [model, modelPath] = [variant.name, await weightsPath(variant)];
      if (draft.manifest.adapters !== undefined) {
        const problem = 'it has adapters';
        throw new TiegelError('TGL_DRAFT_UNSUITABLE', { model, draft: draft.name, problem });
      }
      requireSameVocabulary({ model, modelPath, draft: draft.name, draftPath: await weightsPath(draft) });
      return { ...variant, draft };
    },
    cardOf: ({ manifest }) => textOf(manifest.card),
    foreignRecordOf: ({ manifest }) => textOf(manifest.foreignRecord),
    exportBundle: async ({ manifest }, path) => {
      const record = newestRecord(manifest, layout, key) ?? (await textOf(manifest.foreignRecord));
      return exportBundle(shelf, manifest, record ?? undefined, path);
    },
    importBundle: async (path, name) => {
      try {
        return await importBundle(shelf, path, name);
      } catch (cause) {
        collectGarbage(layout, references);
        throw cause;
      }
    },
    subjectOf: async (variant, serving) => subjectFrom((await inspect(variant)).facts.file, serving),
    recordAdmission: (passed) => {
      const { model, subject, policy } = passed;
      const record = admissionRecord(passed, clock.now());
      const standing = validRecord(model, subject, context);
      if (policy === undefined && 'policy' in standing) return standing;
      writeFileAtomically(layout.admission(record.admissionKey), sealRecord(record, key), { disk });
      const target = rejectionTarget(subject);
      if (policy !== undefined && existsSync(layout.revocation(target)))
        writeRevocation(target, {
          model,
          reason: 'a policy admitted it',
          revoked: false,
          policy: policy.name,
        });
      return record;
    },
    revoke: (model, subject, revoked, reason) =>
      writeRevocation(revocationTarget(subject), { model, reason, revoked }),
    reject: (model, subject, policy, reason) =>
      writeRevocation(rejectionTarget(subject), { model, reason, revoked: true, policy }),
    revocationOf: (subject) => standingRevocation(subject, layout, key),
    attest: (statement) => sealEnvelope(JSON.stringify(statement), inTotoPayload, key),
    attested: (envelope) => openEnvelope(envelope, inTotoPayload, key),
    admit: (variant, serving) =>
      examine(variant, blobs.verifiedPath, (inspected) =>
        admitSubject({ variant, serving, ...inspected }, context),
      ),
    recordFor: (variant, serving) =>
      examine(
        variant,
        async (digest) => layout.blob(digest),
        (inspected) => recordOf({ variant, serving, ...inspected }, context),
      ),
  };
}

function unknownModel(layout: Layout, name: string): TiegelError {
  const known = modelNames(layout);
  return new TiegelError('TGL_MODEL_UNKNOWN', {
    received: name,
    known: known.length > 0 ? known : 'nothing',
  });
}

/** Every digest that a manifest names; undefined where one is damaged, since it may name anything. */
function referencesOf({ variants, damaged }: CatalogListing): ReadonlySet<Digest> | undefined {
  if (damaged.length > 0) return undefined;
  return new Set(
    variants.flatMap(({ manifest }) => [
      manifest.weights.digest,
      ...blobsOf(manifest).map(({ digest }) => digest),
    ]),
  );
}

/** Verified files and what they say. */
type Inspected = { readonly files: ModelFiles; readonly facts: WeightsFacts };

function listManifests(layout: Layout): CatalogListing {
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

/** Names of the manifest files, sorted; temporary files start with a dot. */
function modelNames(layout: Layout): string[] {
  return readdirSync(layout.manifests)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** A damaged manifest is about to be replaced, which is its repair. */
function readable(read: () => Manifest | undefined): Manifest | undefined {
  try {
    return read();
  } catch (cause) {
    if (TiegelError.isInstance(cause)) return undefined;
    throw cause;
  }
}
