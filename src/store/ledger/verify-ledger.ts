// The check of the ledger as it is stored: every chain from its first row to its head, and the roll-ups against the rows. It reads
// all of the ledger, which no request does. Where rows were removed, what is signed of them stands in their place.
import { sql } from 'kysely';
import { TiegelError } from '../../base/index.ts';
import type { VerifySignature } from '../audit/verify-audit.ts';
import type { Database, Query } from '../connection/database.ts';
import {
  type ChainHead,
  chainStart,
  entryColumns,
  type PassPruned,
  type StoredEntry,
  type VerifiedChains,
  verifyChains,
} from './ledger-entry.ts';
import { rangeAt, rangeText } from './pruned.ts';
import { rollUpDifferences } from './roll-up.ts';
import { prunedUseProblems } from './verify-pruned-use.ts';

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

/**
 * @param verify @default no signature holds, so that no row may be missing
 * @throws TGL_STORE_UNAVAILABLE
 */
export async function checkLedger(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  verify: VerifySignature = () => false,
): Promise<LedgerCheck> {
  // Before the rows, to which a running server may add.
  const checkpoints = await query.selectFrom('rollup_checkpoint').selectAll().execute();
  // Asked while rows are read, from which a running server may remove some.
  const pass: PassPruned = async (writer, sequence) => {
    const range = await rangeAt(query, writer, sequence);
    if (range === undefined || !verify(range.public_key, rangeText(range), range.signature)) return undefined;
    return { sequence: range.to_seq, hash: range.hash };
  };
  const chains = await chainsOf(query, pass);
  if ('problem' in chains) return { rows: 0, problems: [chains.problem] };
  const ahead: typeof checkpoints = [];
  for (const checkpoint of checkpoints) {
    const { writer, up_to_seq } = checkpoint;
    let head: ChainHead | undefined = chains.heads.get(writer) ?? chainStart;
    while (head !== undefined && head.sequence < up_to_seq) head = await pass(writer, head.sequence + 1);
    if (head === undefined) ahead.push(checkpoint);
  }
  const differences = await sql<Difference>`${sql.raw(rollUpDifferences(dialect.name))}`.execute(query);
  return {
    rows: chains.rows,
    problems: [
      ...ahead.map(
        ({ writer, up_to_seq }) =>
          `the ledger of ${writer} had ${up_to_seq} rows when it was rolled up, and has fewer`,
      ),
      ...(await prunedUseProblems(query, verify)),
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

async function chainsOf(
  query: Query,
  pass: PassPruned,
): Promise<VerifiedChains | { readonly problem: string }> {
  try {
    return await verifyChains(storedEntries(query), pass);
  } catch (error) {
    if (TiegelError.isInstance(error) && error.code === 'TGL_LEDGER_DAMAGED')
      return { problem: error.message };
    throw error;
  }
}
