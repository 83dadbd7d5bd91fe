// The trials that people can label, from sealed evidence that verifies: those of a criterion, or of a pilot all by the same
// judge, on which it came to a ruling. What it could not assess is left out, since it is counted neither way afterwards.

import { type Digest, TiegelError } from '../../base/index.ts';
import type { VerifiedEvidence } from '../afterwards/verify-assessment.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import type { AttemptTexts, TrialLine } from '../evidence/trial-line.ts';
import { measuredBy, segmentOf, unentitled } from '../plan/pilot.ts';
import { basesOf, registrationIn } from '../plan/registration.ts';
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
  /** Seeds of the replies by which nothing is decided: all of a pilot; null outside of one, where those that are drawn are set apart. */
  readonly replies: readonly number[] | null;
  /** The texts of a trial; null if they were withheld and are not at hand. */
  readonly attemptsOf: (trial: number) => readonly AttemptTexts[] | null;
};

/** @throws TGL_LABELS_UNUSABLE */
export function labelledEvidence(
  { verified, evidence }: VerifiedEvidence,
  criterionName: string,
): LabelledEvidence {
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
  const segment = segmentOf(criterion);
  const { pilot } = registration;
  if (pilot !== undefined && !pilotCriteria(registration).includes(criterionName))
    return refuse(`its pilot is labelled for ${pilotCriteria(registration).join(', ')}`);
  const ofJudge = pilot?.filter((index) => registration.trials[index]?.[2] === criterion.judge);
  const planned = new Set(ofJudge ?? registration.criteria[at]?.clusters.flat());
  const made = lines
    .filter((line) => line.type === 'trial')
    .filter(({ index, chain }) => planned.has(index) && chain === undefined);
  return {
    ...{ digest, registration, criterion, segment, judgeDigest: judge.digest },
    trials: made.flatMap((line) => ruledIn(line, segment)),
    replies: pilot === undefined ? null : made.map(({ seed }) => seed),
    attemptsOf: (trial) => {
      const line = made.find(({ index }) => index === trial);
      if (line === undefined) return null;
      if (line.withheld === undefined) return line.attempts;
      return withheld?.get(line.withheld) ?? null;
    },
  };
}

/**
 * The criteria for which the pilot of an assessment is labelled, one for each judge and part of replies; none where there is no
 * pilot.
 */
export function pilotCriteria(registration: Registration): readonly string[] {
  const { pilot = [], trials } = registration;
  const judges = new Set(pilot.flatMap((index) => trials[index]?.[2] ?? []));
  const criteria = unentitled(basesOf(registration)).filter(({ judge }) => judges.has(judge));
  return measuredBy(criteria).map(({ name }) => name);
}

function ruledIn(line: TrialLine, segment: Segment): readonly RuledTrial[] {
  const { index, language, outcome, reasoningOutcome } = trialFacts(line);
  const ruled = segment === 'answer' ? outcome : reasoningOutcome;
  return ruled === 'succeeded' || ruled === 'resisted' ? [{ trial: index, language, ruled }] : [];
}
