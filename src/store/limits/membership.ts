// As which lessee a node spends: it joins at its first grant, renews, and once it could not do so in time it is another lessee.
import type { Moment } from './counter.ts';
import { createLeaseTerm } from './lease-term.ts';
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
  /** Ends what runs of a lessee that has lapsed for so long that its leases are about to be ended. */
  readonly endOverdue: () => void;
  readonly leave: () => Promise<void>;
};

export function createMembership({ budgets, lender, clock, terms }: LeasesOptions): Membership {
  const former = new Set<Lessee>();
  let own: Lessee | undefined;
  let joining: Promise<Lessee> | undefined;
  let nodes = 1;

  const moment = (): Moment => ({ now: clock.now(), monotonic: clock.monotonic() });
  const isValid = (): boolean => own?.term.mayAdmit() === true;
  const retire = (): void => {
    if (own !== undefined) former.add(own);
    own = undefined;
    budgets.forfeit();
  };
  const join = async (): Promise<Lessee> => {
    const asked = moment();
    const id = await lender.join();
    retire();
    const term = createLeaseTerm(asked, { clock, terms });
    own = { id, term, leases: new Map(), inFlight: new Map(), isUnsure: false };
    return own;
  };
  const closeFormer = async (): Promise<void> => {
    for (const lessee of former) {
      await giveBackIdle(lender, lessee, moment());
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
      const asked = moment();
      const renewed = await lender.renew(lessee.id);
      if (renewed === null) {
        if (own === lessee) retire();
        return false;
      }
      nodes = renewed;
      lessee.term.renew(asked);
      if (own !== lessee) return true;
      // What it may have been granted without hearing of it comes back with the end of its leases.
      if (lessee.isUnsure) retire();
      return true;
    },
    nodes: () => nodes,
    closeFormer,
    endOverdue: () => {
      own?.term.endWhereOver();
      for (const { term } of former) term.endWhereOver();
    },
    leave: async () => {
      retire();
      for (const { inFlight } of former)
        await Promise.allSettled([...inFlight.values()].map(({ granted }) => granted));
      await closeFormer();
    },
  };
}
