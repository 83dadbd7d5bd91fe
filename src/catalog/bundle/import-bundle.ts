// Reads a bundle from front to back, once, and believes nothing of it: entries have to be the ones the manifest names,
// in order and of its lengths, bytes have to have their digests, and what the manifest says about the weights has to be
// what they say themselves. A record that comes along is kept as information; it admits nothing here.

import type { FileHandle } from 'node:fs/promises';
import { TiegelError } from '../../base/index.ts';
import type { CatalogStorage } from '../storage/catalog-storage.ts';
import { openRegularFile } from '../storage/open-regular-file.ts';
import { parseStrictJson, type Refuse } from '../storage/strict-json.ts';
import { weightsOnDisk } from '../storage/weights-on-disk.ts';
import { inspectAdapter } from '../variant/adapter.ts';
import { inspectWeights } from '../variant/inspect-weights.ts';
import { type Manifest, maxManifestBytes, openManifest, type Variant } from '../variant/manifest.ts';
import { describedBy, manifestDisagreement, publish } from '../variant/store-variant.ts';
import { distinctBlobs, entryNames } from './export-bundle.ts';
import { blockBytes, readTarHeader, type TarEntry, tarEnd, tarPadding } from './tar.ts';

const maxRecordBytes = 256 * 1024;
const chunkBytes = 1024 * 1024;
/** Left free on the disk beside the model. */
const spare = 64 * 2 ** 20;

/**
 * Takes in the bundle at `path`, quarantined. Blobs that are left without a manifest after a failure are garbage.
 *
 * @param name under which the variant is kept; by default the one it had
 * @throws TGL_FILE_NOT_FOUND, TGL_BUNDLE_INVALID, TGL_DIGEST_MISMATCH, TGL_MODEL_NAME_INVALID, TGL_DISK_SPACE,
 *   TGL_DISK_FULL, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED, TGL_ADAPTER_INVALID
 */
export async function importBundle(
  storage: CatalogStorage,
  path: string,
  name: string | undefined,
): Promise<Variant> {
  const refuse: Refuse = (problem) => {
    throw new TiegelError('TGL_BUNDLE_INVALID', { path, problem });
  };
  await using file = await openRegularFile(path);
  const { manifest: stated } = await readTexts(archiveReader(file, refuse), refuse);
  const directory = storage.layout.blobs;
  const required = distinctBlobs(stated)
    .filter(({ digest }) => !storage.blobs.has(digest))
    .reduce((sum, { bytes }) => sum + bytes, spare);
  const free = await storage.disk.freeBytes(directory);
  if (free < required) throw new TiegelError('TGL_DISK_SPACE', { path: directory, required, free });

  const kept = name ?? stated.name;
  // Awaited, because the file is closed when this function ends.
  return await publish(storage, kept, async () => {
    const archive = archiveReader(file, refuse);
    const { manifest, record, next } = await readTexts(archive, refuse);
    await takeBlobs(storage, archive, manifest, next, refuse);
    const [{ path: weights }] = await weightsOnDisk(
      manifest.weights,
      storage.layout,
      storage.blobs.verifiedPath,
      storage.disk,
    );
    const facts = await inspectWeights(weights, manifest.weights.digest);
    const disagreement = manifestDisagreement(manifest, facts);
    if (disagreement !== undefined) refuse(disagreement);
    for (const { digest } of manifest.adapters ?? [])
      inspectAdapter(await storage.blobs.verifiedPath(digest), weights);
    const importedRecord = record === undefined ? null : await storage.blobs.addContent([record]);
    const created = new Date(storage.clock.now()).toISOString();
    return { ...manifest, ...describedBy(facts), name: kept, importedRecord, created };
  });
}

type Archive = {
  /** The next entry; undefined at the end of the archive, after which the file has to end. */
  readonly next: () => Promise<TarEntry | undefined>;
  /** The bytes of the entry, to be read to the end; a piece is valid until the next one is asked for. */
  readonly content: (entry: TarEntry) => AsyncIterable<Uint8Array>;
};

/** Reads from the first byte on; each reader has a position of its own. */
function archiveReader(file: FileHandle, refuse: Refuse): Archive {
  let position = 0;
  const take = async (target: Uint8Array): Promise<void> => {
    for (let filled = 0; filled < target.length; ) {
      const { bytesRead } = await file.read(target, filled, target.length - filled, position + filled);
      if (bytesRead === 0) refuse(`it ends at byte ${position + filled}, too early`);
      filled += bytesRead;
    }
    position += target.length;
  };
  return {
    next: async () => {
      const block = new Uint8Array(blockBytes);
      await take(block);
      if (block.some((byte) => byte !== 0)) {
        return readTarHeader(block) ?? refuse(`byte ${position - blockBytes} begins no entry`);
      }
      const rest = new Uint8Array(tarEnd.length - blockBytes);
      await take(rest);
      const more = (await file.read(new Uint8Array(1), 0, 1, position)).bytesRead;
      if (more > 0 || rest.some((byte) => byte !== 0))
        refuse(`something follows its end at byte ${position}`);
      return undefined;
    },
    content: async function* ({ bytes }) {
      const buffer = new Uint8Array(Math.min(bytes, chunkBytes));
      for (let left = bytes; left > 0; ) {
        const chunk = buffer.subarray(0, Math.min(left, chunkBytes));
        await take(chunk);
        left -= chunk.length;
        yield chunk;
      }
      const padding = tarPadding(bytes);
      await take(padding);
      if (padding.some((byte) => byte !== 0)) refuse(`the padding before byte ${position} is not empty`);
    },
  };
}

type Texts = {
  readonly manifest: Manifest;
  readonly record: Uint8Array | undefined;
  /** The entry that follows. */
  readonly next: TarEntry | undefined;
};

async function readTexts(archive: Archive, refuse: Refuse): Promise<Texts> {
  const first = await archive.next();
  if (first?.name !== entryNames.manifest) return refuse(`it does not begin with ${entryNames.manifest}`);
  const text = await readAll(archive, first, maxManifestBytes, refuse);
  const manifest = openManifest(parseStrictJson(text, refuse), refuse);
  if (manifest.importedRecord !== null) refuse('its manifest names the record of a third machine');
  const second = await archive.next();
  if (second?.name !== entryNames.record) return { manifest, record: undefined, next: second };
  const record = await readAll(archive, second, maxRecordBytes, refuse);
  parseStrictJson(record, refuse);
  return { manifest, record, next: await archive.next() };
}

async function readAll(
  archive: Archive,
  entry: TarEntry,
  limit: number,
  refuse: Refuse,
): Promise<Uint8Array> {
  if (entry.bytes > limit) refuse(`${entry.name} has ${entry.bytes} bytes; at most ${limit} are allowed`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive.content(entry)) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

async function takeBlobs(
  { blobs }: CatalogStorage,
  archive: Archive,
  manifest: Manifest,
  first: TarEntry | undefined,
  refuse: Refuse,
): Promise<void> {
  let entry = first;
  for (const { digest, bytes } of distinctBlobs(manifest)) {
    if (entry?.name !== entryNames.blob(digest) || entry.bytes !== bytes) {
      return refuse(`${entryNames.blob(digest)} of ${bytes} bytes is not where it should be`);
    }
    await blobs.addContent(archive.content(entry), digest);
    entry = await archive.next();
  }
  if (entry !== undefined) refuse(`${entry.name} is not named by its manifest`);
}
