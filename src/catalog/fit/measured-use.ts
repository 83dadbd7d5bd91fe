// What loads of a model really took, kept under the home directory so that later estimates are right: one file a weights
// digest. It informs; a file that cannot be read counts as none.
import { join } from 'node:path';
import { type Digest, makeDirectory, parseDigest, writeFileAtomically } from '../../base/index.ts';
import { finite, members, type Refuse, readStrictJson, strictJson, text } from '../storage/strict-json.ts';
import type { EngineSize } from './memory-needs.ts';

export type MeasuredUse = EngineSize & {
  /** Another runtime lays memory out in another way. */
  readonly runtimeBuild: string;
  /** By how much the child process grew while it loaded and served. */
  readonly grownBytes: number;
};

const maxFileBytes = 64 * 1024;
const maxUses = 32;
const maxBuildLength = 512;

/** Keeps the largest growth seen for a size. @throws TGL_DISK_FULL */
export function rememberUse(home: string, weights: Digest, use: MeasuredUse): void {
  const known = measuredUses(home, weights);
  const same = known.find((other) => sameSize(other, use));
  if (same !== undefined && same.grownBytes >= use.grownBytes) return;
  const others = known.filter((other) => other !== same).slice(-(maxUses - 1));
  makeDirectory(directoryOf(home), 0o700);
  writeFileAtomically(pathOf(home, weights), strictJson({ schema: 1, uses: [...others, use] }), {
    mode: 0o600,
  });
}

/** Oldest first. */
export function measuredUses(home: string, weights: Digest): readonly MeasuredUse[] {
  try {
    const file = readStrictJson(pathOf(home, weights), maxFileBytes, refuse);
    return file === undefined ? [] : decodeUses(file);
  } catch (cause) {
    if (cause instanceof Unreadable) return [];
    throw cause;
  }
}

/**
 * Bytes to add to an estimate: how far the estimate was off for the same or else the nearest size.
 *
 * @param uses of one runtime and one model.
 * @param estimate total for a size, uncorrected.
 */
export function correctionOf(
  uses: readonly MeasuredUse[],
  estimate: (size: EngineSize) => number,
): (size: EngineSize) => number {
  const cells = ({ slots, contextLength }: EngineSize): number => slots * contextLength;
  return (size) => {
    const distance = (use: EngineSize): number => Math.abs(cells(use) - cells(size));
    const [nearest] = uses.toSorted((one, other) => distance(one) - distance(other));
    return nearest === undefined ? 0 : nearest.grownBytes - estimate(nearest);
  };
}

class Unreadable extends Error {}

const refuse: Refuse = (problem) => {
  throw new Unreadable(problem);
};

function decodeUses(file: unknown): readonly MeasuredUse[] {
  const { schema, uses } = members(file, 'the file', ['schema', 'uses'], refuse);
  if (schema !== 1 || !Array.isArray(uses) || uses.length > maxUses) return refuse('it is of another form');
  return uses.map((use) => {
    const fields = members(use, 'a use', ['runtimeBuild', 'slots', 'contextLength', 'grownBytes'], refuse);
    return {
      runtimeBuild: text(fields.runtimeBuild, 'runtimeBuild', maxBuildLength, refuse),
      slots: finite(fields.slots, 'slots', refuse),
      contextLength: finite(fields.contextLength, 'contextLength', refuse),
      grownBytes: finite(fields.grownBytes, 'grownBytes', refuse),
    };
  });
}

function sameSize(one: MeasuredUse, other: MeasuredUse): boolean {
  return (
    one.runtimeBuild === other.runtimeBuild &&
    one.slots === other.slots &&
    one.contextLength === other.contextLength
  );
}

function directoryOf(home: string): string {
  return join(home, 'measured');
}

function pathOf(home: string, weights: Digest): string {
  return join(directoryOf(home), `${parseDigest(weights)}.json`);
}
