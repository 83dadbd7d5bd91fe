// A lender without a database, for tests of nodes that share a process and a clock. It keeps to the contract that the one over
// PostgreSQL keeps to.
import type { Clock } from '../../base/index.ts';
import { type Budget, budgetId, type Lender, type LenderTerms } from './lender.ts';

type Lease = { amount: number; settled: number; isOpen: boolean };
type Lent = { readonly budget: Budget; granted: number; readonly leases: Map<string, Lease> };

export type MemoryLender = Lender & {
  /** By budget: what was granted, and the sum of what is open and of what closed leases have used. */
  readonly equations: () => readonly (Budget & { readonly granted: number; readonly sum: number })[];
  /** Takes what a lessee whose leases were ended has used of what is left. */
  readonly countLateUse: (lessee: string, usedOf: (budget: Budget) => number) => void;
  /** Those whose leases were not ended. */
  readonly lessees: () => ReadonlySet<string>;
};

export function memoryLender(options: {
  readonly clock: Clock;
  readonly terms: LenderTerms;
  /** What the ledger has of a lessee in a budget. */
  readonly settledOf: (lessee: string, budget: Budget) => number;
}): MemoryLender {
  const { clock, terms, settledOf } = options;
  const lessees = new Map<string, number>();
  const budgets = new Map<string, Lent>();
  let joined = 0;

  const isCurrent = (lessee: string): boolean => (lessees.get(lessee) ?? 0) > clock.now();
  const lentOf = (budget: Budget): Lent => lentIn(budgets, budget);

  return {
    join: async () => {
      const lessee = `lessee_${++joined}`;
      lessees.set(lessee, clock.now() + terms.leaseMs);
      return lessee;
    },
    renew: async (lessee) => {
      if (!isCurrent(lessee)) return null;
      lessees.set(lessee, clock.now() + terms.leaseMs);
      return [...lessees.keys()].filter(isCurrent).length;
    },
    grant: async (lessee, budget, amount) => {
      const lent = lentOf(budget);
      const lease = lent.leases.get(lessee) ?? { amount: 0, settled: 0, isOpen: true };
      const isGranted = isCurrent(lessee) && lease.isOpen && lent.granted + amount <= budget.limit.amount;
      if (isGranted) {
        lent.granted += amount;
        lease.amount += amount;
        lent.leases.set(lessee, lease);
      }
      return { isGranted, all: lent.granted };
    },
    giveBack: async (lessee, budget, amount) => {
      const lent = lentOf(budget);
      const lease = lent.leases.get(lessee);
      if (lease?.isOpen !== true || lease.amount < amount) return;
      lent.granted -= amount;
      lease.amount -= amount;
    },
    close: async (lessee, budget, settled) => end(lentOf(budget), lessee, settled),
    leave: async (lessee) => {
      const isOpen = [...budgets.values()].some(({ leases }) => leases.get(lessee)?.isOpen === true);
      if (!isOpen) lessees.delete(lessee);
    },
    reap: async () => {
      const gone = [...lessees].flatMap(([lessee, expires]) =>
        expires + terms.longestRequestMs < clock.now() ? lessee : [],
      );
      for (const lessee of gone) {
        for (const lent of budgets.values()) end(lent, lessee, settledOf(lessee, lent.budget));
        lessees.delete(lessee);
      }
      return gone;
    },
    countLateUse: (lessee, usedOf) => {
      for (const lent of budgets.values()) countLate(lent, lessee, usedOf(lent.budget));
    },
    equations: () => [...budgets.values()].map(equationOf),
    lessees: () => new Set(lessees.keys()),
  };
}

function lentIn(budgets: Map<string, Lent>, budget: Budget): Lent {
  const id = budgetId(budget);
  const known = budgets.get(id);
  if (known !== undefined) return known;
  const { before } = budget.window;
  const earlier: Lease = { amount: before, settled: before, isOpen: false };
  const made: Lent = { budget, granted: before, leases: new Map(before > 0 ? [['before', earlier]] : []) };
  budgets.set(id, made);
  return made;
}

function end(lent: Lent, lessee: string, settled: number): void {
  const lease = lent.leases.get(lessee);
  if (lease?.isOpen !== true) return;
  lent.granted += settled - lease.amount;
  Object.assign(lease, { settled, isOpen: false });
}

function countLate(lent: Lent, lessee: string, used: number): void {
  const lease = lent.leases.get(lessee);
  if (lease?.isOpen !== false) return;
  lease.settled += used;
  lent.granted += used;
}

function equationOf({
  budget,
  granted,
  leases,
}: Lent): Budget & { readonly granted: number; readonly sum: number } {
  const parts = [...leases.values()].map(({ amount, settled, isOpen }) => (isOpen ? amount : settled));
  return { ...budget, granted, sum: parts.reduce((sum, part) => sum + part, 0) };
}
