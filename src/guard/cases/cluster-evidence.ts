// Why accounts are taken for one: who they are, which tests hold them together, which of them join each account, and on whom measures act. It
// stands in the evidence of a case beside what they ask, taken as one account, and holds what it was judged by, so that it can be judged again.
import { z } from 'zod';
import { sumOf } from '../account/account-state.ts';
import { decodeAccountState, encodeAccountState } from '../account/encode-account-state.ts';
import type { Cluster, Edge, Joined, Link } from '../linkage/find-clusters.ts';
import type { ClusterJudgement, JudgedFacts, Reason } from '../linkage/judge-cluster.ts';
import { type LinkageTest, type LinkedAccount, linkageTests } from '../linkage/linked-account.ts';
import { judgedClasses, type UseClass } from '../use-class.ts';

export type ClusterMember = {
  readonly organisation: string;
  readonly account: string;
  readonly requests: number;
  readonly traceTokens: number;
  readonly joinedBy: readonly LinkageTest[];
  readonly parts: Joined['parts'];
};

/** What was found: links, and states as base64. */
export type FoundCluster = {
  readonly useClass: UseClass;
  readonly members: readonly ClusterMember[];
  readonly links: readonly Link[];
  /** By places among the members; none where there are too many to be drawn. */
  readonly edges: readonly Edge[];
  /** Of all members, and of those that ask alike; null where these are all. */
  readonly state: string;
  readonly texts: readonly {
    readonly part: number;
    readonly useClass: UseClass;
    readonly state: string | null;
  }[];
};

export type ClusterEvidence = Omit<FoundCluster, 'members'> & {
  /** With whether measures act on each. */
  readonly members: readonly (ClusterMember & { readonly measured: boolean })[];
  readonly eValue: number;
  /** How probable it is at most that honest accounts are joined so. */
  readonly bound: number;
  readonly novelTraceTokens: number;
  readonly reasons: readonly Reason[];
  readonly clearedBy: readonly LinkageTest[];
};

/** @param accounts among which the cluster was found */
export function foundCluster(cluster: Cluster, accounts: readonly LinkedAccount[]): FoundCluster {
  const { members, joined, links, edges, useClass, texts } = cluster;
  const base64 = (state: Cluster['state']): string =>
    Buffer.from(encodeAccountState(state)).toString('base64');
  return {
    ...{ useClass, links, edges, state: base64(cluster.state) },
    members: members.map((index, place) => {
      const { organisation, account, state } = accounts[index]!;
      const [requests, traceTokens] = [sumOf(state.sums, 'requests'), sumOf(state.sums, 'traceTokens')];
      const { tests: joinedBy, parts } = joined[place]!;
      return { organisation, account, requests, traceTokens, joinedBy, parts };
    }),
    texts: texts.map((text) => ({
      ...{ part: text.part, useClass: text.useClass },
      state: text.state === cluster.state ? null : base64(text.state),
    })),
  };
}

/** @throws TGL_GUARD_STATE_INVALID */
export function factsOf({ members, links, useClass, state, texts }: FoundCluster): JudgedFacts {
  const decoded = (base64: string): Cluster['state'] => decodeAccountState(Buffer.from(base64, 'base64'));
  return {
    ...{ links, useClass, state: decoded(state) },
    joined: members.map(({ joinedBy, parts }) => ({ tests: joinedBy, parts })),
    texts: texts.map((text) => ({ ...text, state: decoded(text.state ?? state) })),
  };
}

export function clusterEvidenceOf(
  found: FoundCluster,
  { eValue, reasons, clearedBy, measured }: ClusterJudgement,
  novelTraceTokens: number,
): ClusterEvidence {
  return {
    ...found,
    members: found.members.map((member, place) => ({ ...member, measured: measured[place]! })),
    ...{ eValue, bound: Math.min(1, 1 / eValue), novelTraceTokens, reasons, clearedBy },
  };
}

const place = z.int().min(0);
const linkageTest = z.enum(linkageTests);
const useClass = z.enum([...judgedClasses, 'synthetic-data']);
const state = z.base64().max(20_000);

/** Reads what was found out of evidence, and leaves out what follows from it. */
export const foundClusterSchema: z.ZodType<FoundCluster> = z.object({
  ...{ useClass, state },
  members: z.array(
    z.object({
      ...{ organisation: z.string(), account: z.string(), requests: place, traceTokens: z.number() },
      joinedBy: z.array(linkageTest),
      parts: z.object({ text: place.nullable(), circumstances: place.nullable() }),
    }),
  ),
  links: z.array(
    z.object({
      ...{ test: linkageTest, accounts: place, neighbours: place, limit: z.number(), eValue: z.number() },
    }),
  ),
  edges: z.array(z.object({ test: linkageTest, one: place, other: place })),
  texts: z.array(z.object({ part: place, useClass, state: state.nullable() })),
});
