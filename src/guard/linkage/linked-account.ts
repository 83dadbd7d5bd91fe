// An account of one week as linkage sees it, and the tests that link two: each says who is whose neighbour, and how many neighbours an
// account has is compared with how many honest ones have.
import type { AccountState } from '../account/account-state.ts';
import type { UseClass } from '../use-class.ts';

export type LinkedAccount = {
  readonly organisation: string;
  readonly account: string;
  readonly useClass: UseClass;
  readonly state: AccountState;
  /** Milliseconds since 1970 of its first and last request; null where that is not known. */
  readonly span: readonly [first: number, last: number] | null;
  /** Whatever it shares with whoever is behind it, such as `network n`. */
  readonly infrastructure: readonly string[];
};

export const linkageTests = ['wrapper', 'distribution', 'coverage', 'schedule', 'infrastructure'] as const;

export type LinkageTest = (typeof linkageTests)[number];

/** What a test looks at: what accounts ask, or how and from where. */
export type LinkKind = 'text' | 'circumstances';

export const kindOfTest: Readonly<Record<LinkageTest, LinkKind>> = {
  wrapper: 'text',
  distribution: 'text',
  coverage: 'text',
  schedule: 'circumstances',
  infrastructure: 'circumstances',
};

/** The numbers of accounts by the place of one; each group of them are neighbours of each other. */
export type Neighbours = {
  /** How many neighbours each account has. */
  readonly degrees: Uint32Array;
  /** Calls back with pairs that connect all neighbours; not with all pairs. */
  readonly connect: (join: (one: number, other: number) => void, joins: (account: number) => boolean) => void;
};
