// The check of the ledger as it is stored: every chain from its first row to its head, and the roll-ups against the rows. It reads
// all of the ledger, which no request does.
import { sql } from 'kysely';
import { TiegelError } from '../../base/index.ts';
import type { Database, Query } from '../connection/database.ts';
import { entryColumns, type StoredEntry, type VerifiedChains, verifyChains } from './ledger-entry.ts';
import { rollUpDifferences } from './roll-up.ts';

export type LedgerCheck = { readonly rows: number; readonly problems: readonly string[] };

const pageRows = 2000;

/** All rows by writer and sequence, in the state of the moment at which each page is read. */
export async function* storedEntries(query: Query): AsyncGenerator<StoredEntry> {
  let [writer, sequence] = ['', 0];
  for (;;) {
    const page = await query
      .selectFrom('ledger')
      .select(['writer', 'writer_seq', 'hash_version', 'chain_hash', ...entryColumns])
      .where(sql<boolean>`(writer, writer_seq) > (${writer}, ${sequence})`)
      .orderBy('writer')
      .orderBy('writer_seq')
      .limit(pageRows)
      .execute();
    for (const row of page) {
      ({ writer, writer_seq: sequence } = row);
      yield {
        ...{ writer, sequence, hashVersion: row.hash_version, hash: row.chain_hash },
        values: entryColumns.map((column) => row[column]),
      };
    }
    if (page.length < pageRows) return;
  }
}

/** @throws TGL_STORE_UNAVAILABLE */
export async function checkLedger({
  query,
  dialect,
}: Pick<Database, 'query' | 'dialect'>): Promise<LedgerCheck> {
  // Before the rows, to which a running server may add.
  const checkpoints = await query.selectFrom('rollup_checkpoint').selectAll().execute();
  const chains = await chainsOf(query);
  if ('problem' in chains) return { rows: 0, problems: [chains.problem] };
  const ahead = checkpoints.filter(
    ({ writer, up_to_seq }) => up_to_seq > (chains.heads.get(writer)?.sequence ?? 0),
  );
  const differences = await sql<Difference>`${sql.raw(rollUpDifferences(dialect.name))}`.execute(query);
  return {
    rows: chains.rows,
    problems: [
      ...ahead.map(
        ({ writer, up_to_seq }) =>
          `the ledger of ${writer} had ${up_to_seq} rows when it was rolled up, and has fewer`,
      ),
      ...differences.rows.map(
        ({ width, bucket_start, account, model }) =>
          `the roll-up of the ${width} from ${new Date(bucket_start).toISOString()}, account ${account}, model ${model}, is not the sum of its rows`,
      ),
    ],
  };
}

type Difference = {
  readonly width: string;
  readonly bucket_start: number;
  readonly account: string;
  readonly model: string;
};

async function chainsOf(query: Query): Promise<VerifiedChains | { readonly problem: string }> {
  try {
    return await verifyChains(storedEntries(query));
  } catch (error) {
    if (TiegelError.isInstance(error) && error.code === 'TGL_LEDGER_DAMAGED')
      return { problem: error.message };
    throw error;
  }
}
