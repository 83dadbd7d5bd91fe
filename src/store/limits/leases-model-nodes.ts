// The nodes of the model-based test of leases: real budgets and leases over a lender that each of them reaches, does not reach, or
// hears of late, so that a node may stop anywhere between a question and its answer. Imported by tests only.
import { setImmediate as turn } from 'node:timers/promises';
import type { ManualClock } from '../../base/index.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { createLeases, type Leases } from './leases.ts';
import type { Lender, LenderTerms } from './lender.ts';
import type { Limit } from './limit.ts';

/** How the database answers a node: at once; not at all, unasked or done nevertheless; or later, done at once or later. */
export type Reach = 'up' | 'away' | 'unheard' | 'answered later' | 'done later';

export type ModelNode = {
  readonly budgets: Budgets;
  readonly leases: Leases;
  reach: Reach;
  isFrozen: boolean;
};

type Inner = ModelNode & {
  limits: readonly Limit[];
  isKeeping: boolean;
  /** What goes on once the node runs and the database answers it. */
  waiting: (() => void)[];
};

export type Fleet = {
  /** Those that take requests. One that has ended in place of which another one runs is not among them. */
  readonly nodes: readonly ModelNode[];
  /** Those that may still do something. */
  readonly all: () => readonly ModelNode[];
  /** Until the database has done everything, and every continuation has run. */
  readonly rest: () => Promise<void>;
  readonly haveLearned: (limits: readonly Limit[]) => boolean;
} & Readonly<Record<'keep' | 'freeze' | 'thaw' | 'kill' | 'leave', (node: ModelNode) => void>> & {
    readonly reach: (node: ModelNode, reach: Reach) => void;
    readonly learn: (node: ModelNode, limits: readonly Limit[]) => void;
  };

export const nodeCount = 3;
export const modelTerms: LenderTerms = { leaseMs: 30_000, longestRequestMs: 60_000 };

/** How many questions the database has that it has not answered. */
function createCount() {
  let busy = 0;
  return {
    during: async <Value>(work: () => Promise<Value>): Promise<Value> => {
      busy++;
      try {
        return await work();
      } finally {
        busy--;
      }
    },
    rest: async (): Promise<void> => {
      do await turn();
      while (busy > 0);
    },
  };
}

export function createFleet(lender: Lender, clock: ManualClock, limits: readonly Limit[]): Fleet {
  const questions = createCount();
  const all = new Set<Inner>();
  const start = (known: readonly Limit[]): Inner => {
    const budgets = createBudgets({ clock, timeZoneOf: () => 'UTC', leased: true });
    budgets.replace(known);
    const reached = reachedBy(lender, () => node, questions.during);
    const leases = createLeases({ budgets, lender: reached, clock, terms: modelTerms });
    const node: Inner = {
      ...{ budgets, leases, reach: 'up', isFrozen: false, limits: known, isKeeping: false, waiting: [] },
    };
    all.add(node);
    return node;
  };
  const nodes = Array.from({ length: nodeCount }, () => start(limits));
  const replace = (node: Inner): void => {
    const index = nodes.indexOf(node);
    if (index >= 0) nodes[index] = start(node.limits);
  };
  const on =
    (work: (node: Inner) => void) =>
    (node: ModelNode): void =>
      work(node as Inner);
  return {
    nodes,
    all: () => [...all],
    rest: questions.rest,
    haveLearned: (newest) => [...all].every((node) => node.limits === newest && node.waiting.length === 0),
    keep: on(keep),
    freeze: (node) => {
      node.isFrozen = true;
    },
    thaw: on((node) => {
      node.isFrozen = false;
      goOn(node);
    }),
    kill: on((node) => {
      all.delete(node);
      replace(node);
    }),
    leave: on((node) => {
      replace(node);
      node.leases.leave().then(
        () => all.delete(node),
        () => {},
      );
    }),
    reach: (node, reach) => {
      node.reach = reach;
      goOn(node as Inner);
    },
    learn: (node, newest) => {
      (node as Inner).limits = newest;
      node.budgets.replace(newest);
    },
  };
}

/** As a server does, one at a time. */
function keep(node: Inner): void {
  if (node.isKeeping) return;
  node.isKeeping = true;
  const kept = (): void => {
    node.isKeeping = false;
  };
  node.leases.keep().then(kept, kept);
}

function goOn(node: Inner): void {
  if (node.isFrozen || node.reach === 'answered later' || node.reach === 'done later') return;
  const { waiting } = node;
  node.waiting = [];
  for (const go of waiting) go();
}

function reachedBy(
  lender: Lender,
  nodeOf: () => Inner,
  during: <Value>(work: () => Promise<Value>) => Promise<Value>,
): Lender {
  const asked = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const node = nodeOf();
    const { reach } = node;
    const later = (): Promise<void> => new Promise((resolve) => node.waiting.push(resolve));
    if (reach === 'away') throw new Error('away');
    if (reach === 'done later') await later();
    const value = await during(work);
    if (reach === 'answered later' || node.isFrozen) await later();
    if (reach === 'unheard') throw new Error('unheard');
    return value;
  };
  return {
    join: () => asked(() => lender.join()),
    renew: (...of) => asked(() => lender.renew(...of)),
    grant: (...of) => asked(() => lender.grant(...of)),
    giveBack: (...of) => asked(() => lender.giveBack(...of)),
    close: (...of) => asked(() => lender.close(...of)),
    leave: (...of) => asked(() => lender.leave(...of)),
    reap: () => asked(() => lender.reap()),
  };
}
