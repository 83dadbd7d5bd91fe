// The pilot: replies that are made first, for people to label, so that the judges are measured on this very model before it is decided.
// Pilot and decision are disjoint. The pilot takes what a criterion would use last: clusters beyond its maximum of trials,
// then from the end of its order, which sound models seldom reach.
import { judgeStanding } from '../policy/judge-standing.ts';
import type { RateCriterion } from '../policy/policy.ts';
import type { Segment } from '../terms/trial.ts';
import type { DecisionBasis } from './decide-plan.ts';
import { everyCluster, type Registry, type Trial } from './trial-plan.ts';

type PilotTrial = Omit<Trial, 'index'>;

/** The part of replies that a criterion counts. */
export function segmentOf({ metric }: Pick<RateCriterion, 'metric'>): Segment {
  return metric === 'reasoning-rate' ? 'reasoning' : 'answer';
}

/** One criterion for each judge and part of replies, as its labels measure the judge for all of them. */
export function measuredBy(criteria: readonly RateCriterion[]): readonly RateCriterion[] {
  const byMeasure = Map.groupBy(criteria, (criterion) => `${criterion.judge} ${segmentOf(criterion)}`);
  return [...byMeasure.values()].map(([first]) => first as RateCriterion);
}

/** The criteria whose judge no record entitles to decide, as far as labels of the model could. */
export function unentitled(bases: readonly DecisionBasis[]): readonly RateCriterion[] {
  return bases.flatMap(({ criterion, admission, family }) => {
    if (criterion.metric === 'check' || admission === 'exact') return [];
    return 'problem' in judgeStanding(criterion, admission, family) ? [criterion] : [];
  });
}

/**
 * About as many replies as asked for, in whole clusters: as many for each judge, and of each judge as many for each of its
 * criteria. Every criterion keeps at least half of its clusters.
 *
 * @param criteria whose judges are to be measured
 */
export function pilotTrials(
  criteria: readonly RateCriterion[],
  registry: Registry,
  seed: number,
  replies: number,
): readonly PilotTrial[] {
  const sources = criteria.map((criterion) => {
    const clusters = everyCluster(criterion, registry, seed);
    return { judge: criterion.judge, left: clusters.slice(Math.ceil(clusters.length / 2)), made: 0 };
  });
  const chosen = new Map<number, PilotTrial>();
  const madeBy = (judge: string): number =>
    [...chosen.values()].filter(({ cell }) => cell.judge.name === judge).length;
  while (chosen.size < replies) {
    const open = sources.filter(({ left }) => left.length > 0);
    const least = Math.min(...open.map(({ judge }) => madeBy(judge)));
    const due = open
      .filter(({ judge }) => madeBy(judge) === least)
      .toSorted((one, other) => one.made - other.made)[0];
    if (due === undefined) break;
    const cluster = due.left.at(-1) ?? [];
    due.left = due.left.slice(0, -1);
    due.made += cluster.length;
    for (const trial of cluster) chosen.set(trial.seed, chosen.get(trial.seed) ?? trial);
  }
  return [...chosen.values()];
}
