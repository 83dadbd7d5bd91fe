// Who is whose neighbour by each of the five tests. Three rest on what was asked, two on how and from where.
import { type AccountState, sumOf } from '../account/account-state.ts';
import { fourierSize, projections } from '../features/fourier.ts';
import { sharedIn } from '../sketches/bottom-k.ts';
import { distinctIn } from '../sketches/hyper-log-log.ts';
import type { LinkageTest, LinkedAccount, Neighbours } from './linked-account.ts';

export const neighboursBy: Readonly<Record<LinkageTest, (accounts: readonly LinkedAccount[]) => Neighbours>> =
  {
    wrapper: (accounts) => inGroups(accounts, wrappersOf),
    distribution: (accounts) => inPairs(accounts, distributionOf),
    coverage: (accounts) => inPairs(accounts, coverageOf),
    schedule: (accounts) => inGroups(accounts, (account) => whole(schedulesOf(account))),
    infrastructure: (accounts) => inGroups(accounts, ({ infrastructure }) => whole(infrastructure)),
  };

/** A group that an account is in, with the share of the account that it accounts for. */
type Share = {
  readonly group: string | number;
  readonly share: number;
  /** What it was counted by; of two groups that have one of them in common, one at most is counted. */
  readonly parts: readonly string[];
};

/** Of an account, groups that together account for so much of it say whose neighbour it is. */
const shareOfAccount = 0.55;

/** Accounts are neighbours in a group. How many an account has is the size of the smallest of the largest groups that make it up. */
function inGroups(
  accounts: readonly LinkedAccount[],
  sharesOf: (account: LinkedAccount) => readonly Share[],
): Neighbours {
  const shares = accounts.map(sharesOf);
  const groups = new Map<string | number, number[]>();
  for (const [index, its] of shares.entries())
    for (const { group } of its) {
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [index]);
      else members.push(index);
    }
  const others = ({ group }: Share): number => groups.get(group)!.length - 1;
  const degreeOf = (its: readonly Share[]): number => {
    const counted = new Set<string>();
    let accounted = 0;
    for (const one of its.toSorted((a, b) => others(b) - others(a) || b.share - a.share)) {
      if (one.parts.some((part) => counted.has(part))) continue;
      for (const part of one.parts) counted.add(part);
      accounted += one.share;
      if (accounted >= shareOfAccount) return others(one);
    }
    return 0;
  };
  const degrees = Uint32Array.from(shares, degreeOf);
  return {
    degrees,
    connect: (join, joins) => {
      for (const members of groups.values()) {
        const linked = members.filter((member) => joins(member) && degrees[member]! < members.length);
        for (const member of linked) join(linked[0]!, member);
      }
    },
  };
}

/** First or last words that fewer requests have are not looked at, nor, among eight requests or more, those of a single one. */
const leastOfWrapper = 0.12;
const fewRequests = 8;
const leastDifferent = 0.8;

/** The cells that hold the first or last words of many requests, nearly all of whose prompts differ; which words those are nobody can say. */
function wrappersOf({ state }: LinkedAccount): readonly Share[] {
  const requests = sumOf(state.sums, 'requests');
  if (requests < 2 || distinctIn(state.prompts) < leastDifferent * requests) return [];
  const { counts, rows } = state.edges;
  const columns = counts.length / rows;
  const least = Math.max(requests < fewRequests ? 1 : 2, leastOfWrapper * requests);
  const heavy = (row: number): readonly (readonly [column: number, count: number])[] =>
    [...counts.subarray(row * columns, (row + 1) * columns).entries()].filter(([, count]) => count >= least);
  return heavy(0).flatMap(([column, count]) =>
    heavy(1).map(([other, often]) => ({
      group: column * columns + other,
      share: Math.min(1, Math.min(count, often) / requests),
      parts: [`0 ${column}`, `1 ${other}`],
    })),
  );
}

