// A process for the test of nodes that share budgets: asks every budget that its limits name for many requests at once, each again until it
// is admitted or the end of its input says to stop, and prints what becomes of each. Used by a test only.
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock as clock, systemEntropy as entropy } from '../base/index.ts';
import { ledgerEntry } from './ledger/entry-fixture.ts';
import type { LedgerEntry } from './ledger/ledger-entry.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { createBudgets } from './limits/budgets.ts';
import type { Ask } from './limits/hold.ts';
import type { RequestTerm } from './limits/lease-term.ts';
import { createLeases, type Decided } from './limits/leases.ts';
import { type Limit, type LimitUnit, limitScopes, type Subjects } from './limits/limit.ts';
import { limitsAt } from './limits/limit-rows.ts';
import { createPostgresLender } from './limits/postgres-lender.ts';
import { openStore } from './open-store.ts';

const [url = '', node = '', leaseMs = '', longestRequestMs = '', requests = ''] = process.argv.slice(2);
const terms = { leaseMs: Number(leaseMs), longestRequestMs: Number(longestRequestMs) };
/** After a refusal, until it is asked again. */
const retryMs = 2000;

let running = true;
process.stdin.on('end', () => {
  running = false;
});
process.stdin.resume();

await using store = await openStore(url, { clock, entropy });
const { database } = store;
await using ledger = openLedger(database, { writer: node, onProblem: () => {} });
const limits = await limitsAt(database, clock.now());
const budgets = createBudgets({ clock, timeZoneOf: () => 'UTC', leased: true });
budgets.replace(limits);
const leases = createLeases({
  budgets,
  clock,
  terms,
  lender: createPostgresLender({ database, entropy, terms }),
});
const keeping = setInterval(() => {
  leases.endOverdue();
  leases.keep().catch(() => {});
}, 100);

/** What each request uses, all of it: the unit of its limit, and one request. */
const used = (unit: LimitUnit) => ({
  ...{ requests: 0, tokens: 0, 'reasoning-tokens': 0, money: 0, concurrency: 0 },
  [unit]: unit === 'requests' || unit === 'concurrency' ? 1 : 7,
});
const rowOf = (unit: LimitUnit) => {
  const { tokens, money, ...rest } = used(unit);
  const reasoning = rest['reasoning-tokens'];
  return { prompt: tokens, cached: 0, reasoning, answer: 0, amount: money };
};

/** As a settlement does: until it is there. */
async function appended(entry: LedgerEntry): Promise<void> {
  while (
    !(await ledger.append(entry).then(
      () => true,
      () => false,
    ))
  )
    await pause(30);
}

async function admitted(asked: Ask): Promise<Decided | undefined> {
  try {
    return await leases.admit(asked);
  } catch {
    return undefined;
  }
}

/** Whether the request may go on, which a process that stood still has to ask. */
function isCurrent({ term }: Extract<Decided, { type: 'admitted' }>): boolean {
  try {
    term.requireCurrent();
    return true;
  } catch {
    return false;
  }
}

const overOf = ({ over }: RequestTerm): Promise<void> =>
  new Promise((resolve) => over.addEventListener('abort', () => resolve()));

async function ask({ unit, organisation }: Limit, number: number): Promise<void> {
  const named = limitScopes.map((scope) => [
    scope,
    scope === 'organisation' ? organisation : `${organisation}.${scope}`,
  ]);
  const subjects = Object.fromEntries(named) as Subjects;
  const { organisation: of, ...others } = subjects;
  const caps = { completion: 1, reasoning: 0 };
  const asked = { subjects, model: 'r1', caps, lowest: caps, most: () => used(unit) };
  for (let time = 0; running; time++) {
    // As a server does where the database does not answer: it refuses, and is asked again.
    const admission = await admitted(asked);
    if (admission?.type !== 'admitted') {
      await pause(retryMs);
      continue;
    }
    const request = `${node}_${organisation}_${number}_${time}`;
    const tell = (what: string): void => void process.stdout.write(`${organisation} ${what} ${request}\n`);
    tell('admitted');
    const { hold, lessee: lease, term } = admission;
    // A place is held until the process ends, others for a while, so that there are some at whatever moment it stops.
    await (unit === 'concurrency' ? overOf(term) : pause(20 * (number % 40)));
    if (!isCurrent(admission)) {
      hold.release();
      tell('ended');
      continue;
    }
    tell('settling');
    await appended(
      ledgerEntry(request, { organisation: of, ...others, lease, at: hold.admitted, ...rowOf(unit) }),
    );
    hold.settle(used(unit));
    // As a server does, which tells no client of an answer that it had no right to any more.
    if (isCurrent(admission)) return tell('answered');
    tell('ended');
  }
}

const asking = limits.flatMap((limit) =>
  Array.from({ length: Number(requests) }, (_, number) => ask(limit, number)),
);
while (running) await pause(50);
await Promise.race([Promise.all(asking), pause(5000)]);
clearInterval(keeping);
await leases.leave();
