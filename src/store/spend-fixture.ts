// A process for the test of nodes that share budgets: spends from every budget that its limits name, several requests at a time,
// until it is told to stop by the end of its input, and prints each settlement once it is durable. Used by a test only.
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock as clock, systemEntropy as entropy } from '../base/index.ts';
import { ledgerEntry } from './ledger/entry-fixture.ts';
import type { LedgerEntry } from './ledger/ledger-entry.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { createBudgets } from './limits/budgets.ts';
import { createLeases } from './limits/leases.ts';
import { type Limit, type LimitUnit, limitScopes, type Subjects } from './limits/limit.ts';
import { limitsAt } from './limits/limit-rows.ts';
import { createPostgresLender } from './limits/postgres-lender.ts';
import { openStore } from './open-store.ts';

const [url = '', node = '', leaseMs = '', longestRequestMs = ''] = process.argv.slice(2);
const terms = { leaseMs: Number(leaseMs), longestRequestMs: Number(longestRequestMs) };
/** Of each budget at a time. */
const clients = 3;

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
const keeping = setInterval(() => void leases.keep().catch(() => {}), 100);

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

async function client({ unit, organisation }: Limit, number: number): Promise<void> {
  const named = limitScopes.map((scope) => [
    scope,
    scope === 'organisation' ? organisation : `${organisation}.${scope}`,
  ]);
  const subjects = Object.fromEntries(named) as Subjects;
  const { organisation: of, ...others } = subjects;
  const caps = { completion: 1, reasoning: 0 };
  const ask = { subjects, model: 'r1', caps, lowest: caps, most: () => used(unit) };
  for (let count = 0; running; count++) {
    const admission = await leases.admit(ask);
    if (admission.type !== 'admitted') {
      await pause(30);
      continue;
    }
    const { hold, lessee: lease } = admission;
    if (unit === 'concurrency') {
      process.stdout.write(`${organisation} held\n`);
      continue;
    }
    await pause(10);
    const request = `${node}_${organisation}_${number}_${count}`;
    await appended(
      ledgerEntry(request, { organisation: of, ...others, lease, at: hold.admitted, ...rowOf(unit) }),
    );
    hold.settle(used(unit));
    process.stdout.write(`${organisation} ${request}\n`);
  }
}

await Promise.all(
  limits.flatMap((limit) => Array.from({ length: clients }, (_, number) => client(limit, number))),
);
clearInterval(keeping);
await leases.leave();
