// Brings a model from the hub or from an address into the catalog: find its files, look whether they are here or there
// is room for them, fetch them, check their digests, import. It ends in quarantine like every import.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Clock,
  type Digest,
  type Disk,
  digestOf,
  digestOfJson,
  makeDirectory,
  type Progress,
  progressMeter,
  TiegelError,
} from '../../base/index.ts';
import { shardNames } from '../../formats/index.ts';
import type { Outbound, RedirectRule } from '../../outbound/index.ts';
import type { Manifest, Variant } from '../variant/manifest.ts';
import type { ImportOptions } from '../variant/store-variant.ts';
import {
  askForOffer,
  type DownloadLimits,
  type DownloadOptions,
  download,
  type Offer,
  usualLimits,
} from './download.ts';
import { findOnHub, type Hub, hubCredentials, hubRedirects, type RemoteFile } from './hub.ts';
import { parseKnownName, parsePullReference } from './reference.ts';
import { sweepDownloads } from './sweep-downloads.ts';

export type PullOptions = {
  readonly outbound: Outbound;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Under which name the variant is kept. @default made from the reference */
  readonly name?: string | undefined;
  /** What is pulled is an adapter for this model. */
  readonly base?: Variant | undefined;
  /** The SHA-256 that the file has to have, known from elsewhere. */
  readonly digest?: Digest | undefined;
  /** Called with what is about to be fetched, and as it comes. */
  readonly onProgress?: (progress: Progress) => void;
  readonly limits?: DownloadLimits;
};

/** What pulling needs of the catalog. */
export type PullTarget = {
  readonly downloads: string;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The variant of a name, if it and all its blobs are here. */
  readonly complete: (name: string) => Variant | undefined;
  readonly importFile: (path: string, options: ImportOptions) => Promise<Variant>;
};

/** A model that has been found, before anything of it is fetched. */
type Found = Omit<ImportOptions, 'name' | 'given' | 'digests'> & {
  readonly name: string;
  readonly files: readonly RemoteFile[];
  readonly cardFile?: RemoteFile | undefined;
  readonly credentials: Readonly<Record<string, string>>;
  readonly redirects: RedirectRule;
};

/** Left free on the disk beside the model. */
const spare = 64 * 2 ** 20;
const maxCardBytes = 512 * 1024;

/**
 * @throws TGL_PULL_*, TGL_DIGEST_MISMATCH, TGL_DISK_SPACE, TGL_DISK_FULL, TGL_OUTBOUND_*, what importing throws, or the
 *   reason of the signal. What was fetched is kept for the next time, unless its digest is wrong.
 */
export async function pull(target: PullTarget, text: string, options: PullOptions): Promise<Variant> {
  const found = await find(text, options);
  const { base } = options;
  const name = options.name ?? (base === undefined ? found.name : nameOfAdapted(base, found.name));
  const digests = promisedDigests(found, options.digest);
  const held = target.complete(name);
  if (held !== undefined && digests !== undefined && holds(held, digests, base)) return held;

  sweepDownloads(target.downloads, target.clock.now());
  const directory = join(
    target.downloads,
    digests === undefined ? digestOf(found.files[0]!.url) : digestOfJson(digests),
  );
  makeDirectory(directory, 0o700);
  const { paths, credentials, redirects } = {
    ...found,
    paths: found.files.map((file) => join(directory, file.name)),
  };
  const downloads = found.files.map(
    (file, index): DownloadOptions => ({
      ...{
        file,
        credentials,
        redirects,
        outbound: options.outbound,
        disk: target.disk,
        signal: options.signal,
      },
      path: paths[index]!,
      onReceived: () => {},
      limits: options.limits ?? usualLimits,
    }),
  );
  await fetchAll(downloads, target, options);
  const card = await fetchCard(found, options);
  try {
    const { source, license, sampling } = found;
    const variant = await target.importFile(paths[0]!, {
      ...{ name, source, license, sampling, card, digests, base },
      given: true,
    });
    rmSync(directory, { recursive: true, force: true });
    return variant;
  } catch (cause) {
    // Wrong bytes do not become right by fetching the rest of them.
    if (TiegelError.isInstance(cause) && cause.code === 'TGL_DIGEST_MISMATCH') {
      rmSync(directory, { recursive: true, force: true });
    }
    throw cause;
  }
}

