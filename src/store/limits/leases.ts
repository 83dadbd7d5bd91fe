// Budgets that several nodes spend from. A node is granted a part of a budget, a lease, and admits by that alone; what it lacks
// is asked for, and then the request starts over with nothing in its hands, so that no two of them wait for each other. What
// is asked for is a constant of the statement that grants it: computed from what that statement reads, two nodes at once
// were granted more than there was (measured: 179 % of a budget).
import type { Budgets } from './budgets.ts';
import type { CountedWindow, Counter, Moment } from './counter.ts';
import type { Admission, Ask, Shortage } from './hold.ts';
import type { Limit } from './limit.ts';

export type Lender = {
  /** Grants exactly so much of the limit's window to this node, or nothing. Rejects where the database is away. */
  readonly grant: (limit: Limit, window: CountedWindow, amount: number) => Promise<boolean>;
};

export type Leases = {
  /** Like `admit` of the budgets, after what was lacking has been granted, or was not. @throws what the lender does */
  readonly admit: (ask: Ask) => Promise<Exclude<Admission, { readonly type: 'short' }>>;
};

export type LeasesOptions = {
  readonly budgets: Budgets;
  readonly lender: Lender;
  readonly moment: () => Moment;
  /** Among how many the rest of a budget is divided. */
  readonly nodes: number;
};

const demandSpanMs = 2000;

export function createLeases({ budgets, lender, moment, nodes }: LeasesOptions): Leases {
  const inFlight = new Map<CountedWindow, Refill>();
  const demands = new WeakMap<Counter, Demand>();

  const refill = async ({ counter, needed }: Shortage): Promise<boolean> => {
    const at = moment();
    const window = counter.window(at);
    if (window === null) return false;
    const demand = demands.get(counter) ?? { since: at.monotonic, amount: 0 };
    demands.set(counter, demand);
    const recent = recentOf(demand, needed, at);
    const lacking = needed - counter.free(at);
    const running = inFlight.get(window);
    // A refusal of less is one of this, too; a refusal of more says nothing of it.
    if (running !== undefined) return (await running.granted) || running.lacking > lacking;
    const limit = counter.limit();
    const wanted = wantedOf(limit, window, { lacking, recent, nodes });
    const granted = grantLargest(lender, { limit, window, wanted, lacking }).finally(() =>
      inFlight.delete(window),
    );
    inFlight.set(window, { lacking, granted });
    return granted;
  };

  return {
    admit: async (ask) => {
      // A round that neither admits nor refuses was granted more of a budget that ends, or is followed by one that lacks less.
      for (;;) {
        const admission = budgets.admit(ask);
        if (admission.type !== 'short') return admission;
        const { failed, waitMs } = admission;
        const granted = await Promise.all(admission.of.map(refill));
        if (granted.includes(false)) return { type: 'refused', failed, waitMs };
      }
    },
  };
}

type Refill = { readonly lacking: number; readonly granted: Promise<boolean> };

/** What was lacking of a counter, over the last two seconds at least. */
type Demand = { since: number; amount: number };

function recentOf(demand: Demand, needed: number, { monotonic }: Moment): number {
  if (monotonic - demand.since > demandSpanMs) {
    demand.since = monotonic;
    demand.amount = 0;
  }
  demand.amount += needed;
  return demand.amount;
}

function wantedOf(
  { amount }: Limit,
  { granted }: CountedWindow,
  { lacking, recent, nodes }: { readonly lacking: number; readonly recent: number; readonly nodes: number },
): number {
  const share = Math.floor((amount - granted) / (4 * nodes));
  return Math.max(lacking, Math.min(recent, share));
}

/** Asks for a quarter of what was not granted, down to what is lacking. */
async function grantLargest(
  lender: Lender,
  {
    limit,
    window,
    wanted,
    lacking,
  }: {
    readonly limit: Limit;
    readonly window: CountedWindow;
    readonly wanted: number;
    readonly lacking: number;
  },
): Promise<boolean> {
  for (let amount = wanted; ; amount = Math.max(lacking, Math.floor(amount / 4))) {
    if (await lender.grant(limit, window, amount)) {
      window.granted += amount;
      return true;
    }
    if (amount <= lacking) return false;
  }
}
