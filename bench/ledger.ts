// Settlements per second: a hold over twelve limits, a row that is durable before it is acknowledged, and the settlement, by as
// many clients at once as make a batch; in alternating rounds with the same rows without limits, on a file whose writes are
// left to the operating system. Processor time is that of the whole process, the writing thread included.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, systemClock, systemEntropy } from '../src/base/index.ts';
import type { LedgerEntry } from '../src/store/ledger/ledger-entry.ts';
import { type Ledger, openWriterThread } from '../src/store/ledger/writer-thread.ts';
import { type Budgets, createBudgets } from '../src/store/limits/budgets.ts';
import { type Limit, limitScopes } from '../src/store/limits/limit.ts';
import { openStore } from '../src/store/open-store.ts';
import { type BenchResult, median, rounded } from './bench.ts';

const rounds = 9;
const batch = 256;
const settlementsPerRound = 8192;

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

type Side = { readonly name: string; readonly ledger: Ledger; readonly budgets: Budgets | undefined };
type Measured = { readonly perSecond: number; readonly cpuUs: number };

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-ledger-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rmSync(directory, { recursive: true }));
  const budgets = createBudgets({ clock: manualClock(0), timeZoneOf: () => 'Europe/Rome' });
  budgets.replace(limits);
  const full: Side = { name: 'full', ledger: opened.use(await ledgerAt(directory, 'full')), budgets };
  const off: Side = { name: 'off', ledger: opened.use(await ledgerAt(directory, 'off')), budgets: undefined };
  const measured = { full: [] as Measured[], off: [] as Measured[] };
  for (let round = -1; round < rounds; round++) {
    for (const side of round % 2 === 0 ? [full, off] : [off, full]) {
      const result = await settleMany(side, round);
      if (round >= 0) measured[side.name as 'full' | 'off'].push(result);
      process.stderr.write(
        `  ${side.name}: ${Math.round(result.perSecond)}/s, ${result.cpuUs.toFixed(1)} µs\n`,
      );
    }
  }
  const ratio = (of: (side: Measured) => number): number =>
    median(measured.full.map((one, round) => of(one) / of(measured.off[round] as Measured)));
  return {
    ratios: {
      fullOverOff: rounded(ratio(({ perSecond }) => perSecond)),
      fullOverOffCpu: rounded(ratio(({ cpuUs }) => cpuUs)),
    },
    figures: {
      settlementsPerSecond: rounded(median(measured.full.map(({ perSecond }) => perSecond))),
      settlementsPerSecondOff: rounded(median(measured.off.map(({ perSecond }) => perSecond))),
      settlementCpuUs: rounded(median(measured.full.map(({ cpuUs }) => cpuUs))),
    },
    rounds,
  };
}

async function ledgerAt(directory: string, synchronous: 'full' | 'off'): Promise<Ledger> {
  const path = join(directory, `${synchronous}.sqlite`);
  const store = await openStore(path, { clock: systemClock, entropy: systemEntropy });
  await store[Symbol.asyncDispose]();
  return openWriterThread({ path, settings: { synchronous } });
}

async function settleMany({ name, ledger, budgets }: Side, round: number): Promise<Measured> {
  const started = process.hrtime.bigint();
  const before = process.cpuUsage();
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < settlementsPerRound) {
      const request = `req_${name}_${round}_${next++}`;
      const admission = budgets?.admit({ subjects, model: 'r1', caps, lowest: caps, most: () => amounts });
      await ledger.append(rowOf(request));
      if (admission?.type === 'admitted') admission.hold.settle(used);
    }
  };
  await Promise.all(Array.from({ length: batch }, client));
  const { user, system } = process.cpuUsage(before);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { perSecond: settlementsPerRound / seconds, cpuUs: (user + system) / settlementsPerRound };
}

function rowOf(request: string): LedgerEntry {
  return {
    ...{ request, kind: 'settle', organisation: 'org', account: 'acc', key: 'key', principal: 'prn' },
    ...{ model: 'r1', engine: 'local', operation: 'completions', at: 0, prompt: 100, cached: 0 },
    ...{ reasoning: 300, answer: 200, amount: 700_000, currency: 'EUR', price: null, lease: null },
    ...{ outcome: 'finished', estimated: 0, policy_version: null },
  };
}
