// The catalog: which variants are here, under which names, and which of them may be served. Everything lies under one
// home directory: blobs/sha256, manifests, remotes, admissions, revocations, shard-sets, downloads, keys.
import { type Clock, type Disk, type Entropy, systemDisk, systemEntropy } from '../base/index.ts';
import { type Admissions, createAdmissions } from './admission/admissions.ts';
import type { Outdated, RecordContext } from './admission/admit.ts';
import { type Attestations, createAttestations } from './admission/attestations.ts';
import { createDecisionLog, type DecisionLog } from './admission/decision-log.ts';
import { createOfficer, type Officer } from './admission/officer.ts';
import { openSigningKey, type SigningKey } from './admission/signing-key.ts';
import { type Bundles, createBundles } from './bundle/bundles.ts';
import { createRemoteModels, type RemoteModels } from './remote/remote-models.ts';
import { openCatalogStorage } from './storage/catalog-storage.ts';
import { settleAside } from './storage/collect-garbage.ts';
import { referencedDigests } from './variant/stored-variants.ts';
import { createVariants, type Variants } from './variants.ts';

export type CatalogOptions = {
  readonly home: string;
  readonly clock: Clock;
  readonly entropy?: Entropy;
  /** @default records do not go stale by what becomes known */
  readonly outdated?: Outdated;
};

export type Catalog = {
  readonly home: string;
  readonly variants: Variants;
  readonly admissions: Admissions;
  readonly bundles: Bundles;
  /** Models on servers; of a name that a variant has too, the variant is meant. */
  readonly remotes: RemoteModels;
  readonly attestations: Attestations;
  readonly decisions: Pick<DecisionLog, 'read' | 'restore' | 'trust'>;
  /** Which policies admit here. */
  readonly officer: Officer;
  /** Signs what this machine answers for. */
  readonly signingKey: Pick<SigningKey, 'publicKey' | 'sign'>;
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
  const storage = openCatalogStorage(home, disk, clock, entropy);
  const { layout } = storage;
  const key = openSigningKey(layout.signingKey, disk);
  settleAside(layout, () => referencedDigests(layout));
  const decisions = createDecisionLog(storage, key);
  const officer = createOfficer(storage, decisions);
  const context: RecordContext = { ...storage, key, outdated, decisions, officer };
  return {
    home,
    variants: createVariants(storage),
    admissions: createAdmissions(context),
    bundles: createBundles(context),
    remotes: createRemoteModels(context),
    attestations: createAttestations(key),
    ...{ decisions, officer },
    signingKey: key,
  };
}
