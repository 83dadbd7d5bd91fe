// Who grants parts of budgets to nodes. A node is a lessee for as long as it renews; what it has not used when it stops is
// granted again once no request of its can be running any more. For each budget the amounts of open leases and what closed ones
// have used are together what was granted, and that is never raised above the limit.
import type { CountedWindow } from './counter.ts';
import { countedBy, type Limit } from './limit.ts';

/** A budget is one window of what a limit counts. */
export type Budget = {
  readonly limit: Limit;
  readonly window: Pick<CountedWindow, 'start' | 'end' | 'before'>;
};

export type Lender = {
  /** Makes this node a lessee from now on. */
  readonly join: () => Promise<string>;
  /** For another while. @returns among how many the budgets are divided; null where the lessee has lapsed for good */
  readonly renew: (lessee: string) => Promise<number | null>;
  /**
   * Grants exactly so much of a budget, or nothing. A limit that was lowered is kept to from then on, though more was granted.
   *
   * @returns what has been granted of the budget to everybody
   */
  readonly grant: (lessee: string, budget: Budget, amount: number) => Promise<Grant>;
  /** Takes back what a lessee does not need. */
  readonly giveBack: (lessee: string, budget: Budget, amount: number) => Promise<void>;
  /** Ends one lease, of which so much was used. */
  readonly close: (lessee: string, budget: Budget, settled: number) => Promise<void>;
  /** Nothing of the lessee is open any more. */
  readonly leave: (lessee: string) => Promise<void>;
  /** Ends the leases of lessees that have lapsed for so long that no request of theirs runs, at what the ledger says. */
  readonly reap: () => Promise<readonly string[]>;
};

/** All of it rejects with TGL_STORE_UNAVAILABLE where the database is away. */
export type Grant = { readonly isGranted: boolean; readonly all: number };

export type LenderTerms = {
  /** How long a lessee may grant itself requests after it has renewed. */
  readonly leaseMs: number;
  /** After its lapse, until nothing that it has admitted is running: what would, it has ended by then. */
  readonly longestRequestMs: number;
};

export const usualTerms: LenderTerms = { leaseMs: 30_000, longestRequestMs: 15 * 60_000 };

export function budgetId({ limit, window }: Budget): string {
  return `${window.start} ${countedBy(limit)}`;
}
