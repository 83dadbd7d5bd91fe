// Runs a battery on one subject and, if every probe passed, has the catalog sign an admission record. Nothing is
// skipped silently: a probe that failed to run, was not run or tried nothing is inconclusive, which blocks admission.
import { join } from 'node:path';
import { type Digest, identifierSource, systemEntropy } from '../base/index.ts';
import {
  type AdmissionRecord,
  admissionKeyOf,
  type Catalog,
  type Condition,
  type Subject,
} from '../catalog/index.ts';
import { assessByPolicy, type PolicyAssessment } from './assess-by-policy.ts';
import { writeAttestation } from './attestation/attestation.ts';
import { evidenceSchema } from './evidence/assessment-lines.ts';
import { openEvidence } from './evidence/evidence-log.ts';
import { assessmentBasis } from './plan/assessment-basis.ts';
import { decisionsServed, resultOf, verdictOf } from './plan/conclusion.ts';
import type { Policy } from './policy/policy.ts';
import { decidingPolicy } from './policy/strength.ts';
import type { AssessmentOptions, AssessOptions, RemoteAssessOptions } from './run/assess-options.ts';
import { runProbes } from './run/run-probes.ts';
import { type Examined, openSession, type Session } from './run/session.ts';
import { localTarget, remoteTarget } from './run/targets.ts';
import { type Battery, type PolicyBattery, type ProbeBattery, probesOf } from './terms/battery.ts';
import type { ProbeResult } from './terms/probe.ts';
import { overallVerdict, type Verdict } from './terms/verdict.ts';

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
  /**
   * The record that counts from now on; null unless the verdict is a pass. A battery without a policy leaves a valid one
   * by a policy in its place.
   */
  readonly record: AdmissionRecord | null;
  /** The decisions of the policy; null for a battery without one. */
  readonly policy: PolicyAssessment | null;
};

/**
 * Runs the battery on a variant.
 *
 * @throws TGL_BLOB_CORRUPT, TGL_GGUF_*, TGL_DISK_FULL when there is nothing to assess or nowhere to write; the reason
 *   of `signal` when it aborts. Faults of the model or the engine are verdicts.
 */
export async function assess(options: AssessOptions): Promise<Assessment> {
  const { subject, examined } = await localTarget(options);
  return conduct(options, subject, examined);
}

/**
 * Runs the battery on a model on a server. Its fingerprint is part of its subject and is therefore taken first; a pass
 * is stored together with it.
 *
 * @throws what the engine throws while the fingerprint is taken, TGL_DISK_FULL, the reason of `signal`
 */
export async function assessRemote(options: RemoteAssessOptions): Promise<Assessment> {
  await using target = await remoteTarget(options, fingerprintRepeats(options.battery));
  const assessment = await conduct(options, target.subject, target.examined);
  const { catalog, remote } = options;
  if (assessment.verdict === 'pass') catalog.remotes.recordFingerprint(remote, target.fingerprint);
  return assessment;
}

function fingerprintRepeats(battery: Battery): number {
  return probesOf(battery).find((settings) => settings.probe === 'fingerprint')?.repeats ?? 1;
}

async function conduct(
  options: AssessmentOptions,
  subject: Subject,
  examined: Examined,
): Promise<Assessment> {
  const { battery, clock, entropy = systemEntropy } = options;
  const started = new Date(clock.now()).toISOString();
  const id = identifierSource(clock, entropy)('assessment');
  const admissionKey = admissionKeyOf(subject);
  const begun = { id, started, subject, admissionKey };
  await using session = openSession(examined, options.serving);
  const assessment =
    'policy' in battery
      ? await conductPolicy({ ...options, battery }, begun, session)
      : await conductProbes({ ...options, battery }, begun, session);
  writeAttestation(assessment.evidencePath, options.catalog.attestations);
  return assessment;
}

