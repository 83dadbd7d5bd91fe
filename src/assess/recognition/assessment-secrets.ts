// What an assessment of a model on a server draws, and nobody may know: kept in a file from its begin to its end, so that one that is
// interrupted can go on with the same questions, and one that is begun anew never asks what a server has seen.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Entropy, makeDirectory, writeFileAtomically } from '../../base/index.ts';

const key = z.string().regex(/^[0-9a-f]{64}$/);

export type AssessmentSecrets = {
  readonly seed: number;
  /** 32 bytes in hexadecimal, as is the other key. */
  readonly fingerprintKey: string;
  readonly questionKey: string;
};

const schema: z.ZodType<AssessmentSecrets> = z.strictObject({
  seed: z.int().min(0),
  fingerprintKey: key,
  questionKey: key,
});

/**
 * New ones, or those of the assessment that is resumed.
 *
 * @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE
 */
export function beginSecrets(
  home: string,
  model: string,
  { resume, entropy }: { readonly resume: boolean; readonly entropy: Entropy },
): AssessmentSecrets {
  const begun = resume ? readBegun(home, model) : undefined;
  if (begun !== undefined) return begun;
  const drawn: AssessmentSecrets = {
    seed: Buffer.from(entropy(6)).readUIntBE(0, 6),
    fingerprintKey: drawKey(entropy),
    questionKey: drawKey(entropy),
  };
  makeDirectory(directoryOf(home), 0o700);
  writeFileAtomically(pathOf(home, model), `${JSON.stringify(drawn)}\n`, { mode: 0o600 });
  return drawn;
}

/** Nobody asks by them any more. */
export function endSecrets(home: string, model: string): void {
  rmSync(pathOf(home, model), { force: true });
}

export function drawKey(entropy: Entropy): string {
  return Buffer.from(entropy(32)).toString('hex');
}

function readBegun(home: string, model: string): AssessmentSecrets | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(pathOf(home, model), 'utf8')));
  } catch {
    return undefined;
  }
}

function directoryOf(home: string): string {
  return join(home, 'recognition');
}

/** @param model a checked name, which holds no separator and no blank */
function pathOf(home: string, model: string): string {
  return join(directoryOf(home), `${model} begun.json`);
}
