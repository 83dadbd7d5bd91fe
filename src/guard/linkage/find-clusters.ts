// Accounts that belong together: those whose neighbours by some test outnumber those of all honest accounts are joined with them, and a
// cluster is then tested as one account, by merging what is known of its members.
import { type AccountState, emptyAccountState, mergeAccountState, sumOf } from '../account/account-state.ts';
import { distinctIn } from '../sketches/hyper-log-log.ts';
import type { UseClass } from '../use-class.ts';
import { bandOf, type LinkageLimits, limitAmong } from './limits.ts';
import {
  kindOfTest,
  type LinkageTest,
  type LinkedAccount,
  type LinkKind,
  linkageTests,
} from './linked-account.ts';
import { neighboursBy } from './neighbours.ts';
import { separateParts } from './parts.ts';

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

/** What joins a member to others of its cluster. */
export type Joined = {
  /** The tests that join it to another one; those of two kinds may join it to different ones. */
  readonly tests: readonly LinkageTest[];
  /** Of each kind of tests the first place in the part of the cluster that they alone join it to; null where none of the kind does. */
  readonly parts: Readonly<Record<LinkKind, number | null>>;
};

/** Members that ask alike, taken as one account. */
export type TextPart = {
  /** The first place in it. */
  readonly part: number;
  /** What most of them declared. */
  readonly useClass: UseClass;
  readonly state: AccountState;
};

export type Cluster = {
  /** Places of its accounts, in their order. */
  readonly members: readonly number[];
  /** What joins each of them, in the order of members. */
  readonly joined: readonly Joined[];
  /** The tests that hold it together. */
  readonly links: readonly Link[];
  /** For each test enough of them to connect what it joins; none where there are more members than can be drawn. */
  readonly edges: readonly Edge[];
  /** What most of its accounts declared. */
  readonly useClass: UseClass;
  readonly state: AccountState;
  readonly texts: readonly TextPart[];
  /** Tokens of reasoning that were shown to prompts of its that differ. */
  readonly novelTraceTokens: number;
};

/** Members of the largest cluster whose edges are kept. */
const mostDrawnMembers = 30;

/** @param accounts of one week */
export function findClusters(accounts: readonly LinkedAccount[], limits: LinkageLimits): readonly Cluster[] {
  const whole = separateParts(accounts.length);
  const kinds = { text: separateParts(accounts.length), circumstances: separateParts(accounts.length) };
  const testsOf = accounts.map(() => new Set<LinkageTest>());
  const bandsOf = accounts.map(bandOf);
  const pairs: Edge[] = [];
  const found = linkageTests.map((test) => {
    const { degrees, connect } = neighboursBy[test](accounts);
    const limitOf = (index: number): number => limitAmong(limits, test, bandsOf[index]!, accounts.length);
    const exceeds = (index: number): boolean => degrees[index]! > limitOf(index);
    connect((one, other) => {
      if (one === other) return;
      whole.join(one, other);
      kinds[kindOfTest[test]].join(one, other);
      for (const place of [one, other]) testsOf[place]!.add(test);
      pairs.push({ test, one, other });
    }, exceeds);
    return { test, degrees, limitOf, exceeds };
  });
  const linked = accounts.flatMap((_, index) => (found.some(({ exceeds }) => exceeds(index)) ? [index] : []));
  const edgesOf = Map.groupBy(pairs, ({ one }) => whole.partOf(one));
  return [...Map.groupBy(linked, whole.partOf)].map(([part, members]): Cluster => {
    const links = found.flatMap(({ test, degrees, limitOf, exceeds }): Link[] => {
      const exceeding = members.filter(exceeds);
      if (exceeding.length === 0) return [];
      const most = exceeding.reduce((one, other) => (degrees[other]! > degrees[one]! ? other : one));
      const eValue = 1 + Math.min(...exceeding.map((index) => limits.accounts[bandsOf[index]!]!));
      return [{ test, accounts: exceeding.length, neighbours: degrees[most]!, limit: limitOf(most), eValue }];
    });
    const joined = members.map((index): Joined => {
      const tests = linkageTests.filter((test) => testsOf[index]!.has(test));
      const partBy = (kind: LinkKind): number | null =>
        tests.some((test) => kindOfTest[test] === kind)
          ? members.findIndex((other) => kinds[kind].partOf(other) === kinds[kind].partOf(index))
          : null;
      return { tests, parts: { text: partBy('text'), circumstances: partBy('circumstances') } };
    });
    const those = members.map((index) => accounts[index]!);
    const state = mergedOf(those);
    return {
      ...{ members, joined, links, state, useClass: mostFrequentClass(those) },
      edges: members.length > mostDrawnMembers ? [] : edgesAmong(members, edgesOf.get(part) ?? []),
      texts: textPartsOf(those, joined, state),
      novelTraceTokens: novelTraceTokensOf(state),
    };
  });
}

function textPartsOf(
  members: readonly LinkedAccount[],
  joined: readonly Joined[],
  whole: AccountState,
): readonly TextPart[] {
  const grouped = Map.groupBy(joined.keys(), (place) => joined[place]!.parts.text);
  return [...grouped].flatMap(([part, places]): TextPart[] => {
    if (part === null) return [];
    const those = places.map((place) => members[place]!);
    const state = those.length === members.length ? whole : mergedOf(those);
    return [{ part, useClass: mostFrequentClass(those), state }];
  });
}

/** For each test a tree over each part that it connects. */
function edgesAmong(members: readonly number[], edges: readonly Edge[]): readonly Edge[] {
  const placeOf = new Map(members.map((account, place) => [account, place]));
  return [...Map.groupBy(edges, ({ test }) => test)].flatMap(([test, joined]) => {
    const { join, partOf } = separateParts(members.length);
    return joined.flatMap((edge): readonly Edge[] => {
      const [one, other] = [placeOf.get(edge.one), placeOf.get(edge.other)];
      if (one === undefined || other === undefined || partOf(one) === partOf(other)) return [];
      join(one, other);
      return [{ test, one, other }];
    });
  });
}

function mergedOf(accounts: readonly LinkedAccount[]): AccountState {
  const merged = emptyAccountState();
  for (const { state } of accounts) mergeAccountState(merged, state);
  return merged;
}

function mostFrequentClass(accounts: readonly LinkedAccount[]): UseClass {
  const counts = [...Map.groupBy(accounts, ({ useClass }) => useClass)].map(
    ([useClass, all]) => [useClass, all.length] as const,
  );
  return counts.reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}

/** Tokens of reasoning that were shown to prompts that differ, as far as the sketches tell. */
export function novelTraceTokensOf({ sums, prompts }: AccountState): number {
  const requests = sumOf(sums, 'requests');
  if (requests === 0) return 0;
  return Math.round(sumOf(sums, 'traceTokens') * Math.min(1, distinctIn(prompts) / requests));
}
