// Verifies the evidence of an assessment: that nothing in it was changed, and that every figure and the verdict follow
// from its lines by the functions that decided. It cannot tell who wrote a file as a whole; the signed record over its
// digest does.
import { type Digest, reasonOf, TiegelError } from '../../base/index.ts';
import { admissionKeyOf, type Subject } from '../../catalog/index.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import { type ReadAssessment, readAssessment, type SealedAssessment } from '../evidence/read-assessment.ts';
import {
  conclude,
  decisionLines,
  decisionsServed,
  recordedIn,
  resultOf,
  verdictOf,
} from '../plan/conclusion.ts';
import { labelledReplies, registrationDigest } from '../plan/registration.ts';
import { trialLines } from '../plan/trial-record.ts';
import { parsePolicy, policyDigest } from '../policy/policy.ts';
import type { ProbeResult } from '../terms/probe.ts';
import { overallVerdict, type Verdict } from '../terms/verdict.ts';

export type Verified = {
  readonly valid: true;
  readonly id: string;
  readonly model: string;
  readonly verdict: Verdict;
  /** Derived again from the lines. */
  readonly probes: readonly ProbeResult[];
  readonly subject: Subject;
  readonly admissionKey: Digest;
  readonly root: Digest;
  /** SHA-256 of the file, as an admission record names it. */
  readonly digest: Digest;
  readonly trials: number;
  /** What decided; null for a battery without a policy. */
  readonly registration: Registration | null;
  /** Withheld texts: there are none, they were compared with their digests, or the file is not at hand. */
  readonly withheld: 'none' | 'compared' | 'absent';
};

export type Verification = Verified | { readonly valid: false; readonly problem: string };

/** @throws what reading the file throws */
export function verifyAssessment(path: string): Verification {
  return verifyRead(readAssessment(path));
}

/** What {@link verifyAssessment} finds, with what was read, for whoever goes on with it. */
export function verifyOnce(path: string): {
  readonly verification: Verification;
  readonly read: VerifiedEvidence | null;
} {
  const read = readAssessment(path);
  const verification = verifyRead(read);
  return {
    verification,
    read: read.sound && verification.valid ? { verified: verification, evidence: read.evidence } : null,
  };
}

/** Evidence that verifies. */
export type VerifiedEvidence = { readonly verified: Verified; readonly evidence: SealedAssessment };

/** What was read is what was verified. @throws TGL_EVIDENCE_INVALID unless it verifies */
export function requireVerified(path: string): VerifiedEvidence {
  const read = readAssessment(path);
  const refused = (problem: string) => new TiegelError('TGL_EVIDENCE_INVALID', { path, problem });
  if (!read.sound) throw refused(read.problem);
  const verified = verifyRead(read);
  if (!verified.valid) throw refused(verified.problem);
  return { verified, evidence: read.evidence };
}

function verifyRead(read: ReadAssessment): Verification {
  if (!read.sound) return { valid: false, problem: read.problem };
  try {
    return verifyLines(read.evidence);
  } catch (cause) {
    // Each line is well-formed, and together they still are no assessment.
    const problem = reasonOf(cause);
    return { valid: false, problem: `it cannot be read as an assessment: ${problem}` };
  }
}

function verifyLines(evidence: SealedAssessment): Verification {
  const [first] = evidence.lines;
  if (first?.type !== 'assessment') return { valid: false, problem: 'it does not begin with an assessment' };
  const derived =
    'registration' in first ? verifyPolicy(first, evidence.lines) : verifyProbes(evidence.lines);
  if (typeof derived === 'string') return { valid: false, problem: derived };
  const { id, model, admissionKey, subject } = first;
  if (admissionKeyOf(subject) !== admissionKey)
    return { valid: false, problem: 'its admission key does not belong to its subject' };
  const { root, digest, withheld } = evidence;
  return {
    ...{ valid: true, id, model, subject, admissionKey, root, digest, ...derived },
    registration: 'registration' in first ? first : null,
    withheld: withheld === null ? 'absent' : withheld.size === 0 ? 'none' : 'compared',
  };
}