/** A failed result if a policy has rejected the subject, which a battery without a policy cannot overrule. */
function standingDecision(
  revocation: ReturnType<Catalog['admissions']['revocationOf']>,
): readonly ProbeResult[] {
  if (revocation?.policy === undefined) return [];
  const { policy, time, reason: why } = revocation;
  const reason = `the policy ${policy} rejected it at ${time} (${why}); only a policy can admit it again`;
  return [{ name: 'standing', verdict: 'fail', reason, trials: 1, figures: {} }];
}

type Begun = Pick<Assessment, 'id' | 'started' | 'subject' | 'admissionKey'>;

async function conductProbes(
  options: AssessmentOptions & { readonly battery: ProbeBattery },
  begun: Begun,
  session: Session,
): Promise<Assessment> {
  const { catalog, battery, clock } = options;
  const { model } = session.examined;
  using evidence = openEvidence(join(catalog.home, 'assessments', begun.id));
  evidence.append({ type: 'assessment', schema: evidenceSchema, ...begun, model, battery });

  const standing = standingDecision(catalog.admissions.revocationOf(begun.subject));
  for (const result of standing) evidence.append({ type: 'probe', ...result });
  const probes = [...standing, ...(await runProbes(battery.probes, options, session, evidence.append))];
  const verdict = overallVerdict(probes.map((probe) => probe.verdict));
  const finished = new Date(clock.now()).toISOString();
  evidence.append({ type: 'verdict', verdict, finished, probes });
  const evidenceDigest = evidence.seal();
  const assessed = { ...begun, verdict, probes, finished };
  const { validDays } = battery;
  const record =
    verdict === 'pass' ? recordPass(options, model, { ...assessed, evidenceDigest, validDays }) : null;
  return { ...assessed, evidencePath: evidence.path, evidenceDigest, record, policy: null };
}

async function conductPolicy(
  options: AssessmentOptions & { readonly battery: PolicyBattery },
  begun: Begun,
  session: Session,
): Promise<Assessment> {
  const { clock, battery } = options;
  const { policy } = battery;
  const { assessment, log } = await assessByPolicy({ ...options, ...begun }, session);
  using evidence = log;
  const evidenceDigest = evidence.seal();
  const { id, started } = assessment.registration;
  const verdict = verdictOf(assessment);
  const probes = decisionsServed(assessment).map(resultOf);
  const assessed = { ...begun, id, started, verdict, probes, finished: new Date(clock.now()).toISOString() };
  const reported = new Set(
    policy.criteria.flatMap(({ name, onFailure }) => (onFailure === 'report' ? [name] : [])),
  );
  const required = probes.filter(({ name }) => !reported.has(name));
  const conditions = (options.filters ?? [])
    .filter(({ name }) => assessment.conditions.includes(name))
    .map(({ name, digest }) => ({ filter: name, digest }));
  const { validDays } = policy;
  const { model } = session.examined;
  const passed = { ...assessed, probes: required, evidenceDigest, validDays, conditions, policy };
  const record = verdict === 'pass' ? recordPass(options, model, passed) : null;
  if (verdict === 'fail') {
    const failed = required.flatMap((probe) => (probe.verdict === 'fail' ? [probe.name] : []));
    options.catalog.admissions.reject(
      model,
      begun.subject,
      policy.name,
      `${id} did not meet ${failed.join(', ')}`,
    );
  }
  return { ...assessed, evidencePath: evidence.path, evidenceDigest, record, policy: assessment };
}

type Passed = Pick<Assessment, 'subject' | 'probes' | 'evidenceDigest'> & {
  readonly validDays: number;
  readonly conditions?: readonly Condition[];
  readonly policy?: Policy;
};

function recordPass(
  { catalog, battery }: AssessmentOptions,
  model: string,
  { subject, probes, evidenceDigest, validDays, conditions = [], policy }: Passed,
): AdmissionRecord {
  return catalog.admissions.record({
    model,
    subject,
    battery: { name: battery.name, version: battery.version },
    probes: probes.map(({ name, reason }) => ({ name, verdict: 'pass', reason })),
    evidence: evidenceDigest,
    validDays,
    conditions,
    basis: assessmentBasis(subject.runtimeBuild, policy !== undefined),
    ...(policy !== undefined && { policy: decidingPolicy(policy) }),
  });
}
