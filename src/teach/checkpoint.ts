// A checkpoint is one file: a magic line, the SHA-256 of all that follows, a JSON header, then three float32 arrays (parameters,
// first and second moments). The previous one is kept beside it, so that after `kill -9` at any moment, or damage to the latest,
// there is one to continue from.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  type Disk,
  moveDurably,
  parseDigest,
  systemDisk,
  TiegelError,
  writeFileAtomically,
} from '../base/index.ts';

/** The state from which a stage continues to the same numbers. */
export type Checkpoint = {
  readonly recipeDigest: string;
  /** Number of completed steps. */
  readonly step: number;
  /** Optimiser steps, of which a step may take several or none. */
  readonly updates: number;
  readonly tokens: number;
  readonly flops: number;
  /** Chained SHA-256 of all batches so far. */
  readonly dataDigest: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** float32 [parameters], like both moments. */
  readonly values: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
};

const amount = z.number().min(0);
const digest = z.string().refine((text) => {
  try {
    return parseDigest(text) === text;
  } catch {
    return false;
  }
});

const headerSchema = z.strictObject({
  recipeDigest: digest,
  step: z.int().min(0),
  updates: z.int().min(0),
  tokens: z.int().min(0),
  flops: amount,
  dataDigest: digest,
  wallSeconds: amount,
  cpuSeconds: amount,
  parameters: z.int().min(1),
});

const magic = 'tiegel-checkpoint-3\n';
/** Length in bytes of the line that holds the digest. */
const digestLength = 64 + 1;

/** Path of the checkpoint before the one at `path`. */
export function previousCheckpoint(path: string): string {
  return `${path}.previous`;
}

/**
 * Writes a checkpoint and keeps the one that was there under another name.
 *
 * @throws TGL_DISK_FULL; what was written before is then intact, under the other name.
 */
export function writeCheckpoint(path: string, checkpoint: Checkpoint, disk: Disk = systemDisk): void {
  const { values, firstMoments, secondMoments, ...state } = checkpoint;
  const header = Buffer.from(`${JSON.stringify({ ...state, parameters: values.length })}\n`);
  const content = [header, ...[values, firstMoments, secondMoments].map(bytesOf)];
  if (existsSync(path)) moveDurably(path, previousCheckpoint(path), disk);
  writeFileAtomically(path, [Buffer.from(`${magic}${digestOfParts(content)}\n`), ...content], { disk });
}

/**
 * The latest undamaged checkpoint at `path`, or undefined if none was written.
 *
 * @param warn called with a sentence if the latest one cannot be read
 * @throws TGL_CHECKPOINT_INVALID when there is none to fall back to
 */
export function latestCheckpoint(path: string, warn: (text: string) => void): Checkpoint | undefined {
  const previous = previousCheckpoint(path);
  if (!existsSync(path) && !existsSync(previous)) return undefined;
  try {
    const latest = readCheckpoint(path);
    if (latest) return latest;
    warn(`There is no checkpoint at ${path}; the run goes on from the one before it.`);
  } catch (error) {
    if (!TiegelError.isInstance(error) || !existsSync(previous)) throw error;
    warn(`${error.message} The run goes on from the checkpoint before it.`);
  }
  return readCheckpoint(previous);
}

/**
 * The checkpoint at `path`, or undefined when there is none.
 * @throws TGL_CHECKPOINT_INVALID when it is damaged.
 */
export function readCheckpoint(path: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const file = readFileSync(path);
  const refuse = (problem: string, cause?: unknown) =>
    new TiegelError('TGL_CHECKPOINT_INVALID', { path, problem }, { cause });
  const start = magic.length + digestLength;
  if (file.toString('latin1', 0, magic.length) !== magic || file.length < start)
    throw refuse('it is not a checkpoint file of this version');
  const content = file.subarray(start);
  if (`${digestOfParts([content])}\n` !== file.toString('latin1', magic.length, start))
    throw refuse('its digest does not match its content');
  const headerEnd = content.indexOf('\n');
  const header = parseHeader(content.toString('utf8', 0, Math.max(0, headerEnd)));
  if (!header.success) throw refuse('its header cannot be read', header.error);
  const { parameters, ...state } = header.data;
  const body = content.subarray(headerEnd + 1);
  if (body.length !== parameters * 3 * 4)
    throw refuse(`it holds ${body.length} bytes for ${parameters} parameters`);
  const floats = new Float32Array(new Uint8Array(body).buffer);
  return {
    ...state,
    values: floats.subarray(0, parameters),
    firstMoments: floats.subarray(parameters, 2 * parameters),
    secondMoments: floats.subarray(2 * parameters),
  };
}

function parseHeader(text: string): z.ZodSafeParseResult<z.infer<typeof headerSchema>> {
  try {
    return headerSchema.safeParse(JSON.parse(text));
  } catch {
    return headerSchema.safeParse(undefined);
  }
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function digestOfParts(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
