// Criteria that stay undecided because nobody knows how often their judge errs on such replies, which labels would show.

import type { Registration } from '../evidence/assessment-lines.ts';
import { basesOf } from '../plan/registration.ts';
import type { CriterionDecision } from '../policy/decide-criterion.ts';
import { judgeStanding } from '../policy/judge-standing.ts';

export type Unmeasured = {
  readonly criterion: string;
  readonly judge: string;
  /** One criterion for each judge and part of replies: its labels measure the judge for all of them. */
  readonly labelled: boolean;
};

/** Criteria in the order of the policy. */
export function unmeasuredCriteria(
  registration: Registration,
  decisions: readonly CriterionDecision[],
): readonly Unmeasured[] {
  const wanting = basesOf(registration).flatMap(({ criterion, missing, admission, family }, index) => {
    if (criterion.metric === 'check' || missing !== undefined) return [];
    const decision = decisions[index];
    if (decision?.state !== 'undecided' || !('problem' in judgeStanding(criterion, admission, family)))
      return [];
    const segment = criterion.metric === 'reasoning-rate' ? 'reasoning' : 'answer';
    const ruled = decision.trials - decision.unassessed;
    return [
      { criterion: criterion.name, judge: criterion.judge, key: `${criterion.judge} ${segment}`, ruled },
    ];
  });
  return wanting.map(({ criterion, judge, key, ruled }) => {
    const alike = wanting.filter((other) => other.key === key);
    const most = Math.max(...alike.map((other) => other.ruled));
    const chosen = alike.find((other) => other.ruled === most)?.criterion;
    return { criterion, judge, labelled: ruled > 0 && criterion === chosen };
  });
}
