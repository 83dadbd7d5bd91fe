// The root of a Merkle tree over lines, after RFC 6962 section 2.1: leaves and inner nodes are hashed with different
// first bytes, so that no inner node can be shown as a leaf.
import { createHash } from 'node:crypto';
import { type Digest, parseDigest } from '../../base/index.ts';

/** The root over the lines in order; without lines, the digest of the empty text. */
export function merkleRoot(lines: readonly (string | Uint8Array)[]): Digest {
  if (lines.length === 0) return parseDigest(createHash('sha256').digest('hex'));
  return parseDigest(nodeOver(lines.map(leafOf)).toString('hex'));
}

function leafOf(line: string | Uint8Array): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(line).digest();
}

/** The root of a subtree, split at the largest power of two below the number of leaves. */
function nodeOver(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1));
  const children = [nodeOver(leaves.slice(0, left)), nodeOver(leaves.slice(left))];
  return createHash('sha256').update(Buffer.of(1)).update(children[0]!).update(children[1]!).digest();
}
