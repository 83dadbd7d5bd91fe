// What may happen to nodes that share budgets, as steps of a model-based test. The model keeps every request that was admitted and
// what it has sent, and says what does not hold. Imported by tests only.
import type { Hold } from './hold.ts';
import { type Fleet, type ModelNode, nodeCount, type Reach } from './leases-model-nodes.ts';
import type { Lender } from './lender.ts';
import type { Limit, LimitPeriod, LimitUnit } from './limit.ts';

export type Step =
  | { readonly type: 'ask'; readonly node: number; readonly tokens: number }
  /** A request ends, having used a share of what it holds; the process may stop before it hears that this is durable. */
  | { readonly type: 'settle'; readonly which: number; readonly share: number; readonly isHeard: boolean }
  | { readonly type: 'release'; readonly which: number }
  | { readonly type: 'keep' | 'freeze' | 'thaw' | 'kill' | 'leave' | 'learn'; readonly node: number }
  | { readonly type: 'reach'; readonly node: number; readonly reach: Reach }
  | { readonly type: 'change'; readonly limit: number; readonly amount: number }
  | { readonly type: 'wait'; readonly milliseconds: number };

/** What the ledger has of a request. */
export type Sent = { readonly lessee: string | null; readonly at: number; readonly tokens: number };

export type Written = Sent & { readonly request: string; readonly isLate: boolean };

/** What was granted of one budget, and the sum of what is open and of what closed leases have used. */
export type Granted = {
  readonly unit: LimitUnit;
  readonly start: number;
  readonly granted: number;
  readonly sum: number;
};

/** What is in the database. */
export type Seen = {
  readonly rows: readonly Written[];
  readonly budgets: readonly Granted[];
  /** Lessees whose leases were not ended. */
  readonly lessees: ReadonlySet<string>;
};

/** The database that the nodes share. */
export type Shared = {
  readonly organisation: string;
  readonly lender: Lender;
  readonly append: (request: string, sent: Sent) => Promise<void>;
  readonly look: () => Promise<Seen>;
  /** Also by the clock of the database. */
  readonly advance: (milliseconds: number) => Promise<void>;
};

type Request = Sent & {
  readonly id: string;
  readonly node: ModelNode;
  readonly hold: Hold;
  /** The tokens that are durable, and not heard of yet. */
  written: number | null;
};

export type World = {
  readonly run: (step: Step) => Promise<void>;
  /** What does not hold: the equation of leases, what limits allow, the ledger against what was sent. */
  readonly problems: () => Promise<readonly string[]>;
  /** Reaches everybody, ends every request, and waits until everything unused is back. What is not. */
  readonly settleDown: () => Promise<readonly string[]>;
};

const hour = 3_600_000;
const caps = { completion: 1, reasoning: 0 };

export const firstLimits = (organisation: string): readonly Limit[] => {
  const limit = (unit: LimitUnit, period: LimitPeriod, amount: number): Limit => ({
    ...{ id: unit, organisation, scope: 'account', subject: 'acc', model: null, unit, period, amount },
    enforcement: 'hard',
  });
  return [limit('tokens', 'total', 120), limit('requests', 'hour', 12), limit('concurrency', 'total', 5)];
};

/** What the limits are, and what may be used of each at most: it falls to a lowered amount once every node knows of that. */
function createAllowed(organisation: string) {
  let limits = firstLimits(organisation);
  const most = new Map(limits.map(({ unit, amount }) => [unit, amount]));
  return {
    limits: () => limits,
    change: (index: number, changed: number): void => {
      limits = limits.map((limit, at) =>
        at === index % limits.length ? { ...limit, amount: changed } : limit,
      );
      for (const { unit, amount } of limits) most.set(unit, Math.max(most.get(unit) ?? 0, amount));
    },
    learned: (used: readonly Use[]): void => {
      for (const { unit, amount } of limits)
        most.set(unit, Math.max(amount, ...used.map((use) => (use.unit === unit ? use.used : 0))));
    },
    problems: (used: readonly Use[]): readonly string[] =>
      used.flatMap((use) => {
        const allowed = most.get(use.unit) ?? 0;
        return use.used > allowed ? `${JSON.stringify(use)} of ${allowed}` : [];
      }),
  };
}

