// Criteria that stay undecided because nobody knows how often their judge errs on such replies, which labels would show.

import type { Registration } from '../evidence/assessment-lines.ts';
import { basesOf } from '../plan/registration.ts';
import type { CriterionDecision } from '../policy/decide-criterion.ts';
import { judgeStanding } from '../policy/judge-standing.ts';

export type Unmeasured = {
  readonly criterion: string;
  readonly judge: string;
  /** Trials on which the judge came to a ruling. */
  readonly ruled: number;
};

/** Criteria in the order of the policy. */
export function unmeasuredCriteria(
  registration: Registration,
  decisions: readonly CriterionDecision[],
): readonly Unmeasured[] {
  return basesOf(registration).flatMap(({ criterion, missing, admission, family }, index) => {
    if (criterion.metric === 'check' || missing !== undefined) return [];
    const decision = decisions[index];
    if (decision?.state !== 'undecided' || !('problem' in judgeStanding(criterion, admission, family)))
      return [];
    const { name, judge } = criterion;
    return [{ criterion: name, judge, ruled: decision.trials - decision.unassessed }];
  });
}
