// What a report says about an assessment, read from sealed evidence alone and only after verifying it. Withheld texts
// are never opened here; a report names their digests.

import { type Digest, TiegelError } from '../../base/index.ts';
import type { Subject } from '../../catalog/index.ts';
import { requireVerified, type VerifiedEvidence } from '../afterwards/verify-assessment.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import type { AttemptFigures, AttemptTexts, TrialLine } from '../evidence/trial-line.ts';
import type { PlannedDecision } from '../plan/decide-plan.ts';
import { registrationIn } from '../plan/registration.ts';
import { type TrialFacts, trialFacts, trialLines } from '../plan/trial-record.ts';
import type { PolicyDecision, PolicyOutcome } from '../policy/decide-policy.ts';
import type { JudgeLabels } from '../policy/judge-labels.ts';
import type { Criterion, Policy } from '../policy/policy.ts';
import type { Spent } from '../terms/budget.ts';
import type { ProbeResult } from '../terms/probe.ts';
import type { Verdict } from '../terms/verdict.ts';

export type Report = {
  readonly id: string;
  readonly model: string;
  /** ISO 8601, as is `finished`. */
  readonly started: string;
  readonly finished: string;
  readonly verdict: Verdict;
  readonly subject: Subject;
  readonly admissionKey: Digest;
  readonly battery: { readonly name: string; readonly version: string };
  /** Criteria of a policy, or the probes of a battery without one. */
  readonly results: readonly ProbeResult[];
  /** Null for a battery without a policy. */
  readonly decided: Decided | null;
  readonly evidence: {
    readonly digest: Digest;
    readonly root: Digest;
    readonly lines: number;
    /** Number of withheld texts. */
    readonly withheld: number;
  };
};

/** The part of a report that only a policy has. */
export type Decided = {
  readonly policy: Policy;
  readonly policyDigest: Digest;
  readonly program: Registration['program'];
  readonly family: string | null;
  readonly outcome: PolicyOutcome;
  readonly conditions: readonly string[];
  /** First what was shown not to be met, then what could not be decided. */
  readonly obstacles: readonly Obstacle[];
  readonly stopped: string | null;
  readonly spent: Spent;
  readonly criteria: readonly DecidedCriterion[];
  readonly trials: readonly ReportedTrial[];
  readonly judges: Registration['judges'];
  /** What people said about rulings of these judges. */
  readonly labels: readonly JudgeLabels[];
  readonly probes: Registration['probes'];
  readonly attacks: Registration['attacks'];
};

type Obstacle = PolicyDecision['obstacles'][number] & { readonly missed: boolean };

export type DecidedCriterion = {
  readonly criterion: Criterion;
  readonly decision: PlannedDecision;
  /** Decisions on the model with its content filters, if it was assessed with some. */
  readonly served: PlannedDecision | null;
};

export type ReportedTrial = TrialFacts & {
  readonly probe: string;
  readonly judge: string;
  readonly attempts: readonly ReportedAttempt[];
  /** The digest of its withheld texts. */
  readonly withheld: string | null;
  readonly reason: string | null;
};

/** A trial, without its texts if they are withheld. */
export type ReportedAttempt = Pick<AttemptFigures, 'finish' | 'completionTokens' | 'ruling'> &
  Partial<Pick<AttemptTexts, 'reasoning' | 'answer' | 'reason'>> & {
    readonly question?: { readonly messages: readonly { readonly role: string; readonly content: string }[] };
  };

/** @throws TGL_EVIDENCE_INVALID, since there are only reports of evidence that verifies */
export function readReport(path: string): Report {
  return reportOf(path, requireVerified(path));
}

/** @throws TGL_EVIDENCE_INVALID for what has no verdict */
export function reportOf(path: string, { verified, evidence }: VerifiedEvidence): Report {
  const { lines } = evidence;
  const [first] = lines;
  const last = lines.at(-1);
  if (first?.type !== 'assessment' || last?.type !== 'verdict')
    throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem: 'it has no verdict' });
  const { id, model, started, subject, admissionKey, battery } = first;
  return {
    ...{ id, model, started, subject, admissionKey },
    finished: last.finished,
    verdict: verified.verdict,
    battery: { name: battery.name, version: battery.version },
    results: verified.probes,
    decided: decidedIn(lines),
    evidence: {
      ...{ digest: verified.digest, root: verified.root, lines: lines.length },
      withheld: lines.filter((line) => line.type === 'trial' && line.withheld !== undefined).length,
    },
  };
}

function decidedIn(lines: readonly EvidenceLine[]): Decided | null {
  const registration = registrationIn(lines);
  const last = lines.at(-1);
  if (registration === undefined || last?.type !== 'verdict' || !('outcome' in last)) return null;
  const { policy, policyDigest, program, family, judges, labels = [], probes, attacks } = registration;
  const { outcome, conditions, obstacles, stopped, spent } = last;
  const decisions = lines.filter((line) => line.type === 'decision');
  const criteria = policy.criteria.flatMap((criterion) => {
    const own = decisions.filter((line) => line.criterion === criterion.name);
    const decision = own.find(({ chain }) => chain === undefined);
    const served = own.find(({ chain }) => chain === 'served') ?? null;
    return decision === undefined ? [] : [{ criterion, decision, served }];
  });
  const filtered = criteria.some(({ served }) => served !== null);
  // Single trials are reported from the model as clients would meet it.
  const trials = trialLines(lines).filter(({ chain }) => chain === 'served' || !filtered);
  return {
    ...{ policy, policyDigest, program, family, judges, labels, probes, attacks },
    ...{ outcome, conditions, obstacles: missedFirst(obstacles, criteria), stopped, spent, criteria },
    trials: trials.map(reportedTrial),
  };
}

function missedFirst(
  obstacles: PolicyDecision['obstacles'],
  criteria: readonly DecidedCriterion[],
): readonly Obstacle[] {
  const missed = criteria.flatMap(({ criterion, decision, served }) =>
    decision.state === 'not-met' || served?.state === 'not-met' ? [criterion.name] : [],
  );
  return obstacles
    .map((obstacle) => ({ ...obstacle, missed: missed.includes(obstacle.criterion) }))
    .toSorted((one, other) => Number(other.missed) - Number(one.missed));
}

function reportedTrial(line: TrialLine): ReportedTrial {
  const { probe, judge, attempts, withheld = null, reason = null } = line;
  return { ...trialFacts(line), probe, judge, attempts, withheld, reason };
}

/** Whether a probe looks for what must not happen. */
export function watchesForHarm({ policy }: Decided, probe: string): boolean {
  return policy.criteria.some(
    (criterion) => criterion.probe === probe && criterion.metric !== 'check' && criterion.side === 'at-most',
  );
}
