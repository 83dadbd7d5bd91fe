// Runs a battery on one subject and, if every probe passed, has the catalog sign an admission record. Nothing is
// skipped silently: a probe that failed to run, was not run or tried nothing is inconclusive, which blocks admission.
import { join } from 'node:path';
import { type Digest, identifierSource, type Json, systemEntropy, TiegelError } from '../base/index.ts';
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
import { type Policy, parsePolicy, policyDigest } from './policy/policy.ts';
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
  const log = options.catalog.decisions.read();
  // What could not be recorded is not begun.
  if (!log.sound) throw new TiegelError('TGL_DECISIONS_DAMAGED', { problem: log.problem });
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

/** A failed result if a policy has rejected the subject or the officer accepts policies only, which no other battery overrules. */
function standingDecision({ admissions, officer }: Catalog, subject: Subject): readonly ProbeResult[] {
  const failed = (reason: string): readonly ProbeResult[] => [
    { name: 'standing', verdict: 'fail', reason, trials: 1, figures: {} },
  ];
  const revocation = admissions.revocationOf(subject);
  if (revocation?.policy !== undefined) {
    const { policy, time, reason } = revocation;
    return failed(
      `the policy ${policy} rejected it at ${time} (${reason}); only a policy can admit it again`,
    );
  }
  const state = officer.read();
  if (state.state === 'none') return [];
  const names = state.state === 'given' ? state.word.accepted.map(({ name }) => name).join(', ') : '';
  return failed(
    state.state === 'unsound'
      ? state.problem
      : `${state.word.officer.name} accepts policies only: ${names || 'none yet'}`,
  );
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

  const standing = standingDecision(catalog, begun.subject);
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
  const { clock, battery, catalog } = options;
  const { policy } = battery;
  const deciding = decidingPolicy(policy, knownPolicies(catalog, begun.subject));
  const standing = catalog.admissions.standingAgainst(begun.subject, deciding);
  // Rejected by more than it could show, or by somebody who has to be asked: nothing is spent on it.
  if (standing !== null) throw rejectionStands(session.examined.model, policy, standing);
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
      { name: policy.name, digest: policyDigest(policy), document: policy as unknown as Json },
      `${id} did not meet ${failed.join(', ')}`,
    );
  }
  return { ...assessed, evidencePath: evidence.path, evidenceDigest, record, policy: assessment };
}

/** Policies that are not shipped and that an admission may be compared with: those that the officer accepts, and that of a rejection. */
function knownPolicies({ officer, admissions }: Catalog, subject: Subject): readonly Policy[] {
  const given = officer.read();
  const accepted = given.state === 'given' ? given.word.accepted : [];
  const rejecting = admissions.revocationOf(subject)?.rejectedBy;
  return [...accepted, ...(rejecting === undefined ? [] : [rejecting])].map(({ digest, document }) =>
    parsePolicy(digest, document),
  );
}

function rejectionStands(
  model: string,
  { name }: Policy,
  { policy = 'somebody', time, reason }: NonNullable<ReturnType<Catalog['admissions']['standingAgainst']>>,
): TiegelError {
  return new TiegelError('TGL_REJECTION_STANDS', { model, policy: name, rejecting: policy, time, reason });
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
    ...(policy !== undefined && { policy: decidingPolicy(policy, knownPolicies(catalog, subject)) }),
  });
}
