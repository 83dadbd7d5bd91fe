// Accounts that belong together: those whose neighbours by some test outnumber those of all honest accounts are joined with them, and a
// cluster is then tested as one account, by merging what is known of its members.
import { type AccountState, emptyAccountState, mergeAccountState, sumOf } from '../account/account-state.ts';
import { distinctIn } from '../sketches/hyper-log-log.ts';
import { bandOf, type LinkageLimits, limitAmong } from './limits.ts';
import { type LinkageTest, type LinkedAccount, linkageTests } from './linked-account.ts';
import { neighboursBy } from './neighbours.ts';

export type Link = {
  readonly test: LinkageTest;
  /** Members that this test joins. */
  readonly accounts: number;
  /** The largest number of neighbours among them, and what that account had to exceed. */
  readonly neighbours: number;
  readonly limit: number;
  /** One over how often an honest account exceeds the limit at most: one more than the calibrated ones that had asked as much. */
  readonly eValue: number;
};

/** That a test joins two accounts, by their places among the members of a cluster. */
export type Edge = { readonly test: LinkageTest; readonly one: number; readonly other: number };

export type Cluster = {
  /** Places of its accounts, in their order. */
  readonly members: readonly number[];
  /** The tests that hold it together. */
  readonly links: readonly Link[];
  /** For each test enough of them to connect what it joins; none where there are more members than can be drawn. */
  readonly edges: readonly Edge[];
  readonly state: AccountState;
  /** Tokens of reasoning that were shown to prompts of its that differ. */
  readonly novelTraceTokens: number;
};

/** Members of the largest cluster whose edges are kept. */
const mostDrawnMembers = 30;

/** @param accounts of one week */
export function findClusters(accounts: readonly LinkedAccount[], limits: LinkageLimits): readonly Cluster[] {
  const parents = accounts.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] = parents[parents[root]!]!;
    return root;
  };
  const bandsOf = accounts.map(bandOf);
  const joined: Edge[] = [];
  const found = linkageTests.map((test) => {
    const { degrees, connect } = neighboursBy[test](accounts);
    const limitOf = (index: number): number => limitAmong(limits, test, bandsOf[index]!, accounts.length);
    const exceeds = (index: number): boolean => degrees[index]! > limitOf(index);
    connect((one, other) => {
      parents[rootOf(one)] = rootOf(other);
      joined.push({ test, one, other });
    }, exceeds);
    return { test, degrees, limitOf, exceeds };
  });
  const linked = accounts.flatMap((_, index) => (found.some(({ exceeds }) => exceeds(index)) ? [index] : []));
  const edgesOf = Map.groupBy(joined, ({ one }) => rootOf(one));
  return [...Map.groupBy(linked, rootOf)].map(([root, members]): Cluster => {
    const links = found.flatMap(({ test, degrees, limitOf, exceeds }): Link[] => {
      const exceeding = members.filter(exceeds);
      if (exceeding.length === 0) return [];
      const most = exceeding.reduce((one, other) => (degrees[other]! > degrees[one]! ? other : one));
      const eValue = 1 + Math.min(...exceeding.map((index) => limits.accounts[bandsOf[index]!]!));
      return [{ test, accounts: exceeding.length, neighbours: degrees[most]!, limit: limitOf(most), eValue }];
    });
    const state = mergedOf(members.map((index) => accounts[index]!.state));
    const edges = members.length > mostDrawnMembers ? [] : edgesAmong(members, edgesOf.get(root) ?? []);
    return { members, links, edges, state, novelTraceTokens: novelTraceTokensOf(state) };
  });
}

/** For each test a tree over each part that it connects. */
function edgesAmong(members: readonly number[], edges: readonly Edge[]): readonly Edge[] {
  const placeOf = new Map(members.map((account, place) => [account, place]));
  return [...Map.groupBy(edges, ({ test }) => test)].flatMap(([test, joined]) => {
    const parts = members.map((_, place) => place);
    return joined.flatMap((edge): readonly Edge[] => {
      const [one, other] = [placeOf.get(edge.one), placeOf.get(edge.other)];
      if (one === undefined || other === undefined) return [];
      const [kept, gone] = [parts[one]!, parts[other]!];
      if (kept === gone) return [];
      for (const [place, part] of parts.entries()) if (part === gone) parts[place] = kept;
      return [{ test, one, other }];
    });
  });
}

function mergedOf(states: readonly AccountState[]): AccountState {
  const merged = emptyAccountState();
  for (const state of states) mergeAccountState(merged, state);
  return merged;
}

function novelTraceTokensOf({ sums, prompts }: AccountState): number {
  const requests = sumOf(sums, 'requests');
  if (requests === 0) return 0;
  return Math.round(sumOf(sums, 'traceTokens') * Math.min(1, distinctIn(prompts) / requests));
}
