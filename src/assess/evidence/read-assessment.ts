// Reads the sealed evidence of an assessment and decodes each line, after chain and seal have been checked.
import { TiegelError } from '../../base/index.ts';
import { decodeLines, decodeWithheld, type EvidenceLine, type WithheldTexts } from './evidence-line.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { readEvidence, type SealedEvidence } from './read-evidence.ts';

export type SealedAssessment = Omit<SealedEvidence, 'lines' | 'withheld'> & {
  /** All lines but the seal. */
  readonly lines: readonly EvidenceLine[];
  /** Null if the file is not at hand. */
  readonly withheld: WithheldTexts | null;
};

export type ReadAssessment =
  | { readonly sound: true; readonly evidence: SealedAssessment }
  | { readonly sound: false; readonly problem: string };

/** @param path of the evidence; withheld texts are looked for beside it */
export function readAssessment(path: string): ReadAssessment {
  const read = readEvidence(path);
  if (!read.sound) return read;
  const lines = decodeLines(read.evidence.lines);
  if ('problem' in lines) return { sound: false, problem: lines.problem };
  const withheld = read.evidence.withheld === null ? { value: null } : decodeWithheld(read.evidence.withheld);
  if ('problem' in withheld) return { sound: false, problem: withheld.problem };
  return { sound: true, evidence: { ...read.evidence, lines: lines.value, withheld: withheld.value } };
}

/**
 * Decodes what a log contained when it was opened.
 *
 * @throws TGL_EVIDENCE_INVALID
 */
export function decodeLog({ path, lines, withheld }: EvidenceLog): {
  readonly lines: readonly EvidenceLine[];
  readonly withheld: WithheldTexts;
} {
  const decoded = decodeLines(lines);
  if ('problem' in decoded) throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem: decoded.problem });
  const texts = decodeWithheld(withheld);
  if ('problem' in texts) throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem: texts.problem });
  return { lines: decoded.value, withheld: texts.value };
}

/** @throws TGL_EVIDENCE_INVALID */
export function requireAssessment(path: string): SealedAssessment {
  const read = readAssessment(path);
  if (!read.sound) throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem: read.problem });
  return read.evidence;
}