async function find(text: string, { outbound, hub, signal }: PullOptions): Promise<Found> {
  const reference = parsePullReference(text);
  if (reference.kind === 'url') {
    const { url } = reference;
    const file = url.pathname.split('/').at(-1) || 'model.gguf';
    return {
      name: variantNameOf(file),
      source: url.href,
      files: addressesOf(url, file).map(([name, address]) => ({
        ...{ url: address, name: `${nameOf(name)}.gguf`, bytes: null, digest: null },
      })),
      credentials: {},
      redirects: { most: 5, hosts: [url.hostname, '.huggingface.co', '.hf.co', '.githubusercontent.com'] },
    };
  }
  const { repository } = reference;
  const { commit, files, card } = await findOnHub(outbound, hub, reference, signal);
  const known = reference.kind === 'known' ? reference.model : undefined;
  return {
    name: nameOfReference(text) ?? variantNameOf(files[0]!.name),
    source: `hf:${repository}@${commit}:${files[0]!.name}`,
    files,
    license: known?.license,
    sampling: known?.sampling ?? undefined,
    cardFile: card,
    credentials: hubCredentials(hub),
    redirects: hubRedirects(hub),
  };
}

/** The file at an address, or all shards that belong to it, each by its name. */
function addressesOf(url: URL, file: string): readonly (readonly [name: string, address: string])[] {
  const shards = shardNames(file);
  if (shards === undefined) return [[file, url.href]];
  return shards.map((name) => [name, new URL(`${name}${url.search}`, url).href]);
}

/**
 * The digests of all files, where each is known: the hub's own, and the one the caller has from elsewhere.
 *
 * @throws TGL_DIGEST_MISMATCH where these two differ
 */
function promisedDigests({ files }: Found, known: Digest | undefined): readonly Digest[] | undefined {
  const [only] = files;
  if (known !== undefined && files.length === 1) {
    const hub = only!.digest ?? known;
    if (hub === known) return [known];
    throw new TiegelError('TGL_DIGEST_MISMATCH', { expected: known, received: hub, bytes: only!.bytes ?? 0 });
  }
  const digests = files.flatMap(({ digest }) => digest ?? []);
  return digests.length === files.length ? digests : undefined;
}

function holds({ manifest }: Variant, digests: readonly Digest[], base: Variant | undefined): boolean {
  const digestsOf = ({ weights, adapters = [] }: Manifest): readonly Digest[] =>
    [...(weights.shards.length > 0 ? weights.shards : [weights]), ...adapters].map(({ digest }) => digest);
  const below = base === undefined ? [] : digestsOf(base.manifest);
  return digestsOf(manifest).join() === [...below, ...digests].join();
}

async function fetchAll(
  downloads: readonly DownloadOptions[],
  { disk, downloads: directory }: PullTarget,
  { clock, onProgress }: PullOptions,
): Promise<void> {
  const offers: Offer[] = [];
  for (const options of downloads) offers.push(await askForOffer(options));
  const total = offers.reduce((sum, { bytes }) => sum + bytes, 0);
  const required = total - downloads.reduce((sum, { path }) => sum + allocated(path), 0) + spare;
  const free = await disk.freeBytes(directory);
  if (required > free) throw new TiegelError('TGL_DISK_SPACE', { path: directory, required, free });

  const measure = progressMeter(clock, total);
  let complete = 0;
  for (const [index, options] of downloads.entries()) {
    const before = complete;
    const onReceived = (bytes: number): void => onProgress?.(measure(before + bytes));
    await download({ ...options, onReceived }, offers[index]!);
    complete += offers[index]!.bytes;
  }
}

/** Bytes on disk of an unfinished file, which is sparse. */
function allocated(path: string): number {
  const entry = statSync(path, { throwIfNoEntry: false });
  return entry === undefined ? 0 : Math.min(entry.size, entry.blocks * 512);
}

/** The model card: welcome, never a reason to fail. */
async function fetchCard(
  { cardFile, credentials, redirects }: Found,
  { outbound, signal }: PullOptions,
): Promise<string | undefined> {
  if (cardFile === undefined) return undefined;
  try {
    const { url } = cardFile;
    using response = await outbound.request({ url, credentials, redirects, signal, maxBytes: maxCardBytes });
    return response.status === 200 ? (await response.text()).toWellFormed() : undefined;
  } catch (cause) {
    if (TiegelError.isInstance(cause)) return undefined;
    throw cause;
  }
}

/** A model name made of any text: lower case, without the ending, other characters as dashes. */
export function nameOf(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/\.gguf$/, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? 'model' : name;
}

/** The name of what an adapter makes of its base. */
export function nameOfAdapted(base: Variant, adapter: string): string {
  return nameOf(`${base.name}-${nameOf(adapter)}`);
}

/** The name under which a known name is kept, such as `deepseek-r1-7b-q4_k_m`; undefined for any other text. */
export function nameOfReference(text: string): string | undefined {
  const known = parseKnownName(text);
  return known && nameOf(`${known.model.name}-${known.wanted}`);
}

/** The same of a file name, without the number of the shard. */
function variantNameOf(file: string): string {
  return nameOf(file.replace(/-\d{5}-of-\d{5}\.gguf$/, ''));
}