/** Every request that was admitted, and what each has sent. */
function createRequests({ organisation, append }: Shared) {
  const sent = new Map<string, Sent>();
  let open: Request[] = [];
  let asked = 0;
  const end = (request: Request): void => {
    open = open.filter((one) => one !== request);
  };
  const settle = async (request: Request, share: number, isHeard: boolean): Promise<void> => {
    const { id, node, lessee, at, hold } = request;
    if (request.written === null) {
      if (node.reach === 'away') return;
      const row = { lessee, at, tokens: Math.floor(request.tokens * share) };
      request.written = row.tokens;
      sent.set(id, row);
      await append(id, row);
    }
    if (!isHeard) return;
    end(request);
    const { written: tokens } = request;
    hold.settle({ requests: 1, tokens, 'reasoning-tokens': 0, money: 0, concurrency: 0 });
  };
  return {
    sent,
    ask: async (node: ModelNode, tokens: number): Promise<void> => {
      const most = { requests: 1, tokens, 'reasoning-tokens': 0, money: 0, concurrency: 1 };
      const subjects = { organisation, account: 'acc', principal: 'prn', key: 'key' };
      const ask = { subjects, model: 'r1', caps, lowest: caps, most: () => most };
      const decided = await node.leases.admit(ask);
      if (decided.type !== 'admitted') return;
      const { hold, lessee } = decided;
      const id = `${organisation}_${++asked}`;
      open.push({ id, node, hold, lessee, at: hold.admitted, tokens, written: null });
    },
    run: async (step: Extract<Step, { which: number }>): Promise<void> => {
      const awake = open.filter(({ node }) => !node.isFrozen);
      const request = awake[step.which % awake.length];
      if (request === undefined) return;
      if (step.type === 'settle') return settle(request, step.share, step.isHeard);
      if (request.written !== null) return;
      end(request);
      request.hold.release();
    },
    endAll: async (): Promise<void> => {
      for (const request of open) await settle(request, 1, true);
    },
    died: (node: ModelNode): void => {
      open = open.filter((request) => request.node !== node);
    },
    /** Of each budget, what is settled and what is held of leases that were not ended. */
    uses: ({ lessees, rows }: Seen): { readonly inTime: readonly Use[]; readonly all: readonly Use[] } => {
      const held = open.filter(({ lessee, written }) => written === null && lessees.has(lessee ?? ''));
      const inTime = rows.filter(({ isLate }) => !isLate);
      return { inTime: usesOf(inTime, held), all: usesOf(rows, held) };
    },
  };
}

export function createWorld(shared: Shared, fleet: Fleet): World {
  const allowed = createAllowed(shared.organisation);
  const requests = createRequests(shared);
  const runOnNode = (step: Extract<Step, { node: number }>): void => {
    const node = fleet.nodes[step.node % nodeCount] as ModelNode;
    if (step.type === 'kill') {
      fleet.kill(node);
      requests.died(node);
    } else if (step.type === 'thaw') fleet.thaw(node);
    else if (step.type === 'reach') fleet.reach(node, step.reach);
    else if (node.isFrozen) return;
    else if (step.type === 'ask') requests.ask(node, step.tokens).catch(() => {});
    else if (step.type === 'learn') fleet.learn(node, allowed.limits());
    else fleet[step.type](node);
  };
  return {
    run: async (step) => {
      if (step.type === 'wait') await shared.advance(step.milliseconds);
      else if (step.type === 'change') allowed.change(step.limit, step.amount);
      else if ('which' in step) await requests.run(step);
      else runOnNode(step);
      await fleet.rest();
    },
    problems: async () => {
      const seen = await shared.look();
      const { inTime, all } = requests.uses(seen);
      const over = allowed.problems(inTime);
      if (fleet.haveLearned(allowed.limits())) allowed.learned(inTime);
      return [...over, ...equationProblems(seen.budgets, all), ...ledgerProblems(seen.rows, requests.sent)];
    },
    settleDown: async () => {
      for (const node of fleet.all()) {
        fleet.thaw(node);
        fleet.reach(node, 'up');
        fleet.learn(node, allowed.limits());
      }
      await fleet.rest();
      await requests.endAll();
      // Until the leases of those that are gone were ended.
      for (let round = 0; round < 6; round++) {
        await shared.advance(20_000);
        for (const node of fleet.all()) fleet.keep(node);
        await fleet.rest();
      }
      const seen = await shared.look();
      const { all } = requests.uses(seen);
      return seen.budgets.flatMap(({ unit, start, granted }) => {
        const of = all.find((use) => use.unit === unit && use.start === start)?.used ?? 0;
        return granted === of ? [] : `${granted} of ${unit} from ${start} stay granted, and ${of} are used`;
      });
    },
  };
}

type Use = Pick<Granted, 'unit' | 'start'> & { readonly used: number };

function usesOf(settled: readonly Sent[], held: readonly Sent[]): readonly Use[] {
  const sum = (rows: readonly Sent[]): number => rows.reduce((all, { tokens }) => all + tokens, 0);
  const all = [...settled, ...held];
  const hours = Map.groupBy(all, ({ at }) => at - (at % hour));
  return [
    { unit: 'tokens', start: 0, used: sum(all) },
    { unit: 'concurrency', start: 0, used: held.length },
    ...[...hours].map(([start, rows]) => ({ unit: 'requests' as const, start, used: rows.length })),
  ];
}

function equationProblems(budgets: readonly Granted[], uses: readonly Use[]): readonly string[] {
  return budgets.flatMap(({ unit, start, granted, sum }) => {
    const used = uses.find((use) => use.unit === unit && use.start === start)?.used ?? 0;
    const where = `of ${unit} from ${start}`;
    if (granted !== sum) return `${granted} ${where} were granted, and the leases are ${sum}`;
    return granted < used ? `${granted} ${where} were granted, and ${used} are used` : [];
  });
}

function ledgerProblems(rows: readonly Written[], sent: ReadonlyMap<string, Sent>): readonly string[] {
  const wrong = rows.filter(({ request, tokens }) => sent.get(request)?.tokens !== tokens);
  const doubled = rows.length - new Set(rows.map(({ request }) => request)).size;
  const missing = sent.size - rows.length;
  return wrong.length + doubled + missing === 0 ? [] : ['the ledger is not what was sent'];
}
