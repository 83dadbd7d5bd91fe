// What was measured of a model on this machine, kept under the home directory so that later estimates are right: what loads
// of it took, and how fast it was. One file a weights digest. It informs; a file that cannot be read counts as none.
import { join } from 'node:path';
import { type Digest, makeDirectory, parseDigest, writeFileAtomically } from '../../base/index.ts';
import {
  finite,
  list,
  members,
  readStrictJson,
  unreadable as refuse,
  strictJson,
  text,
  whereReadable,
} from '../storage/strict-json.ts';
import type { EngineSize } from './memory-needs.ts';

export type MeasuredUse = EngineSize & {
  /** Another runtime lays memory out in another way. */
  readonly runtimeBuild: string;
  /** By how much the child process grew while it loaded and served. */
  readonly grownBytes: number;
};

/** What `tiegel bench` has seen. Tokens per second of all sequences together; null: could not be seen. */
export type MeasuredSpeed = {
  readonly runtimeBuild: string;
  /** When it was measured, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly rates: readonly {
    readonly sequences: number;
    readonly promptTokensPerSecond: number | null;
    readonly tokensPerSecond: number | null;
  }[];
};

type Measured = { readonly uses: readonly MeasuredUse[]; readonly speeds: readonly MeasuredSpeed[] };

const nothing: Measured = { uses: [], speeds: [] };

const maxFileBytes = 64 * 1024;
const maxUses = 32;
const maxSpeeds = 8;
const maxRates = 16;
const maxBuildLength = 512;

/** Keeps the largest growth seen for a size. @throws TGL_DISK_FULL */
export function rememberUse(home: string, weights: Digest, use: MeasuredUse): void {
  const known = measured(home, weights);
  const same = known.uses.find((other) => sameSize(other, use));
  if (same !== undefined && same.grownBytes >= use.grownBytes) return;
  const others = known.uses.filter((other) => other !== same).slice(-(maxUses - 1));
  write(home, weights, { ...known, uses: [...others, use] });
}

/** Oldest first. */
export function measuredUses(home: string, weights: Digest): readonly MeasuredUse[] {
  return measured(home, weights).uses;
}

/** Keeps the last one of each runtime. @throws TGL_DISK_FULL */
export function rememberSpeed(home: string, weights: Digest, speed: MeasuredSpeed): void {
  const known = measured(home, weights);
  const others = known.speeds.filter(({ runtimeBuild }) => runtimeBuild !== speed.runtimeBuild);
  write(home, weights, { ...known, speeds: [...others.slice(-(maxSpeeds - 1)), speed] });
}

/** The last one of a runtime. */
export function measuredSpeed(
  home: string,
  weights: Digest,
  runtimeBuild: string,
): MeasuredSpeed | undefined {
  return measured(home, weights).speeds.find((speed) => speed.runtimeBuild === runtimeBuild);
}

function measured(home: string, weights: Digest): Measured {
  const read = whereReadable(() => {
    const file = readStrictJson(pathOf(home, weights), maxFileBytes, refuse);
    return file === undefined ? nothing : decodeMeasured(file);
  });
  return 'value' in read ? read.value : nothing;
}

function write(home: string, weights: Digest, { uses, speeds }: Measured): void {
  makeDirectory(directoryOf(home), 0o700);
  writeFileAtomically(pathOf(home, weights), strictJson({ schema: 2, uses, speeds }), { mode: 0o600 });
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

function decodeMeasured(file: unknown): Measured {
  const { schema, uses, speeds } = members(file, 'the file', ['schema', 'uses', 'speeds'], refuse);
  if (schema !== 2) return refuse('it is of another form');
  return {
    uses: list(uses, 'uses', maxUses, refuse).map(decodeUse),
    speeds: list(speeds, 'speeds', maxSpeeds, refuse).map(decodeSpeed),
  };
}

function decodeUse(use: unknown): MeasuredUse {
  const fields = members(use, 'a use', ['runtimeBuild', 'slots', 'contextLength', 'grownBytes'], refuse);
  return {
    runtimeBuild: text(fields.runtimeBuild, 'runtimeBuild', maxBuildLength, refuse),
    slots: finite(fields.slots, 'slots', refuse),
    contextLength: finite(fields.contextLength, 'contextLength', refuse),
    grownBytes: finite(fields.grownBytes, 'grownBytes', refuse),
  };
}

function decodeSpeed(speed: unknown): MeasuredSpeed {
  const fields = members(speed, 'a speed', ['runtimeBuild', 'at', 'rates'], refuse);
  return {
    runtimeBuild: text(fields.runtimeBuild, 'runtimeBuild', maxBuildLength, refuse),
    at: finite(fields.at, 'at', refuse),
    rates: list(fields.rates, 'rates', maxRates, refuse).map((rate) => {
      const names = ['sequences', 'promptTokensPerSecond', 'tokensPerSecond'] as const;
      const { sequences, promptTokensPerSecond, tokensPerSecond } = members(rate, 'a rate', names, refuse);
      const orNull = (value: unknown, name: string): number | null =>
        value === null ? null : finite(value, name, refuse);
      return {
        sequences: finite(sequences, 'sequences', refuse),
        promptTokensPerSecond: orNull(promptTokensPerSecond, 'promptTokensPerSecond'),
        tokensPerSecond: orNull(tokensPerSecond, 'tokensPerSecond'),
      };
    }),
  };
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
