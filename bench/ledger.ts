// Settlements per second: a hold over twelve limits, a row that is durable before it is acknowledged, and the settlement; in
// alternating rounds with the same rows without limits, on a file whose writes are left to the operating system. With as many
// clients as a batch of 256 has rows all of them wait for the disk at once; with twice as many as the largest batch has rows, the
// next one is gathered meanwhile. Processor time is that of the whole process, the writing thread included. Then how long usage
// and costs take where the ledger has a million rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { manualClock, systemClock, systemEntropy } from '../src/base/index.ts';
import { type LedgerEntry, nothingSpread, valuesOf } from '../src/store/ledger/ledger-entry.ts';
import { openSqliteLedger } from '../src/store/ledger/sqlite-ledger.ts';
import { type UsageQuery, usageOf } from '../src/store/ledger/usage.ts';
import { type Ledger, openWriterThread } from '../src/store/ledger/writer-thread.ts';
import { type Budgets, createBudgets } from '../src/store/limits/budgets.ts';
import { type Limit, limitScopes } from '../src/store/limits/limit.ts';
import { openStore } from '../src/store/open-store.ts';
import type { OrganisationId } from '../src/traffic/index.ts';
import { type BenchResult, median, rounded } from './bench.ts';

const rounds = 9;
const batch = 256;
const largestBatch = 1024;
const settlementsPerRound = 16_384;

const subjects = { organisation: 'org', account: 'acc', principal: 'prn', key: 'key' };

const limits: readonly Limit[] = limitScopes.flatMap((scope) =>
  (['requests', 'tokens', 'money'] as const).map((unit): Limit => {
    const what = { organisation: 'org', scope, subject: subjects[scope], model: null, unit } as const;
    return { ...what, id: `${scope} ${unit}`, period: 'month', amount: 1e15, enforcement: 'hard' };
  }),
);

const amounts = { requests: 1, tokens: 900, 'reasoning-tokens': 500, money: 1_000_000, concurrency: 1 };
const used = { ...amounts, tokens: 600, money: 700_000 };
const caps = { completion: 800, reasoning: 500 };

type Side = { readonly name: 'full' | 'off'; readonly ledger: Ledger; readonly budgets: Budgets | undefined };
type Measured = { readonly perSecond: number; readonly cpuUs: number };
type Rounds = Readonly<Record<Side['name'], Measured[]>>;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-ledger-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rmSync(directory, { recursive: true }));
  const budgets = createBudgets({ clock: manualClock(0), timeZoneOf: () => 'Europe/Rome' });
  budgets.replace(limits);
  const sides: readonly Side[] = [
    { name: 'full', ledger: opened.use(await ledgerAt(directory, 'full')), budgets },
    { name: 'off', ledger: opened.use(await ledgerAt(directory, 'off')), budgets: undefined },
  ];
  const waiting = await measure(sides, batch);
  const gathering = await measure(sides, 2 * largestBatch);
  const usage = await readMillion(join(directory, 'million.sqlite'));
  return {
    ratios: {
      fullOverOff: ratio(gathering, ({ perSecond }) => perSecond),
      fullOverOffWaiting: ratio(waiting, ({ perSecond }) => perSecond),
      fullOverOffCpu: ratio(gathering, ({ cpuUs }) => cpuUs),
    },
    figures: {
      settlementsPerSecond: rounded(median(waiting.full.map(({ perSecond }) => perSecond))),
      settlementsPerSecondGathering: rounded(median(gathering.full.map(({ perSecond }) => perSecond))),
      settlementsPerSecondOff: rounded(median(gathering.off.map(({ perSecond }) => perSecond))),
      settlementCpuUs: rounded(median(gathering.full.map(({ cpuUs }) => cpuUs))),
      ...usage,
    },
    rounds,
  };
}

async function measure(sides: readonly Side[], clients: number): Promise<Rounds> {
  const measured: Rounds = { full: [], off: [] };
  for (let round = -1; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const result = await settleMany(side, clients, round);
      if (round >= 0) measured[side.name].push(result);
      process.stderr.write(
        `  ${clients} clients, ${side.name}: ${Math.round(result.perSecond)}/s, ${result.cpuUs.toFixed(1)} µs\n`,
      );
    }
  }
  return measured;
}