type Derived = Pick<Verified, 'verdict' | 'probes' | 'trials'>;

const policyTypes = ['assessment', 'probe', 'identity', 'trial', 'decision', 'verdict'];

function verifyPolicy(registration: Registration, lines: readonly EvidenceLine[]): Derived | string {
  if (registrationDigest(registration) !== registration.registration)
    return 'its registration has another digest';
  if (policyDigest(parsePolicy('in the evidence', registration.policy)) !== registration.policyDigest)
    return 'its policy has another digest';
  const strange = lines.find(
    ({ type }, index) => !policyTypes.includes(type) || (type === 'assessment') !== (index === 0),
  );
  if (strange !== undefined) return `a line of type ${strange.type} is out of place`;
  const problem = labelledTrial(registration) ?? wrongTrial(registration, lines);
  if (problem !== undefined) return problem;

  const concluded = conclude(registration, recordedIn(lines));
  const decided = lines.filter((line) => line.type === 'decision');
  const expected = decisionLines(concluded);
  for (const [index, decision] of expected.entries()) {
    if (!same(decided[index] ?? null, decision))
      return `the decision on ${decision.criterion} does not follow from the trials`;
  }
  if (decided.length !== expected.length) return 'it has decisions on other criteria';
  const { outcome, conditions, obstacles } = concluded;
  const last = lines.at(-1);
  const stated =
    last?.type === 'verdict' && 'outcome' in last
      ? { outcome: last.outcome, conditions: last.conditions, obstacles: last.obstacles }
      : null;
  if (!same(stated, { outcome, conditions, obstacles }))
    return 'the verdict does not follow from the decisions';
  const trials = trialLines(lines).length;
  return { verdict: verdictOf(concluded), probes: decisionsServed(concluded).map(resultOf), trials };
}

/** What is wrong unless all that decides is apart from what was labelled. */
function labelledTrial(registration: Registration): string | undefined {
  const labelled = labelledReplies(registration);
  const shared = registration.criteria
    .flatMap(({ clusters }) => clusters.flat())
    .find((index) => labelled.has(registration.trials[index]?.[4] ?? Number.NaN));
  return shared === undefined ? undefined : `trial ${shared} was labelled and decides a criterion as well`;
}

/** What is wrong unless every trial was made once, as registered, and again only after the endpoint failed at it. */
function wrongTrial({ trials, filters }: Registration, lines: readonly EvidenceLine[]): string | undefined {
  const seen = new Map<string, boolean>();
  for (const line of lines) {
    if (line.type !== 'trial') continue;
    const { index, chain, probe, attack, judge, item, seed, state, endpointFailed } = line;
    const planned = trials[index];
    if (planned === undefined || !same([probe, attack, judge, item, seed], planned))
      return `trial ${index} is not the one that was registered`;
    if (chain !== undefined && filters === undefined)
      return `trial ${index} was made with content filters, and none were registered`;
    const key = `${index} ${chain ?? ''}`;
    if (seen.get(key) === false) return `trial ${index} occurs twice`;
    seen.set(key, state === 'failed' && endpointFailed === true);
  }
  return undefined;
}

function verifyProbes(lines: readonly EvidenceLine[]): Derived | string {
  const results = lines
    .filter((line) => line.type === 'probe')
    .map(({ type, ...result }): ProbeResult => result);
  const last = lines.at(-1);
  if (last?.type !== 'verdict' || !('probes' in last) || !same(last.probes, results))
    return 'its verdict names other probes';
  const verdict = overallVerdict(results.map((probe) => probe.verdict));
  if (last.verdict !== verdict) return 'the verdict does not follow from the probes';
  const solved = lines.filter((line) => line.type === 'capability');
  const counted = results.find(({ name }) => name === 'capability')?.figures ?? {};
  for (const [task, figures] of Object.entries(counted)) {
    const tried = solved.filter((line) => line.task === task);
    const { correct, trials } = figures as { readonly correct: number; readonly trials: number };
    if (tried.length !== trials || tried.filter((line) => line.correct).length !== correct)
      return `the figures of ${task} do not follow from its problems`;
  }
  return { verdict, probes: results, trials: solved.length };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
