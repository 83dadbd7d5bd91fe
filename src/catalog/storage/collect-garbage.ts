// Removes blobs that no manifest names, without a lock. A blob is first set aside under another name, then the
// manifests are read again: one that appeared meanwhile gets its blob back. Importers write the manifest first and look
// for its blobs afterwards, so whatever the order, one side sees the other.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, parseDigest } from '../../base/index.ts';
import type { Layout } from './layout.ts';

/** The digests that manifests name now; undefined where one cannot be read, so that nothing may be removed. */
type References = () => ReadonlySet<Digest> | undefined;

export type Collected = { readonly blobs: number; readonly bytes: number };

const setAside = /^\.([0-9a-f]{64})\.aside$/;
const nothing: Collected = { blobs: 0, bytes: 0 };

/** Removes the blobs and the shard sets that nothing refers to. */
export function collectGarbage(layout: Layout, references: References): Collected {
  const before = references();
  if (before === undefined) return nothing;
  for (const name of readdirSync(layout.blobs)) {
    if (/^[0-9a-f]{64}$/.test(name) && !before.has(parseDigest(name))) {
      moveIfThere(join(layout.blobs, name), asidePath(layout, name));
    }
  }
  return settleAside(layout, references);
}

/** Finishes what a collection that was killed left: blobs that are named again come back, others go. */
export function settleAside(layout: Layout, references: References): Collected {
  const names = readdirSync(layout.blobs).flatMap((name) => setAside.exec(name)?.slice(1) ?? []);
  if (names.length === 0) return nothing;
  const after = references();
  let removed = nothing;
  for (const name of names) {
    const aside = asidePath(layout, name);
    const digest = parseDigest(name);
    if (after === undefined || after.has(digest)) {
      if (!existsSync(layout.blob(digest))) moveIfThere(aside, layout.blob(digest));
      else rmSync(aside, { force: true });
    } else {
      const bytes = statSync(aside, { throwIfNoEntry: false })?.size;
      rmSync(aside, { force: true });
      if (bytes !== undefined) removed = { blobs: removed.blobs + 1, bytes: removed.bytes + bytes };
    }
  }
  if (after !== undefined) removeShardSets(layout, after);
  return removed;
}

/** Sets are second names of blobs, made again when they are needed. */
function removeShardSets(layout: Layout, references: ReadonlySet<Digest>): void {
  for (const name of readdirSync(layout.shardSets)) {
    const kept = /^[0-9a-f]{64}$/.test(name) && references.has(parseDigest(name));
    if (!kept) rmSync(join(layout.shardSets, name), { recursive: true, force: true });
  }
}

function asidePath(layout: Layout, name: string): string {
  return join(layout.blobs, `.${name}.aside`);
}

/** Another collection may have been faster. */
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}
