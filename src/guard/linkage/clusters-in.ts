// The clusters among the accounts of a week that come to anything, each with what it comes to.
import type { Calibration } from '../calibration/calibration.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { isJudged } from '../use-class.ts';
import { type Cluster, findClusters } from './find-clusters.ts';
import { type ClusterJudgement, judgeCluster } from './judge-cluster.ts';
import type { LinkedAccount } from './linked-account.ts';

export type JudgedCluster = {
  readonly cluster: Cluster;
  readonly judgement: ClusterJudgement & { readonly level: 'ask' | 'measure' };
  /** Among which its members have their places. */
  readonly accounts: readonly LinkedAccount[];
};

/** None where the calibration has no limits. */
export function clustersIn(
  score: GuardScore,
  calibration: Calibration,
  all: readonly LinkedAccount[],
): readonly JudgedCluster[] {
  if (calibration.linkage === undefined) return [];
  const accounts = all.filter(({ useClass }) => isJudged(useClass));
  return findClusters(accounts, calibration.linkage).flatMap((cluster): JudgedCluster[] => {
    const { level, ...judged } = judgeCluster(score, calibration, cluster);
    return level === 'none' ? [] : [{ cluster, judgement: { ...judged, level }, accounts }];
  });
}

export type Member = { readonly organisation: string; readonly account: string };

/** Half of the smaller one's members are the other one's. */
export function isSameCluster(one: readonly Member[], other: readonly Member[]): boolean {
  return 2 * sharedBy(one, other) >= Math.min(one.length, other.length);
}

/** Most of those that are found were in what is known. */
export function isCoveredBy(known: readonly Member[], found: readonly Member[]): boolean {
  return 2 * sharedBy(known, found) > found.length;
}

function sharedBy(one: readonly Member[], other: readonly Member[]): number {
  const nameOf = ({ organisation, account }: Member): string => JSON.stringify([organisation, account]);
  const known = new Set(one.map(nameOf));
  return other.filter((member) => known.has(nameOf(member))).length;
}
