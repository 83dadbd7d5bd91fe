// Holds of requests that cost somebody else's money. Each is in the ledger before its request leaves; one that was not resolved
// when its lessee was ended is lost: it counts against limits with all that was held, and is not billed.
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { SqlDialect } from '../connection/sql-dialect.ts';
import type { Tables } from '../schema/tables.ts';
import { appendInTransaction } from './append-in-transaction.ts';
import { entryColumns } from './ledger-entry.ts';

/** That a row `ledger` is a hold without an end. */
export const isUnresolved: RawBuilder<boolean> = sql<boolean>`ledger.kind = 'hold' and not exists (
  select 1 from ledger as ending where ending.request = ledger.request
    and ending.kind in ('settle', 'release', 'lost', 'late'))`;

/**
 * Ends the holds of a lessee that are not resolved, in the transaction in which the lessee is ended.
 *
 * @returns their requests
 */
export async function loseHolds(
  transaction: Transaction<Tables>,
  dialect: SqlDialect,
  lessee: string,
): Promise<readonly string[]> {
  const held = await transaction
    .selectFrom('ledger')
    .select(entryColumns)
    .where('ledger.lease', '=', lessee)
    .where(isUnresolved)
    .orderBy('ledger.seq')
    .execute();
  const lost = held.map((hold) => ({ ...hold, kind: 'lost' as const, outcome: 'lost' }));
  await appendInTransaction(transaction, { dialect, writer: 'reaper' }, lost);
  return lost.map(({ request }) => request);
}
