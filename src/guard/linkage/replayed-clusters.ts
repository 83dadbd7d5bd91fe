// Clusters over the time of a log: looked for every half day, as the calibration did, with the first time that each was found.
import { sumOf } from '../account/account-state.ts';
import type { Calibration } from '../calibration/calibration.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { isJudged, type UseClass } from '../use-class.ts';
import { type Cluster, findClusters, type Link } from './find-clusters.ts';
import { type ClusterJudgement, judgeCluster } from './judge-cluster.ts';
import { type LinkageLimits, largerLimits, limitsOf, noLimits } from './limits.ts';
import type { LinkageTest, LinkedAccount } from './linked-account.ts';

type Member = { readonly organisation: string; readonly account: string };

export type ClusterReport = {
  readonly class: UseClass;
  readonly members: readonly Member[];
  readonly requests: number;
  readonly novelTraceTokens: number;
  readonly eValue: number;
  /** How probable it is at most that honest accounts are joined so. */
  readonly bound: number;
  readonly level: ClusterJudgement['level'];
  readonly reasons: ClusterJudgement['reasons'];
  /** What holds it together, test by test. */
  readonly links: readonly Link[];
  /** Without these there is no cluster. */
  readonly clearedBy: readonly LinkageTest[];
  readonly firstAlarm: {
    /** Seconds since 1970. */
    readonly time: number;
    readonly accounts: number;
    readonly requests: number;
    readonly novelTraceTokens: number;
  };
};

/** What is done with the accounts of a week at a time in seconds. */
export type LinkageLook = (accounts: readonly LinkedAccount[], time: number) => void;

/** The largest of the limits at all looks. */
export function collectLimits(): { readonly look: LinkageLook; readonly limits: () => LinkageLimits } {
  let collected = noLimits;
  let most = 0;
  return {
    look: (accounts) => {
      const judged = accounts.filter(({ useClass }) => isJudged(useClass));
      // Of few accounts any share is large.
      if (judged.length < Math.max(fewestAccounts, most / 2)) return;
      most = Math.max(most, judged.length);
      collected = largerLimits(collected, limitsOf(judged));
    },
    limits: () => collected,
  };
}

const fewestAccounts = 100;

/** Looks for clusters, and tells one from the next by who is in it. */
export function collectClusters(
  score: GuardScore,
  calibration: Calibration,
): { readonly look: LinkageLook; readonly reports: () => readonly ClusterReport[] } {
  let reports: readonly ClusterReport[] = [];
  const { linkage } = calibration;
  return {
    look: (all, time) => {
      if (linkage === undefined) return;
      const accounts = all.filter(({ useClass }) => isJudged(useClass));
      for (const cluster of findClusters(accounts, linkage)) {
        const members = cluster.members.map((index) => accounts[index]!);
        const judgement = judgeCluster(
          score,
          calibration,
          cluster,
          members.map(({ useClass }) => useClass),
        );
        if (judgement.level === 'none') continue;
        const report = reportOf(cluster, members, judgement, time);
        const known = reports.find((other) => isSame(other, report));
        const kept = known === undefined ? report : { ...report, firstAlarm: known.firstAlarm };
        reports = [...reports.filter((other) => other !== known), kept];
      }
    },
    reports: () => reports,
  };
}

function reportOf(
  { links, state, novelTraceTokens }: Cluster,
  accounts: readonly LinkedAccount[],
  { useClass, level, reasons, eValue, clearedBy }: ClusterJudgement,
  time: number,
): ClusterReport {
  const requests = sumOf(state.sums, 'requests');
  return {
    class: useClass,
    members: accounts.map(({ organisation, account }) => ({ organisation, account })),
    ...{ requests, novelTraceTokens, eValue, level, reasons, links, clearedBy },
    bound: Math.min(1, 1 / eValue),
    firstAlarm: { time, accounts: accounts.length, requests, novelTraceTokens },
  };
}

/** Half of the smaller one's members are the other one's. */
function isSame(one: ClusterReport, other: ClusterReport): boolean {
  const nameOf = ({ organisation, account }: Member): string => JSON.stringify([organisation, account]);
  const known = new Set(one.members.map(nameOf));
  const shared = other.members.filter((member) => known.has(nameOf(member))).length;
  return 2 * shared >= Math.min(one.members.length, other.members.length);
}
