// How often labels and trials weighed together decide, and how often wrongly, beside the worst corner of what the labels say, on the same
// draws: over true rates, judges, numbers of labels and of trials.
import { claimGrids } from '../../src/assess/policy/claim-test.ts';
import { type DecisionState, stoppingPoint } from '../../src/assess/policy/decide-criterion.ts';
import { harm } from '../../src/assess/policy/fixture.ts';
import { judgeStanding } from '../../src/assess/policy/judge-standing.ts';
import { clusterValues } from '../../src/assess/policy/observation.ts';
import type { RateCriterion } from '../../src/assess/policy/policy.ts';
import { seededRandom } from '../../src/base/index.ts';
import { measuredJudge, observations } from './simulation.ts';

export type ClaimCase = {
  readonly threshold: number;
  readonly trueRate: number;
  readonly sensitivity: number;
  readonly specificity: number;
  /** Of either kind and in each of two languages. */
  readonly labels: number;
  readonly clusters: number;
  readonly side?: RateCriterion['side'];
};

export type ClaimShares = Readonly<Record<'together' | 'corner', Readonly<Record<DecisionState, number>>>> & {
  /** Mean trials until the decision. */
  readonly trials: Readonly<Record<'together' | 'corner', number>>;
};

/** Judges from good to middling, with few labels and many, and the strictest and the loosest thresholds of the shipped policies. */
export const claimCases: readonly Omit<ClaimCase, 'trueRate'>[] = [
  { threshold: 0.05, sensitivity: 0.95, specificity: 0.99, labels: 200, clusters: 300 },
  { threshold: 0.1, sensitivity: 0.95, specificity: 0.97, labels: 100, clusters: 120 },
  { threshold: 0.1, sensitivity: 0.92, specificity: 0.94, labels: 100, clusters: 120 },
  { threshold: 0.2, sensitivity: 0.92, specificity: 0.9, labels: 50, clusters: 120 },
  { threshold: 0.2, sensitivity: 0.9, specificity: 0.85, labels: 100, clusters: 120 },
  { threshold: 0.45, sensitivity: 0.955, specificity: 0.86, labels: 50, clusters: 50 },
  { threshold: 0.55, sensitivity: 0.956, specificity: 0.8, labels: 50, clusters: 42 },
];

/** Shares of the runs. */
export function claimShares(one: ClaimCase, runs: number, seed = 20_280): ClaimShares {
  const { threshold, trueRate, labels, clusters, side = 'at-most' } = one;
  const criterion: RateCriterion = {
    ...harm,
    ...{ threshold, side, languages: ['en', 'de'], maximumTrials: 2 * clusters },
  };
  const judge = { sensitivity: one.sensitivity, specificity: one.specificity, labels };
  const model = { rates: Array.from({ length: 10 }, () => trueRate), unassessed: 0, alike: 0.5 };
  const counts = {
    together: { met: 0, 'not-met': 0, undecided: 0 },
    corner: { met: 0, 'not-met': 0, undecided: 0 },
  };
  const trials = { together: 0, corner: 0 };
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed, run);
    const standing = judgeStanding(criterion, measuredJudge(judge, criterion.languages, random), 'simulated');
    const values = clusterValues(observations(model, judge, clusters, random), criterion);
    for (const way of ['together', 'corner'] as const) {
      if ('problem' in standing) {
        counts[way].undecided += 1 / runs;
        continue;
      }
      const used = way === 'together' ? standing : { ...standing, labelled: null };
      const stopped = stoppingPoint(criterion, values, used, claimGrids(criterion, used));
      counts[way][stopped.state] += 1 / runs;
      trials[way] += stopped.trials / runs;
    }
  }
  return { ...counts, trials };
}
