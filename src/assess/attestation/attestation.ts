// The attestation beside the evidence: its statements in DSSE envelopes, one per line (an in-toto bundle), signed with the
// catalog's key. It follows from the evidence, so checking it means deriving it again.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../../base/index.ts';
import { type Attestations, type Envelope, openAttestation } from '../../catalog/index.ts';
import type { VerifiedEvidence } from '../afterwards/verify-assessment.ts';
import { type Report, readReport, reportOf } from '../reports/report.ts';
import { attestationName, testResults, verificationSummary } from './statements.ts';

export type Signature =
  /** By one of the keys that are trusted. */
  | { readonly state: 'trusted'; readonly key: string }
  | { readonly state: 'unsigned' }
  /** By a key that nobody vouches for, so that anybody can have signed it. */
  | { readonly state: 'untrusted'; readonly key: string }
  | { readonly state: 'wrong'; readonly problem: string };

/** @throws TGL_EVIDENCE_INVALID, since only evidence that verifies is attested */
export function writeAttestation(evidencePath: string, attestations: Attestations): void {
  const path = join(dirname(evidencePath), attestationName);
  writeFileAtomically(path, attestationText(readReport(evidencePath), attestations), { mode: 0o600 });
}

/**
 * Who has signed the evidence: its digest, its root, its policy and its results, all of which are derived again from its lines.
 *
 * @param trusted public keys in hexadecimal
 * @param read the evidence, if it was read and verified already
 * @throws TGL_EVIDENCE_INVALID
 */
export function checkSignature(
  evidencePath: string,
  trusted: readonly string[],
  read?: VerifiedEvidence,
): Signature {
  const path = join(dirname(evidencePath), attestationName);
  if (!existsSync(path)) return { state: 'unsigned' };
  const wrong = (problem: string): Signature => ({ state: 'wrong', problem });
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n').slice(0, -1);
  const envelopes = lines.map(envelopeIn);
  const [key, ...others] = new Set(envelopes.map(({ signatures }) => signatures?.[0]?.keyid));
  if (key === undefined || others.length > 0) return wrong('its lines are not all signed with one key');
  if (!trusted.includes(key)) return { state: 'untrusted', key };
  const report = read === undefined ? readReport(evidencePath) : reportOf(evidencePath, read);
  const statements = [...testResults(report), verificationSummary(report, lines.slice(0, -1))].map(
    (statement) => JSON.stringify(statement),
  );
  const opened = envelopes.map((envelope) => openAttestation(envelope, key));
  for (const one of opened) if (!one.sound) return wrong(one.problem);
  const said = opened.map((one) => (one.sound ? one.payload : ''));
  const isAsWritten = text === envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`).join('');
  if (!isAsWritten || JSON.stringify(said) !== JSON.stringify(statements))
    return wrong('it says something else than the evidence');
  return { state: 'trusted', key };
}

function attestationText(report: Report, { sign }: Attestations): string {
  const results = testResults(report).map((statement) => JSON.stringify(sign(statement)));
  const summary = JSON.stringify(sign(verificationSummary(report, results)));
  return [...results, summary].map((line) => `${line}\n`).join('');
}

/** Empty for what is none. */
function envelopeIn(line: string): Partial<Envelope> {
  try {
    return (JSON.parse(line) ?? {}) as Partial<Envelope>;
  } catch {
    return {};
  }
}
