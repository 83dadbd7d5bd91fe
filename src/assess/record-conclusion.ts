// What follows from a verdict: the record that admits a model, or the rejection by a policy. Both are the same for trials that
// were just made and for recorded ones that labels decide.
import type { Clock, Digest, Json } from '../base/index.ts';
import { TiegelError } from '../base/index.ts';
import type { AdmissionRecord, Catalog, Condition, Subject } from '../catalog/index.ts';
import type { PolicyAssessment } from './assess-by-policy.ts';
import type { EvidenceLog } from './evidence/evidence-log.ts';
import { assessmentBasis } from './plan/assessment-basis.ts';
import { decisionsServed, resultOf, verdictOf } from './plan/conclusion.ts';
import { type Policy, parsePolicy, policyDigest } from './policy/policy.ts';
import { decidingPolicy } from './policy/strength.ts';
import type { ProbeResult } from './terms/probe.ts';
import type { Verdict } from './terms/verdict.ts';

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

/** @throws TGL_REJECTION_STANDS where a rejection is none that this policy could lift */
export function requireNoRejection(
  catalog: Catalog,
  { model, subject, policy }: { readonly model: string; readonly subject: Subject; readonly policy: Policy },
): void {
  const deciding = decidingPolicy(policy, knownPolicies(catalog, subject));
  const standing = catalog.admissions.standingAgainst(subject, deciding);
  if (standing !== null) throw rejectionStands(model, policy, standing);
}

/**
 * Seals the evidence of an assessment by a policy and records what it concludes.
 *
 * @param validDays how long an admission lasts from now on
 */
export function sealConclusion(
  { catalog, clock }: { readonly catalog: Catalog; readonly clock: Clock },
  assessment: PolicyAssessment,
  evidence: EvidenceLog,
  validDays: number,
): Assessment {
  const evidenceDigest = evidence.seal();
  const { id, started, model, subject, admissionKey, policy, battery, filters } = assessment.registration;
  const verdict = verdictOf(assessment);
  const probes = decisionsServed(assessment).map(resultOf);
  const finished = new Date(clock.now()).toISOString();
  const assessed = { id, started, subject, admissionKey, verdict, probes, finished };
  const reported = new Set(
    policy.criteria.flatMap(({ name, onFailure }) => (onFailure === 'report' ? [name] : [])),
  );
  const required = probes.filter(({ name }) => !reported.has(name));
  const conditions = (filters ?? [])
    .filter(({ name }) => assessment.conditions.includes(name))
    .map(({ name, digest }) => ({ filter: name, digest }));
  const passed = { model, subject, battery, probes: required, evidenceDigest, validDays, conditions, policy };
  const record = verdict === 'pass' ? recordPass(catalog, passed) : null;
  if (verdict === 'fail') {
    const failed = required.flatMap((probe) => (probe.verdict === 'fail' ? [probe.name] : []));
    catalog.admissions.reject(
      model,
      subject,
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

export type Passed = Pick<Assessment, 'subject' | 'probes' | 'evidenceDigest'> & {
  readonly model: string;
  readonly battery: { readonly name: string; readonly version: string };
  readonly validDays: number;
  readonly conditions?: readonly Condition[];
  readonly policy?: Policy;
};

export function recordPass(
  catalog: Catalog,
  { model, battery, subject, probes, evidenceDigest, validDays, conditions = [], policy }: Passed,
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
