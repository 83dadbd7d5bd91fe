// Assessment: runs a battery on one subject and, if every probe passed, has the catalog sign that it did. Nothing is
// skipped in silence: what errored, was not run or tried nothing is inconclusive, and that blocks admission.
import { join } from 'node:path';
import { type Digest, identifierSource, systemEntropy } from '../base/index.ts';
import { type AdmissionRecord, admissionKeyOf, type Subject } from '../catalog/index.ts';
import type { AssessOptions } from './assess-options.ts';
import { openEvidence } from './evidence.ts';
import type { ProbeResult } from './probe.ts';
import { runProbes } from './run-probes.ts';
import { overallVerdict, type Verdict } from './verdict.ts';

export type Assessment = {
  readonly id: string;
  readonly verdict: Verdict;
  readonly probes: readonly ProbeResult[];
  readonly subject: Subject;
  readonly admissionKey: Digest;
  /** ISO 8601, as is `finished`. */
  readonly started: string;
  readonly finished: string;
  readonly evidencePath: string;
  readonly evidenceDigest: Digest;
  /** What the catalog signed; null unless the verdict is a pass. */
  readonly record: AdmissionRecord | null;
};

/**
 * Runs the battery.
 *
 * @throws TGL_BLOB_CORRUPT, TGL_GGUF_*, TGL_DISK_FULL when there is nothing to assess or nowhere to write; the reason
 *   of `signal` when it aborts. Faults of the model or the engine are verdicts.
 */
export async function assess(options: AssessOptions): Promise<Assessment> {
  const { catalog, variant, serving, battery, clock, entropy = systemEntropy } = options;
  const started = new Date(clock.now()).toISOString();
  const id = identifierSource(clock, entropy)('assessment');
  const subject = await catalog.subjectOf(variant, serving);
  const admissionKey = admissionKeyOf(subject);
  const weightsPath = await catalog.weightsPath(variant);
  using evidence = openEvidence(join(catalog.home, 'assessments', id));
  evidence.append({ type: 'assessment', id, started, model: variant.name, battery, subject, admissionKey });

  const probes = await runProbes(options, weightsPath, evidence.append);
  const verdict = overallVerdict(probes.map((probe) => probe.verdict));
  const finished = new Date(clock.now()).toISOString();
  evidence.append({ type: 'verdict', verdict, finished, probes });
  const evidenceDigest = evidence.seal();
  const assessed = { id, verdict, probes, subject, admissionKey, started, finished };
  const record = verdict === 'pass' ? recordPass(options, { ...assessed, evidenceDigest }) : null;
  return { ...assessed, evidencePath: evidence.path, evidenceDigest, record };
}

function recordPass(
  { catalog, variant, battery }: AssessOptions,
  { subject, probes, evidenceDigest }: Pick<Assessment, 'subject' | 'probes' | 'evidenceDigest'>,
): AdmissionRecord {
  return catalog.recordAdmission({
    model: variant.name,
    subject,
    battery: { name: battery.name, version: battery.version },
    probes: probes.map(({ name, reason }) => ({ name, verdict: 'pass', reason })),
    evidence: evidenceDigest,
    validDays: battery.validDays,
  });
}
