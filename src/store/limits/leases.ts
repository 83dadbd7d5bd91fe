// Budgets that several nodes spend from. A node is granted a part of a budget, a lease, and admits by that alone; what it lacks
// is asked for, and then the request starts over with nothing in its hands, so that no two of them wait for each other. What
// is asked for is a constant of the statement that grants it: computed from what that statement reads, two nodes at once
// were granted more than there was (measured: 179 % of a budget). A node that could not renew in time, since it stood still or
// the database was away, has forfeited what it was granted, and begins anew.
import type { Clock } from '../../base/index.ts';
import type { Budgets } from './budgets.ts';
import type { Admission, Ask } from './hold.ts';
import type { RequestTerm } from './lease-term.ts';
import type { Lender, LenderTerms } from './lender.ts';
import { closeOver, giveBackIdle, type Lessee, refill } from './lessee.ts';
import { createMembership } from './membership.ts';

export type Leases = {
  /**
   * Like `admit` of the budgets, after what was lacking has been granted, or was not. At once where nothing is lacking.
   *
   * @throws TGL_STORE_UNAVAILABLE where something was lacking and the database is away
   */
  readonly admit: (ask: Ask) => Decided | Promise<Decided>;
  /** To be called every second: renews, gives back what is not needed, and ends what is over. Rejects as `admit` does. */
  readonly keep: () => Promise<Kept>;
  /**
   * To be called every second, whatever `keep` waits for: ends the requests of leases that could not be renewed, before they are
   * ended for this node and granted to others.
   */
  readonly endOverdue: () => void;
  /** Gives everything back, when the node ends. What requests still hold is left to the reaper. */
  readonly leave: () => Promise<void>;
};

/** With the lessee that was granted what a request holds, which may be another one by the time at which it is told, and its term. */
export type Decided =
  | (Extract<Admission, { readonly type: 'admitted' }> & {
      readonly lessee: string;
      readonly term: RequestTerm;
    })
  | Extract<Admission, { readonly type: 'refused' }>;

export type Kept = {
  /** This node had not renewed in time and has forfeited its leases. */
  readonly hasLapsed: boolean;
  /** Lessees whose leases were ended for them. */
  readonly reaped: readonly string[];
};

export type LeasesOptions = {
  readonly budgets: Budgets;
  readonly lender: Lender;
  readonly clock: Clock;
  readonly terms: LenderTerms;
};

export function createLeases({ budgets, lender, clock, terms }: LeasesOptions): Leases {
  const membership = createMembership({ budgets, lender, clock, terms });
  let reapedAt = Number.NEGATIVE_INFINITY;

  const admitAs = (
    { id, term }: Lessee,
    ask: Ask,
  ): Decided | Extract<Admission, { readonly type: 'short' }> => {
    const admission = budgets.admit(ask);
    return admission.type === 'admitted' ? { ...admission, lessee: id, term } : admission;
  };
  const afterGrants = async (ask: Ask): Promise<Decided> => {
    // A round that neither admits nor refuses was granted more of a budget that ends, or is followed by one that lacks less.
    for (;;) {
      const own = await membership.current();
      const admission = admitAs(own, ask);
      if (admission.type !== 'short') return admission;
      const { failed, waitMs } = admission;
      const context = { lender, clock, own, nodes: membership.nodes() };
      const granted = await Promise.all(admission.of.map((shortage) => refill(context, shortage)));
      if (own === membership.own() && granted.includes(false)) return { type: 'refused', failed, waitMs };
    }
  };
  const reap = async (): Promise<readonly string[]> => {
    if (clock.monotonic() - reapedAt < terms.leaseMs / 6) return [];
    reapedAt = clock.monotonic();
    return lender.reap();
  };

  return {
    admit: (ask) => {
      const own = membership.own();
      if (own !== undefined && membership.isValid()) {
        const admission = admitAs(own, ask);
        if (admission.type !== 'short') return admission;
      }
      return afterGrants(ask);
    },
    keep: async () => {
      const own = membership.own();
      const isRenewed = own === undefined || (await membership.renew(own));
      if (own !== undefined && isRenewed) {
        const at = { now: clock.now(), monotonic: clock.monotonic() };
        await giveBackIdle(lender, own, at);
        await closeOver(lender, own, ({ window }) => window.end <= at.now);
      }
      await membership.closeFormer();
      return { hasLapsed: !isRenewed, reaped: await reap() };
    },
    endOverdue: membership.endOverdue,
    leave: membership.leave,
  };
}
