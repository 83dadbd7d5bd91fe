// As which lessee a node spends: it joins at its first grant, renews, and once it could not do so in time it is another lessee.
import type { LeasesOptions } from './leases.ts';
import { closeOver, giveBackIdle, type Lessee } from './lessee.ts';

export type Membership = {
  /** Undefined before the first grant, and after a lapse until the next one. */
  readonly own: () => Lessee | undefined;
  /** Whether what was granted may be used. */
  readonly isValid: () => boolean;
  /** Joins where this node is no lessee, or one that has lapsed. */
  readonly current: () => Promise<Lessee>;
  /** @returns false where it came too late: the node is no lessee any more */
  readonly renew: (own: Lessee) => Promise<boolean>;
  /** Those that renewed lately, this one included. */
  readonly nodes: () => number;
  /** Ends what this node was granted before it lapsed, once the last of its requests has ended. */
  readonly closeFormer: () => Promise<void>;
  readonly leave: () => Promise<void>;
};

/** A node stops that much of a term before the database says so, for clocks that do not run alike. */
const margin = 1 / 6;

export function createMembership({ budgets, lender, clock, terms }: LeasesOptions): Membership {
  const usableMs = terms.leaseMs * (1 - margin);
  const former = new Set<Lessee>();
  let own: Lessee | undefined;
  let joining: Promise<Lessee> | undefined;
  let validUntil = Number.NEGATIVE_INFINITY;
  let nodes = 1;

  const isValid = (): boolean => clock.monotonic() < validUntil;
  const retire = (): void => {
    if (own !== undefined) former.add(own);
    own = undefined;
    validUntil = Number.NEGATIVE_INFINITY;
    budgets.forfeit();
  };
  const join = async (): Promise<Lessee> => {
    // From before the question, since the answer may take long.
    const asked = clock.monotonic();
    const id = await lender.join();
    retire();
    own = { id, leases: new Map(), inFlight: new Map(), isUnsure: false };
    validUntil = asked + usableMs;
    return own;
  };
  const closeFormer = async (): Promise<void> => {
    for (const lessee of former) {
      await giveBackIdle(lender, lessee, { now: clock.now(), monotonic: clock.monotonic() });
      if (lessee.inFlight.size > 0) continue;
      await closeOver(lender, lessee, () => true);
      if (lessee.leases.size > 0) continue;
      await lender.leave(lessee.id);
      former.delete(lessee);
    }
  };
  return {
    own: () => own,
    isValid,
    current: async () => {
      if (own !== undefined && isValid()) return own;
      joining ??= join().finally(() => {
        joining = undefined;
      });
      return joining;
    },
    renew: async (lessee) => {
      const asked = clock.monotonic();
      const renewed = await lender.renew(lessee.id);
      if (renewed === null) {
        if (own === lessee) retire();
        return false;
      }
      nodes = renewed;
      if (own !== lessee) return true;
      validUntil = Math.max(validUntil, asked + usableMs);
      // What it may have been granted without hearing of it comes back with the end of its leases.
      if (lessee.isUnsure) retire();
      return true;
    },
    nodes: () => nodes,
    closeFormer,
    leave: async () => {
      retire();
      for (const { inFlight } of former)
        await Promise.allSettled([...inFlight.values()].map(({ granted }) => granted));
      await closeFormer();
    },
  };
}
