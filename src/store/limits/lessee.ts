// What a node is while it renews: a lessee, with the leases that it was granted and what is asked for at this moment.
import type { Clock } from '../../base/index.ts';
import type { CountedWindow, Moment } from './counter.ts';
import type { Shortage } from './hold.ts';
import type { LeaseTerm } from './lease-term.ts';
import { budgetId, type Lender } from './lender.ts';
import type { Limit } from './limit.ts';

/** A window of a counter that something was granted of. */
export type Lease = {
  readonly limit: Limit;
  readonly window: CountedWindow;
  readonly demand: Demand;
  /** The last refusal: when, on the monotonic clock, and of how much. */
  refused: { readonly at: number; readonly lacking: number };
};

/** What was lacking of a window lately, and since when. */
type Demand = { since: number; amount: number };

export type Lessee = {
  readonly id: string;
  readonly term: LeaseTerm;
  readonly leases: Map<CountedWindow, Lease>;
  readonly inFlight: Map<CountedWindow, Refill>;
  /** A question failed, and the database may have heard it: what it was granted is not known any more. */
  isUnsure: boolean;
};

type Refill = { readonly lacking: number; readonly granted: Promise<boolean> };

const demandSpanMs = 2000;
/** Not asked again for as much within that time, so that whoever floods a used budget does not flood the database. */
const refusedMs = 100;

/** Asks for what is lacking of a counter. One question is open for each window. */
export async function refill(
  context: {
    readonly lender: Lender;
    readonly clock: Clock;
    readonly own: Lessee;
    /** Among how many the rest of a budget is divided. */
    readonly nodes: number;
  },
  { counter, needed }: Shortage,
): Promise<boolean> {
  const { lender, clock, own, nodes } = context;
  const at = { now: clock.now(), monotonic: clock.monotonic() };
  const window = counter.window(at);
  if (window === null) return false;
  const limit = counter.limit();
  const lease = leaseOf(own, limit, window, at);
  const recent = recentOf(lease.demand, needed, at);
  const lacking = needed - counter.free(at);
  // Another request was granted it meanwhile.
  if (lacking <= 0) return true;
  const running = own.inFlight.get(window);
  // A refusal of less is one of this, too; a refusal of more says nothing of it.
  if (running !== undefined) return (await running.granted) || running.lacking > lacking;
  const { refused } = lease;
  if (at.monotonic - refused.at < refusedMs && lacking >= refused.lacking) return false;
  const wanted = wantedOf(limit, window, { lacking, recent, nodes });
  const granted = grantLargest(lender, own, { budget: { limit, window }, wanted, lacking }).finally(() =>
    own.inFlight.delete(window),
  );
  own.inFlight.set(window, { lacking, granted });
  const isGranted = await granted;
  if (!isGranted) lease.refused = { at: clock.monotonic(), lacking };
  return isGranted;
}

/** Gives back what was forfeited, and what nothing was lacking of for two seconds. */
export async function giveBackIdle(lender: Lender, own: Lessee, at: Moment): Promise<void> {
  for (const { limit, window, demand } of [...own.leases.values()]) {
    const isWanted = !window.isForfeited && at.monotonic - demand.since < demandSpanMs;
    const idle = window.granted - window.settled - window.held;
    if (isWanted || own.inFlight.has(window) || idle <= 0) continue;
    // Before it is told, so that nobody takes it meanwhile; if that fails it comes back with the end of the lease.
    window.granted -= idle;
    await surely(own, lender.giveBack(own.id, { limit, window }, idle));
  }
}

/** The lessee is unsure of its leases where the question fails. */
async function surely<Value>(own: Lessee, question: Promise<Value>): Promise<Value> {
  try {
    return await question;
  } catch (error) {
    own.isUnsure = true;
    throw error;
  }
}

/** Ends the leases that nothing is held of, where they are over. */
export async function closeOver(
  lender: Lender,
  own: Lessee,
  isOver: (lease: Lease) => boolean,
): Promise<void> {
  for (const leases of Map.groupBy(own.leases.values(), budgetId).values()) {
    if (!leases.every((lease) => isOver(lease) && lease.window.held === 0)) continue;
    const settled = leases.reduce((sum, { window }) => sum + window.settled, 0);
    await lender.close(own.id, leases[0] as Lease, settled);
    for (const { window } of leases) own.leases.delete(window);
  }
}

function leaseOf(own: Lessee, limit: Limit, window: CountedWindow, { monotonic }: Moment): Lease {
  const known = own.leases.get(window);
  if (known !== undefined) return known;
  const demand = { since: monotonic, amount: 0 };
  const made = { limit, window, demand, refused: { at: Number.NEGATIVE_INFINITY, lacking: 0 } };
  own.leases.set(window, made);
  return made;
}

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
  { granted, elsewhere }: CountedWindow,
  { lacking, recent, nodes }: { readonly lacking: number; readonly recent: number; readonly nodes: number },
): number {
  const share = Math.floor((amount - granted - elsewhere) / (4 * nodes));
  return Math.max(lacking, Math.min(recent, share));
}

/** Asks for a quarter of what was not granted, down to what is lacking. */
async function grantLargest(
  lender: Lender,
  own: Lessee,
  {
    budget,
    wanted,
    lacking,
  }: {
    readonly budget: { readonly limit: Limit; readonly window: CountedWindow };
    readonly wanted: number;
    readonly lacking: number;
  },
): Promise<boolean> {
  const { window } = budget;
  for (let amount = wanted; ; amount = Math.max(lacking, Math.floor(amount / 4))) {
    const { isGranted, all } = await surely(own, lender.grant(own.id, budget, amount));
    if (isGranted) window.granted += amount;
    window.elsewhere = Math.max(0, all - window.granted);
    if (isGranted) return true;
    if (amount <= lacking) return false;
  }
}
