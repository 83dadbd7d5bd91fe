// Why accounts are taken for one: who they are, which tests hold them together and which pairs each test joins. It stands in the evidence of
// a case beside what they ask, taken as one account.
import { sumOf } from '../account/account-state.ts';
import type { Cluster, Edge, Link } from '../linkage/find-clusters.ts';
import type { ClusterJudgement, Reason } from '../linkage/judge-cluster.ts';
import type { LinkageTest, LinkedAccount } from '../linkage/linked-account.ts';

export type ClusterEvidence = {
  readonly members: readonly {
    readonly organisation: string;
    readonly account: string;
    readonly requests: number;
    readonly traceTokens: number;
  }[];
  readonly links: readonly Link[];
  /** By places among the members; none where there are too many to be drawn. */
  readonly edges: readonly Edge[];
  readonly eValue: number;
  /** How probable it is at most that honest accounts are joined so. */
  readonly bound: number;
  readonly novelTraceTokens: number;
  readonly reasons: readonly Reason[];
  readonly clearedBy: readonly LinkageTest[];
};

/** @param accounts among which the cluster was found */
export function clusterEvidenceOf(
  { members, links, edges, novelTraceTokens }: Cluster,
  { eValue, reasons, clearedBy }: ClusterJudgement,
  accounts: readonly LinkedAccount[],
): ClusterEvidence {
  return {
    members: members.map((place) => {
      const { organisation, account, state } = accounts[place]!;
      const [requests, traceTokens] = [sumOf(state.sums, 'requests'), sumOf(state.sums, 'traceTokens')];
      return { organisation, account, requests, traceTokens };
    }),
    ...{ links, edges, eValue, bound: Math.min(1, 1 / eValue), novelTraceTokens, reasons, clearedBy },
  };
}
