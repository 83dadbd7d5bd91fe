// The lines of evidence by type, each with a strict decoder. A line is decoded without being rebuilt, so that whatever a
// digest was taken of keeps the order of its members.

import type { z } from 'zod';
import { type Json, lookUp } from '../../base/index.ts';
import {
  evidenceSchema,
  type ProbesLine,
  probesLine,
  type Registration,
  registrationLine,
} from './assessment-lines.ts';
import type { ChainLine } from './chain.ts';
import {
  type DecisionLine,
  decisionLine,
  type PolicyVerdictLine,
  type ProbesVerdictLine,
  policyVerdictLine,
  probesVerdictLine,
} from './conclusion-lines.ts';
import {
  type CapabilityLine,
  capabilityLine,
  type FingerprintLine,
  fingerprintLine,
  type ProbeLine,
  probeLine,
  type RepeatedRunLine,
  repeatedRunLine,
} from './probe-lines.ts';
import {
  type AttemptTexts,
  shownTrialLine,
  type TrialLine,
  withheldTexts,
  withheldTrialLine,
} from './trial-line.ts';

/** Every line but the seal, which belongs to the file. */
export type EvidenceLine =
  | ProbesLine
  | Registration
  | ProbeLine
  | RepeatedRunLine
  | FingerprintLine
  | CapabilityLine
  | TrialLine
  | DecisionLine
  | PolicyVerdictLine
  | ProbesVerdictLine;

/** Schemas by type, and within a type by the member that tells its forms apart. */
const decoders: Readonly<Record<EvidenceLine['type'], (line: object) => z.ZodType<EvidenceLine>>> = {
  assessment: (line) => ('registration' in line ? registrationLine : probesLine),
  probe: () => probeLine,
  identity: (line) => ('fingerprint' in line ? fingerprintLine : repeatedRunLine),
  capability: () => capabilityLine,
  trial: (line) => ('withheld' in line ? withheldTrialLine : shownTrialLine),
  decision: () => decisionLine,
  verdict: (line) => ('outcome' in line ? policyVerdictLine : probesVerdictLine),
};

export type Decoded<Value> = { readonly value: Value } | { readonly problem: string };

/** The value itself if the schema accepts it, otherwise where it is wrong and what was expected there. */
function decode<Value>(schema: z.ZodType<Value>, value: unknown): Decoded<Value> {
  const result = schema.safeParse(value);
  if (result.success) return { value: value as Value };
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') ?? '';
  const what = (issue?.message ?? '').replace(/^Invalid input: /, '');
  return { problem: where === '' ? what : `${where}: ${what}` };
}

/** @param line as it is in the file, with the digest of the line before, which the decoded line no longer has */
export function decodeLine({ previous: _, ...line }: ChainLine): Decoded<EvidenceLine> {
  const type = String(line.type);
  const decoder = lookUp(decoders, type);
  if (decoder === undefined) {
    const known = Object.keys(decoders).join(', ');
    return { problem: `its type is ${JSON.stringify(type)}; expected one of ${known}` };
  }
  if (type === 'assessment' && line.schema !== evidenceSchema) {
    const schema = JSON.stringify(line.schema) ?? 'none';
    const problem = `another version of Tiegel wrote it (schema ${schema}; this one reads schema ${evidenceSchema}): assess the model again`;
    return { problem };
  }
  const decoded = decode(decoder(line), line);
  return 'value' in decoded ? decoded : { problem: `it is no line of type ${type}: ${decoded.problem}` };
}

/** The lines of a file in order, or the number of the first that cannot be decoded and what was expected. */
export function decodeLines(lines: readonly ChainLine[]): Decoded<readonly EvidenceLine[]> {
  const decoded: EvidenceLine[] = [];
  for (const [index, line] of lines.entries()) {
    const result = decodeLine(line);
    if ('problem' in result) return { problem: `line ${index + 1}: ${result.problem}` };
    decoded.push(result.value);
  }
  return { value: decoded };
}

/** Withheld texts by the digest that the line of their trial names. */
export type WithheldTexts = ReadonlyMap<string, readonly AttemptTexts[]>;

/** Decodes the withheld texts of trials. */
export function decodeWithheld(held: ReadonlyMap<string, Json>): Decoded<WithheldTexts> {
  const decoded = new Map<string, readonly AttemptTexts[]>();
  for (const [digest, texts] of held) {
    const result = decode(withheldTexts, texts);
    if ('problem' in result) return { problem: `withheld texts ${digest}: ${result.problem}` };
    decoded.set(digest, result.value);
  }
  return { value: decoded };
}
