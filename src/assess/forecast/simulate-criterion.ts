// How many trials a criterion takes until it is decided, by the rule that decides it, simulated on models of known rates.
import { seededRandom } from '../../base/index.ts';
import { claimGrids } from '../policy/claim-test.ts';
import { stoppingPoint } from '../policy/decide-criterion.ts';
import type { JudgeStanding } from '../policy/judge-standing.ts';
import { type ClusterValue, clusterValues } from '../policy/observation.ts';
import type { RateCriterion } from '../policy/policy.ts';
import {
  type Assumption,
  assumedJudge,
  assumedRate,
  assumptions,
  observeCluster,
  type TrialShape,
} from './assumed-model.ts';

export type TrialsUntilDecision = {
  /** Mean over the runs. */
  readonly trials: number;
  /** Shares of the runs; what is left stays undecided. */
  readonly met: number;
  readonly notMet: number;
};

const seed = 20_269;

/** @param standing that of the judge, whose errors are as often as its labels say */
export function trialsUntilDecision(
  criterion: RateCriterion,
  clusters: readonly (readonly TrialShape[])[],
  standing: JudgeStanding,
  assumption: Assumption,
  runs: number,
): TrialsUntilDecision {
  const judge = assumedJudge(standing.pooled);
  const rate = assumedRate(criterion, assumption);
  const grids = claimGrids(criterion, standing);
  let [trials, met, notMet] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed, assumptions.indexOf(assumption), run);
    const observed = (cluster: readonly TrialShape[]): readonly ClusterValue[] =>
      clusterValues(observeCluster(cluster, criterion, rate, judge, random), criterion);
    const stopped = stoppingPoint(criterion, eachValue(clusters, observed), standing, grids);
    trials += stopped.trials;
    if (stopped.state === 'met') met++;
    if (stopped.state === 'not-met') notMet++;
  }
  return { trials: trials / runs, met: met / runs, notMet: notMet / runs };
}

/** One cluster after the other, so that none is drawn behind the one that decides. */
function* eachValue<Cluster>(
  clusters: readonly Cluster[],
  observed: (cluster: Cluster) => readonly ClusterValue[],
): Iterable<ClusterValue> {
  for (const cluster of clusters) yield* observed(cluster);
}
