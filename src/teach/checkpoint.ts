// A checkpoint is one file: a magic line, a JSON header with the digest of the body, then three float32 arrays
// (parameters, first and second moments). It replaces its predecessor atomically, so `kill -9` at any moment leaves
// the old one or the new one, and damage is noticed by the digest.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type Disk, parseDigest, systemDisk, TiegelError, writeFileAtomically } from '../base/index.ts';

/** The state from which a stage continues to the same numbers. */
export type Checkpoint = {
  readonly recipeDigest: string;
  /** Steps that are done. */
  readonly step: number;
  /** Steps of the optimiser, of which a step may make several or none. */
  readonly updates: number;
  readonly tokens: number;
  readonly flops: number;
  /** Chained SHA-256 of all batches so far. */
  readonly dataDigest: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** float32 [parameters] each */
  readonly values: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
};

type Header = Omit<Checkpoint, 'values' | 'firstMoments' | 'secondMoments'> & {
  readonly parameters: number;
  readonly bodyDigest: string;
};

const magic = 'tiegel-checkpoint-2\n';

/** @throws TGL_DISK_FULL; the previous checkpoint is then intact. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint, disk: Disk = systemDisk): void {
  const { values, firstMoments, secondMoments, ...state } = checkpoint;
  const body = [values, firstMoments, secondMoments].map(bytesOf);
  const header: Header = { ...state, parameters: values.length, bodyDigest: digestOfParts(body) };
  writeFileAtomically(path, [Buffer.from(`${magic}${JSON.stringify(header)}\n`), ...body], { disk });
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
  const headerEnd = file.indexOf('\n', magic.length);
  if (file.toString('latin1', 0, magic.length) !== magic || headerEnd < 0)
    throw refuse('it is not a checkpoint file');
  const { bodyDigest, parameters, ...state } = parseHeader(
    file.toString('utf8', magic.length, headerEnd),
    refuse,
  );
  const body = file.subarray(headerEnd + 1);
  if (body.length !== parameters * 3 * 4)
    throw refuse(`it holds ${body.length} bytes for ${parameters} parameters`);
  if (digestOfParts([body]) !== bodyDigest) throw refuse('its digest does not match its content');
  const floats = new Float32Array(new Uint8Array(body).buffer);
  return {
    ...state,
    values: floats.subarray(0, parameters),
    firstMoments: floats.subarray(parameters, 2 * parameters),
    secondMoments: floats.subarray(2 * parameters),
  };
}

function parseHeader(text: string, refuse: (problem: string, cause?: unknown) => TiegelError): Header {
  try {
    const header = JSON.parse(text) as Header;
    parseDigest(header.recipeDigest);
    parseDigest(header.dataDigest);
    const { step, updates, tokens, flops, parameters, wallSeconds, cpuSeconds } = header;
    const numbers = [step, updates, tokens, flops, parameters, wallSeconds, cpuSeconds];
    if (!numbers.every((value) => Number.isFinite(value) && value >= 0))
      throw new TypeError('a count is missing');
    return header;
  } catch (cause) {
    throw refuse('its header cannot be read', cause);
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
