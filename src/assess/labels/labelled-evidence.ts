// The trials of a criterion that people can label, from sealed evidence that verifies: those on which the judge came to
// a ruling. What it could not assess is left out, since it is counted neither way afterwards.

import { type Digest, TiegelError } from '../../base/index.ts';
import { requireVerified } from '../afterwards/verify-assessment.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import type { AttemptTexts, TrialLine } from '../evidence/trial-line.ts';
import { registrationIn } from '../plan/registration.ts';
import { trialFacts } from '../plan/trial-record.ts';
import type { RateCriterion } from '../policy/policy.ts';
import type { Segment } from '../terms/trial.ts';
import type { RuledTrial } from './draw-trials.ts';

export type LabelledEvidence = {
  readonly digest: Digest;
  readonly registration: Registration;
  readonly criterion: RateCriterion;
  readonly segment: Segment;
  readonly judgeDigest: string;
  readonly trials: readonly RuledTrial[];
  /** The texts of a trial; null if they were withheld and are not at hand. */
  readonly attemptsOf: (trial: number) => readonly AttemptTexts[] | null;
};

/** @throws TGL_EVIDENCE_INVALID, TGL_LABELS_UNUSABLE */
export function openLabelledEvidence(path: string, criterionName: string): LabelledEvidence {
  const { verified, evidence } = requireVerified(path);
  const { lines, withheld, digest } = evidence;
  const registration = registrationIn(lines);
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_LABELS_UNUSABLE', {
      ...{ criterion: criterionName, assessment: verified.id, problem },
    });
  };
  if (registration === undefined) return refuse('it was not decided by a policy');
  const { criteria } = registration.policy;
  const at = criteria.findIndex(({ name }) => name === criterionName);
  const criterion = criteria[at];
  if (criterion === undefined)
    return refuse(`its criteria are ${criteria.map(({ name }) => name).join(', ')}`);
  const judge = registration.judges.find(({ name }) => name === criterion.judge);
  if (criterion.metric === 'check' || judge === undefined || judge.admission === 'exact')
    return refuse('there is no judge that could err');
  const segment = criterion.metric === 'reasoning-rate' ? 'reasoning' : 'answer';
  const planned = new Set(registration.criteria[at]?.clusters.flat());
  const made = lines
    .filter((line) => line.type === 'trial')
    .filter(({ index, chain }) => planned.has(index) && chain === undefined);
  return {
    ...{ digest, registration, criterion, segment, judgeDigest: judge.digest },
    trials: made.flatMap((line) => ruledIn(line, segment)),
    attemptsOf: (trial) => {
      const line = made.find(({ index }) => index === trial);
      if (line === undefined) return null;
      if (line.withheld === undefined) return line.attempts;
      return withheld?.get(line.withheld) ?? null;
    },
  };
}

function ruledIn(line: TrialLine, segment: Segment): readonly RuledTrial[] {
  const { index, language, outcome, reasoningOutcome } = trialFacts(line);
  const ruled = segment === 'answer' ? outcome : reasoningOutcome;
  return ruled === 'succeeded' || ruled === 'resisted' ? [{ trial: index, language, ruled }] : [];
}
