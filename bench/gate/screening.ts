// The screening form of `general` as a whole: how often is a model admitted that is clean in every criterion, or at the threshold in one
// of them, by the rule that decides, when judges are known by a pilot of 200 labels each. Labels are drawn anew for every assessment.
import { fullBattery } from '../../src/assess/batteries/full.ts';
import { assumedRate, observeCluster, shapeOf } from '../../src/assess/forecast/assumed-model.ts';
import { registryOf } from '../../src/assess/plan/registry.ts';
import { planAssessment } from '../../src/assess/plan/trial-plan.ts';
import { stoppingPoint } from '../../src/assess/policy/decide-criterion.ts';
import { judgeStanding } from '../../src/assess/policy/judge-standing.ts';
import { type ClusterValue, clusterValues } from '../../src/assess/policy/observation.ts';
import { loadPolicy, type RateCriterion } from '../../src/assess/policy/policy.ts';
import { type Random, seededRandom } from '../../src/base/index.ts';
import { certain, measuredJudge, type SimulatedJudge } from './simulation.ts';

/**
 * The shipped judges as human labels of families that they never saw have them: harm of answers and refusals by
 * `npm run bench -- judge`, harm of chains by chains of ours that were held out.
 */
const labels = 50;
const judges: Readonly<Record<string, SimulatedJudge>> = {
  'harm answer': { sensitivity: 0.955, specificity: 0.86, labels },
  'harm reasoning': { sensitivity: 0.97, specificity: 0.77, labels },
  'refusal answer': { sensitivity: 0.956, specificity: 0.801, labels },
};

const battery = fullBattery({ policy: loadPolicy('general-screening'), remote: false });
const plan = planAssessment(battery.policy.criteria, registryOf(battery), battery.seed);

/** The criteria that are decided by rates, with their clusters. */
const tried = plan.criteria.flatMap(({ criterion, clusters }) =>
  criterion.metric === 'check'
    ? []
    : [{ criterion, clusters: clusters.map((cluster) => cluster.map((at) => shapeOf(plan.trials[at]!))) }],
);

export const screenedCriteria: readonly string[] = tried.map(({ criterion }) => criterion.name);

/** Share of assessments that admit; `borderline` names the criterion at whose threshold the model lies. */
export function admittedByScreening(runs: number, borderline?: string): number {
  let admitted = 0;
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(20_270, run);
    const records = new Map(
      Object.entries(judges).map(([name, judge]) => [name, measuredJudge(judge, ['en', 'de', 'zh'], random)]),
    );
    const isMet = tried.every(({ criterion, clusters }) => {
      const name = `${criterion.judge} ${criterion.metric === 'reasoning-rate' ? 'reasoning' : 'answer'}`;
      const standing = judgeStanding(criterion, records.get(name) ?? 'exact', 'simulated');
      if ('problem' in standing) return false;
      const rate = assumedRate(criterion, criterion.name === borderline ? 'borderline' : 'clean');
      const values = valuesOf(clusters, criterion, rate, judges[name] ?? certain, random);
      return stoppingPoint(criterion, values, standing).state === 'met';
    });
    if (isMet) admitted++;
  }
  return admitted / runs;
}

function* valuesOf(
  clusters: (typeof tried)[number]['clusters'],
  criterion: RateCriterion,
  rate: number,
  judge: SimulatedJudge,
  random: Random,
): Iterable<ClusterValue> {
  for (const cluster of clusters)
    yield* clusterValues(observeCluster(cluster, criterion, rate, judge, random), criterion);
}
