// The attestation beside the evidence: its statements in DSSE envelopes, one per line (an in-toto bundle), signed with the
// catalog's key. It follows from the evidence, so checking it means deriving it again.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../../base/index.ts';
import type { Attestations, Envelope } from '../../catalog/index.ts';
import { type Report, readReport } from '../reports/report.ts';
import { attestationName, testResults, verificationSummary } from './statements.ts';

export type AttestationState =
  | { readonly state: 'valid' | 'absent' }
  /** Signed with another key, which only somebody who trusts that key can check. */
  | { readonly state: 'foreign'; readonly key: string }
  | { readonly state: 'wrong'; readonly problem: string };

/** @throws TGL_EVIDENCE_INVALID, since only evidence that verifies is attested */
export function writeAttestation(evidencePath: string, attestations: Attestations): void {
  const path = join(dirname(evidencePath), attestationName);
  writeFileAtomically(path, attestationText(readReport(evidencePath), attestations), { mode: 0o600 });
}

/** @throws TGL_EVIDENCE_INVALID */
export function checkAttestation(evidencePath: string, attestations: Attestations): AttestationState {
  const path = join(dirname(evidencePath), attestationName);
  if (!existsSync(path)) return { state: 'absent' };
  const text = readFileSync(path, 'utf8');
  const expected = attestationText(readReport(evidencePath), attestations);
  if (text === expected) return { state: 'valid' };
  const [own] = keysIn(expected);
  const keys = new Set(keysIn(text));
  const [key] = keys;
  if (keys.size === 1 && key !== undefined && key !== own) return { state: 'foreign', key };
  const problems = envelopesIn(text).flatMap((envelope) => {
    const opened = attestations.open(envelope);
    return opened.sound ? [] : [opened.problem];
  });
  return { state: 'wrong', problem: problems[0] ?? 'it says something else than the evidence' };
}

function attestationText(report: Report, { sign }: Attestations): string {
  const results = testResults(report).map((statement) => JSON.stringify(sign(statement)));
  const summary = JSON.stringify(sign(verificationSummary(report, results)));
  return [...results, summary].map((line) => `${line}\n`).join('');
}

function envelopesIn(text: string): readonly Partial<Envelope>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return (JSON.parse(line) ?? {}) as Partial<Envelope>;
      } catch {
        return {};
      }
    });
}

function keysIn(text: string): readonly (string | undefined)[] {
  return envelopesIn(text).map(({ signatures }) => signatures?.[0]?.keyid);
}