function ratio({ full, off }: Rounds, of: (side: Measured) => number): number {
  return rounded(median(full.map((one, round) => of(one) / of(off[round] as Measured))));
}

async function ledgerAt(directory: string, synchronous: 'full' | 'off'): Promise<Ledger> {
  const path = join(directory, `${synchronous}.sqlite`);
  const store = await openStore(path, { clock: systemClock, entropy: systemEntropy });
  await store[Symbol.asyncDispose]();
  return openWriterThread({ path, settings: { synchronous }, maxBatch: largestBatch });
}

async function settleMany(
  { name, ledger, budgets }: Side,
  clients: number,
  round: number,
): Promise<Measured> {
  const started = process.hrtime.bigint();
  const before = process.cpuUsage();
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < settlementsPerRound) {
      const request = `req_${name}_${clients}_${round}_${next++}`;
      const admission = budgets?.admit({ subjects, model: 'r1', caps, lowest: caps, most: () => amounts });
      await ledger.append(rowOf(request));
      if (admission?.type === 'admitted') admission.hold.settle(used);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const { user, system } = process.cpuUsage(before);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { perSecond: settlementsPerRound / seconds, cpuUs: (user + system) / settlementsPerRound };
}

const million = 1_000_000;
const start = Date.parse('2026-06-01T00:00:00Z');
const day = 86_400_000;
const days = 180;
const keys = 200;
const models = 3;

/** Processor time of each question, which is as long as it takes on a quiet machine, since it waits for nothing. */
async function readMillion(path: string): Promise<Readonly<Record<string, number>>> {
  await using store = await openStore(path, { clock: systemClock, entropy: systemEntropy });
  const sqlite = store.database.sqlite as DatabaseSync;
  sqlite.exec('pragma synchronous = off');
  const ledger = openSqliteLedger(sqlite);
  for (let row = 0; row < million; row += 10_000)
    ledger.write(Array.from({ length: 10_000 }, (_, index) => valuesOf(spreadRow(row + index))));
  while (ledger.rollUp());
  const ask = async (more: Partial<UsageQuery>): Promise<number> => {
    const times: number[] = [];
    for (let time = 0; time < 5; time++) {
      const before = process.threadCpuUsage();
      await usageOf(store.database, {
        ...{ organisation: 'org' as OrganisationId, start, end: start + days * day, width: 'day' },
        ...{ account: null, groupBy: [], only: {}, ...more },
      });
      const { user, system } = process.threadCpuUsage(before);
      times.push((user + system) / 1000);
    }
    return rounded(median(times));
  };
  return {
    usageMs: await ask({ only: { operation: ['completions'] } }),
    usageByKeyAndModelMs: await ask({ groupBy: ['key', 'model'], end: start + 7 * day }),
    usageOfAKeyMs: await ask({ only: { key: ['key_7'] } }),
    costsMs: await ask({ groupBy: ['account', 'model'] }),
    usageByMinuteMs: await ask({ width: 'minute', end: start + day, groupBy: ['model'] }),
    usageByHourMs: await ask({ width: 'hour', end: start + 7 * day, groupBy: ['model'] }),
  };
}

function spreadRow(number: number): LedgerEntry {
  const at = start + Math.floor((number / million) * days * day);
  return {
    ...rowOf(`req_${number}`),
    ...{ at, key: `key_${(number * 7919) % keys}`, principal: `prn_${(number * 7919) % keys}` },
    ...{ account: `acc_${(number * 7919) % 20}`, model: `model_${(number * 104_729) % models}` },
  };
}

function rowOf(request: string): LedgerEntry {
  return {
    ...{ request, kind: 'settle', organisation: 'org', account: 'acc', key: 'key', principal: 'prn' },
    ...{ model: 'r1', engine: 'local', operation: 'completions', at: 0, prompt: 100, cached: 0 },
    ...{ reasoning: 300, answer: 200, amount: 700_000, currency: 'EUR', price: null, lease: null },
    ...{ outcome: 'finished', estimated: 0, policy_version: null, corrects: null, ...nothingSpread },
  };
}
