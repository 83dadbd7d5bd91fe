// Verifies the evidence of an assessment: that nothing in it was changed, and that every figure and the verdict follow
// from its lines by the functions that decided. It cannot tell who wrote a file as a whole; the signed record over its
// digest does.
import type { Digest, Json } from '../../base/index.ts';
import { admissionKeyOf } from '../../catalog/index.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import { readEvidence, type SealedEvidence } from '../evidence/read-evidence.ts';
import {
  conclude,
  decisionLines,
  decisionsServed,
  recordedIn,
  resultOf,
  verdictOf,
} from '../plan/conclusion.ts';
import { type Registration, registrationDigest } from '../plan/registration.ts';
import { trialLines } from '../plan/trial-record.ts';
import { parsePolicy, policyDigest } from '../policy/policy.ts';
import type { ProbeResult } from '../terms/probe.ts';
import { overallVerdict, type Verdict } from '../terms/verdict.ts';

export type Verified = {
  readonly valid: true;
  readonly id: string;
  readonly model: string;
  readonly verdict: Verdict;
  /** Re-derived. */
  readonly probes: readonly ProbeResult[];
  readonly admissionKey: Digest;
  readonly root: Digest;
  /** SHA-256 of the file, as an admission record names it. */
  readonly digest: Digest;
  readonly trials: number;
  /** Texts that are kept apart: none, compared with what is said of them, or not at hand. */
  readonly withheld: 'none' | 'compared' | 'absent';
};

export type Verification = Verified | { readonly valid: false; readonly problem: string };

/** @throws what reading the file throws */
export function verifyAssessment(path: string): Verification {
  const read = readEvidence(path);
  if (!read.sound) return { valid: false, problem: read.problem };
  try {
    return verifyLines(read.evidence);
  } catch (cause) {
    // Lines that are chained well and still are no assessment.
    const problem = cause instanceof Error ? cause.message : String(cause);
    return { valid: false, problem: `it cannot be read as an assessment: ${problem}` };
  }
}

function verifyLines(evidence: SealedEvidence): Verification {
  const [first] = evidence.lines;
  if (first?.type !== 'assessment') return { valid: false, problem: 'it does not begin with an assessment' };
  const derived = first.schema === 2 ? verifyPolicy(evidence.lines) : verifyProbes(evidence.lines);
  if (typeof derived === 'string') return { valid: false, problem: derived };
  const { id, model, admissionKey, subject } = first as unknown as Registration;
  if (admissionKeyOf(subject) !== admissionKey)
    return { valid: false, problem: 'its admission key does not belong to its subject' };
  const { root, digest, withheld } = evidence;
  return {
    ...{ valid: true, id, model, admissionKey, root, digest, ...derived },
    withheld: withheld === null ? 'absent' : withheld.size === 0 ? 'none' : 'compared',
  };
}

type Derived = Pick<Verified, 'verdict' | 'probes' | 'trials'>;

const policyTypes = ['assessment', 'probe', 'identity', 'trial', 'decision', 'verdict'];

function verifyPolicy(lines: readonly EvidenceLine[]): Derived | string {
  const registration = lines[0] as unknown as Registration;
  if (registrationDigest(registration) !== registration.registration)
    return 'its registration has another digest';
  if (policyDigest(parsePolicy('in the evidence', registration.policy)) !== registration.policyDigest)
    return 'its policy has another digest';
  const strange = lines.find(
    ({ type }, index) => !policyTypes.includes(type) || (type === 'assessment') !== (index === 0),
  );
  if (strange !== undefined) return `a line ${strange.type} does not belong there`;
  const problem = wrongTrial(registration, lines);
  if (problem !== undefined) return problem;

  const concluded = conclude(registration, recordedIn(lines));
  const decided = lines.filter(({ type }) => type === 'decision').map(({ previous: _, ...rest }) => rest);
  const expected = decisionLines(concluded);
  for (const [index, decision] of expected.entries()) {
    if (!same(decided[index] ?? null, decision))
      return `the decision on ${decision.criterion} does not follow from the trials`;
  }
  if (decided.length !== expected.length) return 'it holds decisions on other criteria';
  const { outcome, conditions, obstacles } = concluded;
  const last = lines.at(-1);
  const stated =
    last?.type === 'verdict'
      ? { outcome: last.outcome, conditions: last.conditions, obstacles: last.obstacles }
      : null;
  if (!same(stated as Json, { outcome, conditions, obstacles }))
    return 'the verdict does not follow from the decisions';
  const trials = trialLines(lines).length;
  return { verdict: verdictOf(concluded), probes: decisionsServed(concluded).map(resultOf), trials };
}

/** Every trial once, and as it was registered; again only after the endpoint failed at it. */
function wrongTrial({ trials, guards }: Registration, lines: readonly EvidenceLine[]): string | undefined {
  const seen = new Map<string, boolean>();
  for (const { type, index, chain, probe, attack, judge, item, seed, state, endpointFailed } of lines) {
    if (type !== 'trial') continue;
    const planned = trials[index as number];
    if (planned === undefined || !same([probe, attack, judge, item, seed] as Json, planned))
      return `trial ${index} is not the one that was registered`;
    if (chain !== undefined && (chain !== 'served' || guards === undefined))
      return `trial ${index} was made on a chain that was not registered`;
    const key = `${index} ${chain ?? ''}`;
    if (seen.get(key) === false) return `trial ${index} stands there twice`;
    seen.set(key, state === 'failed' && endpointFailed === true);
  }
  return undefined;
}

function verifyProbes(lines: readonly EvidenceLine[]): Derived | string {
  const probes = lines.filter(({ type }) => type === 'probe').map(({ previous: _, type, ...probe }) => probe);
  const last = lines.at(-1);
  if (last?.type !== 'verdict' || !same(last.probes ?? null, probes)) return 'its verdict names other probes';
  const results = probes as unknown as readonly ProbeResult[];
  const verdict = overallVerdict(results.map((probe) => probe.verdict));
  if (last.verdict !== verdict) return 'the verdict does not follow from the probes';
  const solved = lines.filter(({ type }) => type === 'capability');
  const counted = results.find(({ name }) => name === 'capability')?.figures ?? {};
  for (const [task, figures] of Object.entries(counted)) {
    const tried = solved.filter((line) => line.task === task);
    const { correct, trials } = figures as { readonly correct: number; readonly trials: number };
    if (tried.length !== trials || tried.filter((line) => line.correct).length !== correct)
      return `the figures of ${task} do not follow from its problems`;
  }
  return { verdict, probes: results, trials: solved.length };
}

function same(one: Json, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
