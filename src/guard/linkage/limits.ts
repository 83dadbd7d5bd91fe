// How many neighbours an honest account has at most, by each test: what linkage is calibrated by, and part of the signed calibration.
// Accounts are compared with those that had asked about as much, since of few requests more is chance.
import { sumOf } from '../account/account-state.ts';
import type { LinkageTest, LinkedAccount } from './linked-account.ts';
import { neighboursBy } from './neighbours.ts';

export type LinkageLimits = {
  /** Honest accounts that were looked at, by how much they had asked ({@link bandOf}). */
  readonly accounts: readonly number[];
  /** The largest share of the others that were neighbours of one of them, in the same order. */
  readonly largest: Readonly<Record<LinkageTest, readonly number[]>>;
};

/** Where bands of numbers of requests begin. */
const bands: readonly number[] = [1, 3, 5, 10, 20, 50, 100];

export const bandCount: number = bands.length;

export function bandOf({ state }: Pick<LinkedAccount, 'state'>): number {
  const requests = sumOf(state.sums, 'requests');
  return Math.max(
    0,
    bands.findLastIndex((begin) => requests >= begin),
  );
}

export const noLimits: LinkageLimits = {
  accounts: bands.map(() => 0),
  largest: byTest(() => bands.map(() => 0)),
};

function byTest(
  sharesBy: (test: LinkageTest) => readonly number[],
): Readonly<Record<LinkageTest, readonly number[]>> {
  return {
    wrapper: sharesBy('wrapper'),
    distribution: sharesBy('distribution'),
    coverage: sharesBy('coverage'),
    schedule: sharesBy('schedule'),
    infrastructure: sharesBy('infrastructure'),
  };
}

export function limitsOf(honest: readonly LinkedAccount[]): LinkageLimits {
  const others = Math.max(1, honest.length - 1);
  const bandsOf = honest.map(bandOf);
  const largestBy = (test: LinkageTest): readonly number[] => {
    const largest = bands.map(() => 0);
    for (const [index, degree] of neighboursBy[test](honest).degrees.entries())
      largest[bandsOf[index]!] = Math.max(largest[bandsOf[index]!]!, degree / others);
    return largest;
  };
  return {
    accounts: bands.map((_, band) => bandsOf.filter((each) => each === band).length),
    largest: byTest(largestBy),
  };
}

/** The larger of each, and the accounts of whichever had more. */
export function largerLimits(one: LinkageLimits, other: LinkageLimits): LinkageLimits {
  const larger = (a: readonly number[], b: readonly number[]): readonly number[] =>
    a.map((value, band) => Math.max(value, b[band]!));
  return {
    accounts: larger(one.accounts, other.accounts),
    largest: byTest((test) => larger(one.largest[test], other.largest[test])),
  };
}

/** Kinds of use that the calibration did not see may have more accounts than those that it saw. */
const margin = 1.5;
/** Fewer are a household or a team. */
export const fewestNeighbours = 9;
/** Of fewer honest accounts nothing follows. */
const fewestHonest = 30;

/** How many neighbours have to be exceeded among so many accounts; infinite where too few honest ones had asked as much. */
export function limitAmong(
  { accounts: honest, largest }: LinkageLimits,
  test: LinkageTest,
  band: number,
  accounts: number,
): number {
  if (honest[band]! < fewestHonest) return Number.POSITIVE_INFINITY;
  return Math.max(fewestNeighbours, margin * largest[test][band]! * (accounts - 1));
}
