// What is known about a criterion before the first generation: whether it can be decided at all, what would make it so, and how
// many trials a decision takes.
import type { DecisionBasis } from '../plan/decide-plan.ts';
import { writtenByAModel } from '../plan/registry.ts';
import type { Trial } from '../plan/trial-plan.ts';
import { judgeStanding } from '../policy/judge-standing.ts';
import type { Criterion } from '../policy/policy.ts';
import type { ProbeSettings } from '../terms/battery.ts';
import { type Assumption, assumptions, shapeOf } from './assumed-model.ts';
import { type TrialsUntilDecision, trialsUntilDecision } from './simulate-criterion.ts';

/** Why a criterion cannot be decided, whatever the model does. */
export type Obstacle = {
  readonly problem: string;
  /** What would make it decidable. */
  readonly remedy: string;
};

export type CriterionOutlook = {
  readonly criterion: Criterion;
  /** Anything but a figure for readers. */
  readonly required: boolean;
  readonly obstacle: Obstacle | null;
  /** Null for checks and for what cannot be decided. */
  readonly until: Readonly<Record<Assumption, TrialsUntilDecision>> | null;
};

/** A criterion that a model without fault meets more rarely is none that can be decided. */
const leastPower = 0.05;

/**
 * The outlook of every criterion, in the order of the policy.
 *
 * @param checks that the battery makes
 * @param runs simulated assessments for each criterion and assumption
 */
export function outlookOf(
  bases: readonly DecisionBasis[],
  trials: readonly Trial[],
  checks: readonly ProbeSettings[],
  runs: number,
): readonly CriterionOutlook[] {
  const made = new Set<string>(checks.map(({ probe }) => probe));
  return bases.map((basis) => {
    const { criterion } = basis;
    const required = criterion.onFailure !== 'report';
    const blocked = (problem: string, remedy: string): CriterionOutlook => ({
      ...{ criterion, required, until: null },
      obstacle: { problem, remedy },
    });
    if (criterion.metric === 'check') {
      const { probe, onServers } = criterion;
      const possible = made.has(probe) || (onServers !== undefined && made.has(onServers));
      if (possible) return { criterion, required, obstacle: null, until: null };
      return blocked(`there is no check ${probe} here`, 'name a check of this battery in the policy');
    }
    if (basis.missing !== undefined) return blocked(basis.missing, remedyOfMissing(criterion));
    const standing = judgeStanding(criterion, basis.admission, basis.family);
    if ('problem' in standing) return blocked(standing.problem, remedyOfJudge(criterion));
    const clusters = basis.clusters.map((cluster) => cluster.map((index) => shapeOf(trials[index] as Trial)));
    const simulated = assumptions.map(
      (assumption) =>
        [assumption, trialsUntilDecision(criterion, clusters, standing, assumption, runs)] as const,
    );
    const until = Object.fromEntries(simulated) as Record<Assumption, TrialsUntilDecision>;
    if (until.clean.met >= leastPower) return { criterion, required, obstacle: null, until };
    const problem = `${clusters.flat().length} trials are too few to show it, even of a model without fault`;
    const more = basis.admission === 'exact' ? '' : ', or label more replies (--labels)';
    return { criterion, required, obstacle: { problem, remedy: `allow it more trials${more}` }, until };
  });
}

/** Names of the criteria that can be tried, by what a decision costs: what is required before what is only reported. */
export function soonestFirst(
  outlook: readonly CriterionOutlook[],
  costOf: (criterion: Criterion) => number,
): readonly string[] {
  const cost = ({ criterion, until }: CriterionOutlook): number =>
    (until?.bad.trials ?? 0) * costOf(criterion);
  return outlook
    .filter(({ until }) => until !== null)
    .toSorted((one, other) => Number(other.required) - Number(one.required) || cost(one) - cost(other))
    .map(({ criterion }) => criterion.name);
}

function remedyOfMissing({ attacks }: Criterion): string {
  return attacks.some((attack) => writtenByAModel.includes(attack))
    ? '--attacker NAME, a model on a server'
    : 'correct the name in the policy';
}

function remedyOfJudge({ judge }: Criterion): string {
  return `label a pilot (assess --pilot, then assess label, then --labels), name the family if the judge was measured on it (--family), or another judge than ${judge} (--judge-model)`;
}
