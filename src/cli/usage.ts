// `tiegel usage`: sums of the ledger by day, as text, CSV or JSON lines. Amounts are exact decimals in every form.
import { TiegelError } from '../base/index.ts';
import { formatAmount } from '../prices/index.ts';
import { type LostOrLate, lostAndLate, type UsageGroup, type UsageSums, usageOf } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { csvLine } from './csv.ts';
import { type StoreFlags, withStore } from './with-store.ts';

type UsageFlags = StoreFlags & {
  readonly since?: string;
  readonly until?: string;
  readonly by?: readonly string[];
  readonly csv?: boolean;
  readonly jsonl?: boolean;
};

const groups: readonly UsageGroup[] = ['account', 'principal', 'key', 'model', 'operation'];
const day = 86_400_000;
const defaultDays = 30;
/** Of the requests that are told one by one in the result. */
const maxLostAndLate = 1000;

export async function runUsage(context: CommandContext, flags: UsageFlags): Promise<ExitCode> {
  const { clock, terminal } = context;
  const groupBy = (flags.by ?? []).map(groupOf);
  const since = flags.since === undefined ? clock.now() - defaultDays * day : timeOf(flags.since);
  const end = flags.until === undefined ? clock.now() + 1 : timeOf(flags.until);
  return withStore(context, flags, async ({ store, organisation }) => {
    const start = Math.floor(since / day) * day;
    const question = { organisation, account: null, start, end, width: 'day', groupBy, only: {} } as const;
    const usage = (await usageOf(store.database, question)).map(shownRow);
    const asked = { organisation, account: null, start, end, limit: maxLostAndLate };
    const exceptions = await lostAndLate(store.database, asked);
    if (flags.csv === true) for (const line of csvOf(usage, groupBy)) terminal.print(line);
    else if (flags.jsonl === true) for (const row of usage) terminal.print(JSON.stringify(row));
    else {
      for (const row of usage) terminal.print(lineOf(row, groupBy));
      if (usage.length === 0) terminal.print('Nothing was used.');
      for (const line of linesOfLostAndLate(exceptions)) terminal.print(line);
    }
    terminal.result({ usage, lostAndLate: exceptions.map(shownLostOrLate) });
    return 0;
  });
}

type Shown = Omit<UsageSums, 'bucket' | 'amount'> & { readonly day: string; readonly amount: string };

function shownRow({ bucket, amount, ...row }: UsageSums): Shown {
  return { day: new Date(bucket).toISOString().slice(0, 10), ...row, amount: formatAmount(amount) };
}

const sums = ['requests', 'prompt', 'cached', 'reasoning', 'answer', 'amount', 'currency'] as const;

function csvOf(rows: readonly Shown[], groupBy: readonly UsageGroup[]): readonly string[] {
  const columns = ['day', ...groupBy, ...sums] as const;
  const lines = rows.map((row) => csvLine(columns.map((column) => row[column])));
  return [columns.join(','), ...lines];
}

function lineOf(row: Shown, groupBy: readonly UsageGroup[]): string {
  const { day: date, requests, prompt, reasoning, answer, amount, currency } = row;
  const names = groupBy.map((group) => row[group] ?? '').join('  ');
  const tokens = `${prompt} prompt, ${reasoning} reasoning, ${answer} answer tokens`;
  return `${date}  ${names === '' ? '' : `${names}  `}${requests} requests, ${tokens}, ${amount} ${currency}`;
}

/** What sums by day do not tell apart, or have nothing of. */
function linesOfLostAndLate(rows: readonly LostOrLate[]): readonly string[] {
  const told = {
    lost: 'died with a process: what they held counts against limits, and is billed once `tiegel usage correct` says what it was',
    late: 'were settled after their leases had been ended, and are in the sums',
  };
  const more = rows.length === maxLostAndLate ? 'At least ' : '';
  return [...Map.groupBy(rows, ({ kind, currency }) => `${kind} ${currency}`).values()].map((same) => {
    const [{ kind, currency }] = same as [LostOrLate];
    const sum = (of: (row: LostOrLate) => number): string =>
      formatAmount(same.reduce((all, row) => all + BigInt(of(row)), 0n));
    const amounts = `${sum(({ amount }) => amount)} ${currency}, ${sum(({ billed }) => billed)} billed`;
    return `${more}${same.length} requests (${amounts}) ${told[kind]}.`;
  });
}

function shownLostOrLate({ at, amount, billed, ...row }: LostOrLate): object {
  const amounts = { amount: formatAmount(amount), billed: formatAmount(billed) };
  return { ...row, at: new Date(at).toISOString(), ...amounts };
}

function groupOf(text: string): UsageGroup {
  const group = groups.find((name) => name === text);
  if (group !== undefined) return group;
  throw new TiegelError('TGL_USAGE', {
    problem: `Usage is told apart by ${groups.join(', ')}; got ${text}.`,
  });
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new TiegelError('TGL_USAGE', { problem: `A day is written like 2026-12-01; got ${text}.` });
}
