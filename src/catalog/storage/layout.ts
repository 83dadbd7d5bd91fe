// Where things lie under the home directory. Every path is built from a validated name or a parsed digest only.
import { join } from 'node:path';
import { type Digest, makeDirectory, parseDigest, TiegelError } from '../../base/index.ts';
import { parseModelName } from './model-name.ts';

export type Layout = {
  readonly blobs: string;
  readonly manifests: string;
  /** Manifests of models on servers. */
  readonly remotes: string;
  readonly admissions: string;
  readonly revocations: string;
  /** The log of decisions, one file for each entry. */
  readonly decisions: string;
  readonly decisionsHead: string;
  /** The policies that the officer accepts. */
  readonly officer: string;
  /** Directories whose content decides what is admitted. */
  readonly guarded: readonly string[];
  /** Unfinished downloads. */
  readonly downloads: string;
  readonly shardSets: string;
  readonly signingKey: string;
  readonly blob: (digest: Digest) => string;
  /** Directory in which the shards of a model lie under the names that a runtime expects. */
  readonly shardSet: (weights: Digest) => string;
  readonly manifest: (name: string) => string;
  readonly remote: (name: string) => string;
  readonly admission: (admissionKey: Digest) => string;
  /** By what the revocation is about. */
  readonly revocation: (target: Digest) => string;
};

/**
 * The paths of a home directory; makes the directories that are missing, open to their owner only.
 *
 * @throws TGL_DATA_DIRECTORY
 */
export function openLayout(home: string): Layout {
  const blobs = join(home, 'blobs', 'sha256');
  const manifests = join(home, 'manifests');
  const remotes = join(home, 'remotes');
  const admissions = join(home, 'admissions');
  const revocations = join(home, 'revocations');
  const decisions = join(home, 'decisions');
  const shardSets = join(home, 'shard-sets');
  const downloads = join(home, 'downloads');
  const keys = join(home, 'keys');
  try {
    for (const directory of [
      blobs,
      manifests,
      remotes,
      admissions,
      revocations,
      decisions,
      shardSets,
      downloads,
      keys,
    ]) {
      makeDirectory(directory, 0o700);
    }
  } catch (cause) {
    throw new TiegelError('TGL_DATA_DIRECTORY', { path: home, reason: String(cause) }, { cause });
  }
  return {
    blobs,
    manifests,
    remotes,
    admissions,
    revocations,
    decisions,
    decisionsHead: join(keys, 'decisions.head'),
    officer: join(home, 'officer.json'),
    guarded: [home, admissions, revocations, decisions, keys],
    downloads,
    shardSets,
    signingKey: join(keys, 'signing.pem'),
    // Parsed again although typed: a cast elsewhere must not become a path here.
    blob: (digest) => join(blobs, parseDigest(digest)),
    shardSet: (weights) => join(shardSets, parseDigest(weights)),
    manifest: (name) => join(manifests, `${parseModelName(name)}.json`),
    remote: (name) => join(remotes, `${parseModelName(name)}.json`),
    admission: (admissionKey) => join(admissions, `${parseDigest(admissionKey)}.json`),
    revocation: (target) => join(revocations, `${parseDigest(target)}.json`),
  };
}
