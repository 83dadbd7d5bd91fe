// `tiegel usage export`: the rows of the ledger of an organisation, one a line, in the order of their numbers.
import { TiegelError } from '../base/index.ts';
import { formatAmount } from '../prices/index.ts';
import { type ExportedRow, exportLedger } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { csvLine } from './csv.ts';
import { type StoreFlags, withStore } from './with-store.ts';

type ExportFlags = StoreFlags & { readonly after?: string; readonly csv?: boolean };

const columns = [
  ...[
    'seq',
    'request',
    'kind',
    'corrects',
    'at',
    'account',
    'key',
    'principal',
    'model',
    'engine',
    'operation',
  ],
  ...['prompt', 'cached', 'reasoning', 'answer', 'amount', 'currency', 'price', 'outcome', 'estimated'],
  ...['parent', 'tier', 'samples', 'probes', 'discarded', 'probed', 'millijoules', 'energy'],
  ...['policy_version', 'writer', 'writer_seq', 'hash_version', 'chain_hash'],
] as const satisfies readonly (keyof ExportedRow)[];

export async function runUsageExport(context: CommandContext, flags: ExportFlags): Promise<ExitCode> {
  const { terminal } = context;
  const after = numberOf(flags.after ?? '0');
  return withStore(context, flags, async ({ store, organisation }) => {
    if (flags.csv === true) terminal.print(csvLine(columns));
    let [rows, last] = [0, after];
    for await (const row of exportLedger(store.database, organisation, after)) {
      const told = shownRow(row);
      terminal.print(
        flags.csv === true ? csvLine(columns.map((column) => told[column])) : JSON.stringify(told),
      );
      rows++;
      last = row.seq;
    }
    terminal.result({ rows, last });
    return 0;
  });
}

type Shown = Readonly<Record<(typeof columns)[number], string | number | null>>;

function shownRow(row: ExportedRow): Shown {
  const told = Object.fromEntries(columns.map((column) => [column, row[column]])) as Shown;
  return { ...told, at: new Date(row.at).toISOString(), amount: formatAmount(row.amount) };
}

function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TiegelError('TGL_USAGE', {
    problem: `--after takes the number (seq) of the last row that is there already; got ${text}.`,
  });
}
