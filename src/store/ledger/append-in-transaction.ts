// Rows of the ledger that are written in the transaction of another change, and not by the writer of a process.
import { sql, type Transaction } from 'kysely';
import type { SqlDialect } from '../connection/sql-dialect.ts';
import type { Tables } from '../schema/tables.ts';
import { hashVersion, type LedgerEntry, nextHead, valuesOf } from './ledger-entry.ts';
import { headOfWriter } from './pruned.ts';
import { sqliteWriter } from './sqlite-ledger.ts';

/** Whose chain it is over PostgreSQL: of changes by hand, or of what those write who end the leases of others. */
export type SharedWriter = 'by-hand' | 'reaper';

/** Writes rows behind the last one of a chain that several processes write, one after another. */
export async function appendInTransaction(
  transaction: Transaction<Tables>,
  { dialect, writer: shared }: { readonly dialect: SqlDialect; readonly writer: SharedWriter },
  entries: readonly LedgerEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const isFile = dialect.name === 'sqlite';
  const writer = isFile ? sqliteWriter : shared;
  await transaction
    .insertInto('rollup_checkpoint')
    .values({ writer, up_to_seq: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // Over a file every change has the one lock already.
  if (!isFile)
    await sql`select 1 from rollup_checkpoint where writer = ${writer} for update`.execute(transaction);
  let head = await headOfWriter(transaction, dialect, writer);
  for (const entry of entries) {
    head = nextHead(head, writer, valuesOf(entry));
    await transaction
      .insertInto('ledger')
      .values({
        ...{ writer, writer_seq: head.sequence, hash_version: hashVersion, chain_hash: head.hash },
        ...entry,
      })
      .execute();
  }
}
