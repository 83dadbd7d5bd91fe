// Clusters over the time of a log: looked for every half day, as the calibration did, with the first time that each was found.
import { sumOf } from '../account/account-state.ts';
import type { Calibration } from '../calibration/calibration.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { isJudged, type UseClass } from '../use-class.ts';
import { clustersIn, isSameCluster, type JudgedCluster, type Member } from './clusters-in.ts';
import type { Link } from './find-clusters.ts';
import type { ClusterJudgement } from './judge-cluster.ts';
import { type LinkageLimits, largerLimits, limitsOf, noLimits } from './limits.ts';
import type { LinkageTest, LinkedAccount } from './linked-account.ts';

export type ClusterReport = {
  readonly class: UseClass;
  readonly members: readonly (Member & {
    /** The tests that join it, and whether measures would act on it. */
    readonly joinedBy: readonly LinkageTest[];
    readonly measured: boolean;
  })[];
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

/** The largest of the limits at all looks; none where there never were enough accounts. */
export function collectLimits(): {
  readonly look: LinkageLook;
  readonly limits: () => { readonly linkage?: LinkageLimits };
} {
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
    limits: () => (most === 0 ? {} : { linkage: collected }),
  };
}

const fewestAccounts = 100;

/** Looks for clusters, and tells one from the next by who is in it. */
export function collectClusters(
  score: GuardScore,
  calibration: Calibration,
): { readonly look: LinkageLook; readonly reports: () => readonly ClusterReport[] } {
  let reports: readonly ClusterReport[] = [];
  return {
    look: (all, time) => {
      for (const judged of clustersIn(score, calibration, all)) {
        const report = reportOf(judged, time);
        const known = reports.find((other) => isSameCluster(other.members, report.members));
        const kept = known === undefined ? report : { ...report, firstAlarm: known.firstAlarm };
        reports = [...reports.filter((other) => other !== known), kept];
      }
    },
    reports: () => reports,
  };
}

function reportOf({ cluster, judgement, accounts }: JudgedCluster, time: number): ClusterReport {
  const { links, state, novelTraceTokens } = cluster;
  const { level, reasons, eValue, clearedBy, measured } = judgement;
  const members = cluster.members.map((index, place) => {
    const { organisation, account } = accounts[index]!;
    return { organisation, account, joinedBy: cluster.joined[place]!.tests, measured: measured[place]! };
  });
  const requests = sumOf(state.sums, 'requests');
  return {
    ...{ class: cluster.useClass, members },
    ...{ requests, novelTraceTokens, eValue, level, reasons, links, clearedBy },
    bound: Math.min(1, 1 / eValue),
    firstAlarm: { time, accounts: members.length, requests, novelTraceTokens },
  };
}