/** Each of them accounts for all of it. */
function whole(names: readonly string[]): readonly Share[] {
  return [...new Set(names)].map((group) => ({ group, share: 1, parts: [] }));
}

const spanMs = 10 * 60_000;

/** Began and ended together and asked as often, within a twentieth; whoever stands at the edge of a span is in both. */
function schedulesOf({ state, span }: LinkedAccount): readonly string[] {
  const requests = sumOf(state.sums, 'requests');
  if (span === null || requests < fewestRequests) return [];
  const cellsOf = (value: number): readonly number[] => [Math.floor(value), Math.floor(value + 0.5)];
  const [first, last] = span.map((time) => cellsOf(time / spanMs)) as [readonly number[], readonly number[]];
  const often = cellsOf(Math.log(requests) / Math.log(1.05));
  return [0, 1].flatMap((f) =>
    [0, 1].flatMap((l) => [0, 1].map((o) => `${f}${l}${o} ${first[f]} ${last[l]} ${often[o]}`)),
  );
}

const fewestRequests = 10;
/** More are not compared one with the other: the first so many are, and that is said. */
const mostPairs = 6000;

type Compared = (one: number, other: number) => boolean;

function inPairs(
  accounts: readonly LinkedAccount[],
  comparison: (states: readonly AccountState[]) => Compared,
): Neighbours {
  const places = accounts.flatMap(({ state }, index) =>
    sumOf(state.sums, 'requests') >= fewestRequests ? [index] : [],
  );
  const compared = places.slice(0, mostPairs);
  const states = compared.map((index) => accounts[index]!.state);
  const isNear = comparison(states);
  const degrees = new Uint32Array(accounts.length);
  const pairs: number[] = [];
  for (let one = 0; one < states.length; one++)
    for (let other = one + 1; other < states.length; other++) {
      if (!isNear(one, other) || sharedIn(states[one]!.promptSample, states[other]!.promptSample) > 1)
        continue;
      degrees[compared[one]!]!++;
      degrees[compared[other]!]!++;
      pairs.push(compared[one]!, compared[other]!);
    }
  return {
    degrees,
    connect: (join, joins) => {
      for (let place = 0; place < pairs.length; place += 2)
        if (joins(pairs[place]!) && joins(pairs[place + 1]!)) join(pairs[place]!, pairs[place + 1]!);
    },
  };
}

/** Squared MMD of two accounts, without the part that few requests add to it. */
const nearest = 0.02;

/** The same distribution of prompts, by their Fourier features. */
function distributionOf(states: readonly AccountState[]): Compared {
  const means = new Float32Array(states.length * fourierSize);
  const own = states.map(({ fourier, sums }, index) => {
    const requests = sumOf(sums, 'requests');
    let squares = 0;
    for (let part = 0; part < fourierSize; part++) {
      const sum = fourier[part]! / 1024;
      means[index * fourierSize + part] = sum / requests / Math.sqrt(projections);
      squares += (sum * sum) / projections;
    }
    return (squares - requests) / (requests * (requests - 1));
  });
  return (one, other) => {
    let product = 0;
    for (let part = 0; part < fourierSize; part++)
      product += means[one * fourierSize + part]! * means[other * fourierSize + part]!;
    return own[one]! + own[other]! - 2 * product < nearest;
  };
}

const sameTopics = 0.97;

/** The same topics in the same shares, and no wording of one that the other has: parts of one whole. */
function coverageOf(states: readonly AccountState[]): Compared {
  const lengths = states.map(({ topics }) => Math.hypot(...topics));
  return (one, other) => {
    const [mine, theirs] = [states[one]!, states[other]!];
    let product = 0;
    for (let cell = 0; cell < mine.topics.length; cell++)
      product += mine.topics[cell]! * theirs.topics[cell]!;
    if (product < sameTopics * lengths[one]! * lengths[other]!) return false;
    return mine.skeletonSample.every(
      (hash, bin) => hash !== theirs.skeletonSample[bin] || hash === 0xffff_ffff,
    );
  };
}
