// Examinations as files: statements that the key of a machine has signed, and the keys that they were made with, which whoever checks
// them elsewhere is given under seal.
import { z } from 'zod';
import { type Json, TiegelError } from '../../base/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Examination, ForensicKeys } from '../../guard/index.ts';

export const examinationPredicate = 'urn:tiegel:predicate:guard-examination:v1';

export function signExamination(attestations: Catalog['attestations'], examination: Examination): string {
  const { name, digest } = examination.material.model;
  const envelope = attestations.sign({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: digest } }],
    predicateType: examinationPredicate,
    predicate: examination as unknown as { readonly [name: string]: Json },
  });
  return `${JSON.stringify(envelope)}\n`;
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const keysSchema = z.strictObject({
  marks: z.array(z.strictObject({ cohort: z.string(), key: hex })),
  exposure: hex,
});

export function writtenKeys({ marks, exposure }: ForensicKeys): string {
  const keyOf = (key: Uint8Array): string => Buffer.from(key).toString('hex');
  const written = {
    marks: marks.map(({ cohort, key }) => ({ cohort, key: keyOf(key) })),
    exposure: keyOf(exposure),
  };
  return `${JSON.stringify(written)}\n`;
}

/** @throws TGL_GUARD_EXAMINATION_INVALID */
export function readKeys(text: string): ForensicKeys {
  try {
    const { marks, exposure } = keysSchema.parse(JSON.parse(text));
    return {
      marks: marks.map(({ cohort, key }) => ({ cohort, key: Buffer.from(key, 'hex') })),
      exposure: Buffer.from(exposure, 'hex'),
    };
  } catch {
    throw new TiegelError('TGL_GUARD_EXAMINATION_INVALID', {
      problem: 'the file of keys is none that `tiegel guard examine --keys-out` wrote',
    });
  }
}
