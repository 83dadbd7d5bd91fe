// The ledger of an organisation as it is handed out, row by row in the order of its sequence numbers, so that whoever has it up to one
// of them asks for the rest.
import { sql } from 'kysely';
import type { OrganisationId } from '../../traffic/index.ts';
import type { Database } from '../connection/database.ts';
import type { LedgerRow } from '../schema/tables.ts';

/** A row with its number, under which it stands for ever. */
export type ExportedRow = { readonly seq: number } & Omit<LedgerRow, 'seq'>;

const pageRows = 2000;

/**
 * Rows behind a sequence number, up to the newest at this moment. What is added later has higher numbers.
 *
 * @throws TGL_STORE_UNAVAILABLE
 */
export async function* exportLedger(
  database: Pick<Database, 'query' | 'change' | 'dialect'>,
  organisation: OrganisationId,
  after: number,
): AsyncGenerator<ExportedRow> {
  const newest = await newestNumber(database);
  for (let last = after; ; ) {
    const page = await database.query
      .selectFrom('ledger')
      .selectAll()
      .where('organisation', '=', organisation)
      .where('seq', '>', last)
      .where('seq', '<=', newest)
      .orderBy('seq')
      .limit(pageRows)
      .execute();
    yield* page;
    if (page.length < pageRows) return;
    last = page.at(-1)?.seq ?? last;
  }
}

/** Below which no row can appear any more. */
async function newestNumber({
  query,
  change,
  dialect,
}: Pick<Database, 'query' | 'change' | 'dialect'>): Promise<number> {
  const read = async (from: Pick<Database['query'], 'selectFrom'>): Promise<number> => {
    const { seq } = await from
      .selectFrom('ledger')
      .select((row) => row.fn.max('seq').as('seq'))
      .executeTakeFirstOrThrow();
    return Number(seq ?? 0);
  };
  if (dialect.name === 'sqlite') return read(query);
  // A transaction gives its rows their numbers before it ends, and another one may end first. This lock waits for all that
  // have begun to write, and keeps the next ones back for as long as one number is read.
  return change(async (transaction) => {
    await sql`lock table ledger in share mode`.execute(transaction);
    return read(transaction);
  });
}
